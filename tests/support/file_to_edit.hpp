// SPDX-License-Identifier: MIT
// A small checkpoint file to edit, and what it says afterwards.
#ifndef STET_TESTS_SUPPORT_FILE_TO_EDIT_HPP
#define STET_TESTS_SUPPORT_FILE_TO_EDIT_HPP

#include <stet/read/checkpoint_view.hpp>
#include <stet/save/write.hpp>
#include <stet/sink/sinks.hpp>
#include <stet/tensor/tensor_like.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace support {

using text_map = std::map<std::string, std::string>;

/// A file of three tensors, "first", "second" and "third", in that order; the last one has `size` bytes.
inline std::string file_to_edit(const text_map& metadata, std::uint64_t room = 0, std::size_t size = 100)
{
    const std::vector<float>  first{1, 2, 3, 4, 5, 6};
    const std::vector<float>  second{7, 8};
    std::vector<std::uint8_t> third(size);
    for (std::size_t i = 0; i < size; ++i)
        third[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    const std::vector<std::pair<std::string, stet::tensor_view>> dict{
        {"first", *stet::view_of(first, {2, 3})},
        {"second", *stet::view_of(second, {2})},
        {"third", *stet::view_of(third, {third.size()})}};
    std::string       file;
    stet::append_sink sink(file);
    REQUIRE(stet::save(dict, sink,
                       {.metadata = metadata.empty() ? stet::metadata_view() : stet::metadata_view(metadata),
                        .header_room = room}));
    return file;
}

/// What a file says and holds; an error is a failed requirement.
struct file_content {
    text_map                 metadata{};
    bool                     has_metadata = false;
    std::vector<std::string> names{}; ///< in the order of the data
    std::string              data{};
    std::uint64_t            data_begin = 0;
    std::uint64_t            room = 0; ///< spaces at the end of the header

    explicit file_content(const std::string& file)
    {
        const auto read = stet::read_checkpoint(std::as_bytes(std::span(file)), {.strict = true});
        REQUIRE(read);
        const stet::checkpoint_header& header = read->header();
        for (std::size_t i = 0; i < header.metadata_size(); ++i)
            metadata.emplace(header.metadata(i).key, header.metadata(i).value);
        has_metadata = header.has_metadata();
        for (const stet::stored_tensor tensor : header)
            names.emplace_back(tensor.name);
        data_begin = header.data_begin();
        data = file.substr(data_begin);
        room = header.text().size() - header.text().find_last_not_of(' ') - 1;
    }
};

} // namespace support

#endif
