// SPDX-License-Identifier: MIT
// Numbers as every file has them, whatever this machine's own order of bytes.
#ifndef STET_TESTS_SUPPORT_LITTLE_ENDIAN_HPP
#define STET_TESTS_SUPPORT_LITTLE_ENDIAN_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace support {

namespace little_endian_parts {

/// Between this machine's order and the file's, which is the same step either way.
inline void reorder(std::string& content, std::size_t width)
{
    if constexpr (std::endian::native == std::endian::big) {
        for (char* one = content.data(); one != content.data() + content.size(); one += width)
            std::reverse(one, one + width);
    }
}

} // namespace little_endian_parts

template <class Number>
std::string little_endian(std::span<const Number> numbers)
{
    static_assert(std::is_arithmetic_v<Number>);
    std::string content(numbers.size_bytes(), '\0');
    if (!numbers.empty())
        std::memcpy(content.data(), numbers.data(), content.size());
    little_endian_parts::reorder(content, sizeof(Number));
    return content;
}

template <class Numbers>
std::string little_endian(const Numbers& numbers)
{
    return little_endian<typename Numbers::value_type>(std::span(numbers));
}

/// The numbers that little-endian bytes stand for.
template <class Number>
std::vector<Number> numbers_in(std::string_view bytes)
{
    static_assert(std::is_arithmetic_v<Number>);
    std::vector<Number> numbers(bytes.size() / sizeof(Number));
    std::string         content(bytes.substr(0, numbers.size() * sizeof(Number)));
    little_endian_parts::reorder(content, sizeof(Number));
    if (!numbers.empty())
        std::memcpy(numbers.data(), content.data(), content.size());
    return numbers;
}

} // namespace support

#endif
