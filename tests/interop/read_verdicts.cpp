// SPDX-License-Identifier: MIT
// Reads files, for test_read_verdicts.py to compare. In comes, again and again, the size of a file as a decimal number,
// a line break, the file. Out comes one line for each: `- ERROR PLACE SUBJECT` or
// `+ METADATA NAME:DTYPE:SHAPE:BEGIN:END:CHECKSUM...`, texts in hexadecimal. The argument `strict` refuses what the
// format's text forbids, too.
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

void append_hexadecimal(std::string& line, std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        line += digits[code >> 4U];
        line += digits[code & 0xFU];
    }
}

/// As zlib computes it.
std::uint32_t crc32(std::span<const std::byte> data)
{
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const std::byte one : data) {
        crc ^= std::to_integer<std::uint32_t>(one);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

std::string metadata_of(const stet::checkpoint_header& header)
{
    if (!header.has_metadata())
        return "none";
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < header.metadata_size(); ++i) {
        std::string entry;
        append_hexadecimal(entry, header.metadata(i).key);
        entry += '=';
        append_hexadecimal(entry, header.metadata(i).value);
        entries.push_back(std::move(entry));
    }
    std::sort(entries.begin(), entries.end());
    std::string all = "{";
    for (const std::string& entry : entries)
        all.append(entry).append(",");
    return all + '}';
}

std::string described(const stet::checkpoint_view& file)
{
    std::string line = "+ " + metadata_of(file.header());
    for (const stet::stored_tensor tensor : file.header()) {
        line += ' ';
        append_hexadecimal(line, tensor.name);
        line.append(":").append(stet::name(tensor.type)).append(":");
        for (const std::uint64_t axis : tensor.shape)
            line.append(std::to_string(axis)).append(",");
        line.append(":").append(std::to_string(tensor.begin)).append(":").append(std::to_string(tensor.end));
        line.append(":").append(std::to_string(crc32(file.data(tensor))));
    }
    return line;
}

std::string verdict(std::span<const std::byte> file, bool strict)
{
    const auto read = stet::read_checkpoint(file, {.strict = strict});
    if (read)
        return described(*read);
    const stet::error& failed = read.error();
    std::string        line =
        "- " + std::string(stet::name(failed.code)) + ' ' + std::to_string(failed.actual) + ' ';
    append_hexadecimal(line, failed.subject());
    return line;
}

} // namespace

int main(int count, char** arguments)
{
    const bool             strict = count == 2 && std::string_view(arguments[1]) == "strict";
    std::size_t            size = 0;
    std::vector<std::byte> file;
    while (std::scanf("%zu", &size) == 1) {
        static_cast<void>(std::getchar());
        file.resize(size);
        if (size != 0 && std::fread(file.data(), 1, size, stdin) != size)
            return 1;
        std::puts(verdict(file, strict).c_str());
    }
    return 0;
}
