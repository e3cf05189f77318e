// SPDX-License-Identifier: MIT
// A file to read from, or what standard input brings.
#ifndef EXAMPLE_OPENED_SOURCE_HPP
#define EXAMPLE_OPENED_SOURCE_HPP

#include <stet/read/byte_source.hpp>
#include <stet/read/checkpoint_header.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/vocabulary/message.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>
#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#endif

namespace example {

/// What messages call a path: "-" is standard input.
inline std::string_view shown_path(std::string_view path)
{
    return path == "-" ? std::string_view("standard input") : path;
}

/// What --lenient stands for: bytes that belong to no tensor, zeros after the header.
inline stet::read_options lenience(bool is_lenient)
{
    return {.allow_trailing_bytes = is_lenient, .allow_nul_padding = is_lenient, .allow_gaps = is_lenient};
}

/// Takes everything that standard input brings into memory. Returns why it cannot, or nothing.
inline std::string read_standard_input(std::vector<std::byte>& all)
{
    static bool was_read = false;
    if (std::exchange(was_read, true))
        return "'standard input' was read already; give - once";
#if defined(_WIN32)
    ::_setmode(::_fileno(stdin), _O_BINARY);
#endif
    constexpr std::size_t piece = std::size_t{1} << 20U;
    for (std::size_t read = piece; read == piece;) {
        const std::size_t before = all.size();
        all.resize(before + piece);
        read = std::fread(all.data() + before, 1, piece, stdin);
        all.resize(before + read);
    }
    if (std::ferror(stdin) != 0)
        return "'standard input': " + std::generic_category().message(errno);
    return {};
}

/// lifetime: who reads from it borrows it; it stays where it is
class opened_source {
public:
    opened_source() = default;
    opened_source(const opened_source&) = delete;
    opened_source& operator=(const opened_source&) = delete;

    /// path: "-" for standard input
    /// Returns why it cannot be opened, or nothing.
    std::string open(const std::string& path)
    {
        if (path == "-")
            return read_standard_input(memory_);
        auto file = stet::file_source::open(path.c_str());
        if (!file)
            return stet::message(file.error());
        file_ = *std::move(file);
        return {};
    }

    std::uint64_t size() const { return file_ ? file_->size() : memory_.size(); }

    stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer) const
    {
        return file_ ? file_->read(offset, buffer) : stet::span_source(memory_).read(offset, buffer);
    }

private:
    std::optional<stet::file_source> file_{};
    std::vector<std::byte>           memory_{};
};

} // namespace example

#endif
