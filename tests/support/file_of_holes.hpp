// SPDX-License-Identifier: MIT
// A checkpoint whose numbers are zeros that take no disk, as large as one likes.
#ifndef STET_TESTS_SUPPORT_FILE_OF_HOLES_HPP
#define STET_TESTS_SUPPORT_FILE_OF_HOLES_HPP

#include "support/stored_file.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace support {

class file_of_holes {
public:
    /// Adds a tensor after those that are there. shape: as the header has it, without brackets
    void add(const std::string& name, const std::string& type, const std::string& shape, std::uint64_t size)
    {
        const std::uint64_t end = size_ + size;
        header_ += "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":[" + shape +
                   "],\"data_offsets\":[" + std::to_string(size_) + "," + std::to_string(end) + "]},";
        size_ = end;
    }

    /// Writes the file. metadata: an object of JSON; first: the first bytes of the data, which are no holes
    /// Returns whether it is there.
    bool write(const std::string& path, const std::string& metadata, const std::string& first = {}) const
    {
        std::string header = "{" + header_ + R"("__metadata__":)" + metadata + "}";
        header.resize((header.size() + 7) / 8 * 8, ' ');
        std::ofstream(path, std::ios::binary) << stored_file(header, first);
        std::error_code failed;
        std::filesystem::resize_file(path, 8 + header.size() + size_, failed);
        return !failed;
    }

private:
    std::string   header_{};
    std::uint64_t size_ = 0;
};

} // namespace support

#endif
