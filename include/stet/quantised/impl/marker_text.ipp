// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/utf8.hpp"
#include "marker_text.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE json_encoding detect_encoding(std::string_view bytes) noexcept
{
    using namespace std::string_view_literals;
    if (bytes.starts_with("\0\0\xFE\xFF"sv))
        return json_encoding::utf32_be;
    if (bytes.starts_with("\xFF\xFE\0\0"sv))
        return json_encoding::utf32_le;
    if (bytes.starts_with("\xFE\xFF"sv))
        return json_encoding::utf16_be;
    if (bytes.starts_with("\xFF\xFE"sv))
        return json_encoding::utf16_le;
    if (bytes.starts_with("\xEF\xBB\xBF"sv))
        return json_encoding::utf8_with_mark;
    const auto is_zero = [bytes](std::size_t i) { return bytes[i] == '\0'; };
    if (bytes.size() >= 4) {
        if (is_zero(0))
            return is_zero(1) ? json_encoding::utf32_be : json_encoding::utf16_be;
        if (is_zero(1))
            return is_zero(2) && is_zero(3) ? json_encoding::utf32_le : json_encoding::utf16_le;
    } else if (bytes.size() == 2) {
        if (is_zero(0))
            return json_encoding::utf16_be;
        if (is_zero(1))
            return json_encoding::utf16_le;
    }
    return json_encoding::utf8;
}

/// The number of `width` bytes at an offset.
inline std::uint32_t code_unit_at(std::string_view bytes, std::size_t at, unsigned width,
                                  bool is_big) noexcept
{
    std::uint32_t unit = 0;
    for (unsigned i = 0; i < width; ++i)
        unit = unit << 8U | static_cast<unsigned char>(bytes[at + (is_big ? i : width - 1 - i)]);
    return unit;
}

/// UTF-16 or UTF-32 as UTF-8. A mark at the start is left out.
/// errors: invalid_json; out_of_memory
inline result<growing_array<char>> utf8_of_units(std::string_view bytes, unsigned width, bool is_big,
                                                 const allocator& memory) noexcept
{
    growing_array<char> text(memory);
    std::size_t         at = 0;
    if (!text.reserve(bytes.size() + bytes.size() / 2)) // what a unit of two bytes takes at most
        return detail::out_of_memory(bytes.size() + bytes.size() / 2);
    if (bytes.size() >= width && code_unit_at(bytes, 0, width, is_big) == 0xFEFF)
        at = width;
    while (at < bytes.size()) {
        if (bytes.size() - at < width)
            return error{.code = errc::invalid_json, .actual = at};
        std::uint32_t code = code_unit_at(bytes, at, width, is_big);
        if (code > 0x10FFFF)
            return error{.code = errc::invalid_json, .actual = at};
        at += width;
        if (width == 2 && code >= 0xD800 && code <= 0xDBFF && bytes.size() - at >= width) {
            const std::uint32_t low = code_unit_at(bytes, at, width, is_big);
            if (low >= 0xDC00 && low <= 0xDFFF) {
                code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
                at += width;
            }
        }
        std::array<char, 4> encoded{};
        const std::size_t   size = detail::encode_character(code, encoded.data());
        if (!text.append({encoded.data(), size}))
            return detail::out_of_memory(text.size() + size);
    }
    return text;
}

STET_INLINE result<marker_text> marker_text::decode(growing_array<char> bytes) noexcept
{
    const std::string_view all(bytes.data(), bytes.size());
    const json_encoding    encoding = detect_encoding(all);
    if (encoding == json_encoding::utf8 || encoding == json_encoding::utf8_with_mark)
        return marker_text(std::move(bytes), encoding == json_encoding::utf8 ? 0 : 3, encoding);
    const bool is_wide = encoding == json_encoding::utf32_be || encoding == json_encoding::utf32_le;
    const bool is_big = encoding == json_encoding::utf32_be || encoding == json_encoding::utf16_be;
    auto       text = utf8_of_units(all, is_wide ? 4 : 2, is_big, bytes.memory());
    return text ? result<marker_text>(marker_text(std::move(*text), 0, encoding))
                : result<marker_text>(text.error());
}

STET_INLINE marker_text::marker_text(growing_array<char> all, std::size_t skipped,
                                     json_encoding encoding) noexcept
    : all_(std::move(all)), skipped_(skipped), encoding_(encoding)
{
}

} // namespace STET_NAMESPACE::detail
