// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/quantised/impl/marker_text.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

using namespace std::string_view_literals;
using stet::detail::detect_encoding;
using stet::detail::json_encoding;
using stet::detail::marker_text;

namespace {

stet::result<marker_text> decode(std::string_view bytes, const stet::allocator& memory = stet::heap())
{
    stet::detail::growing_array<char> copy(memory);
    if (!copy.append({bytes.data(), bytes.size()}))
        return stet::error{.code = stet::errc::out_of_memory};
    return marker_text::decode(std::move(copy));
}

std::string text(std::string_view bytes)
{
    const auto decoded = decode(bytes);
    return decoded ? std::string(decoded->view()) : "refused";
}

} // namespace

TEST_CASE("an encoding is told by its mark, or by where the zeros stand")
{
    CHECK(detect_encoding("") == json_encoding::utf8);
    CHECK(detect_encoding("{}") == json_encoding::utf8);
    CHECK(detect_encoding("\xEF\xBB\xBF{}") == json_encoding::utf8_with_mark);
    CHECK(detect_encoding("\xFE\xFF\0{"sv) == json_encoding::utf16_be);
    CHECK(detect_encoding("\xFF\xFE{\0"sv) == json_encoding::utf16_le);
    CHECK(detect_encoding("\0\0\xFE\xFF"sv) == json_encoding::utf32_be);
    CHECK(detect_encoding("\xFF\xFE\0\0"sv) == json_encoding::utf32_le);
    CHECK(detect_encoding("\0{\0}"sv) == json_encoding::utf16_be);
    CHECK(detect_encoding("{\0}\0"sv) == json_encoding::utf16_le);
    CHECK(detect_encoding("\0\0\0{"sv) == json_encoding::utf32_be);
    CHECK(detect_encoding("{\0\0\0"sv) == json_encoding::utf32_le);
    CHECK(detect_encoding("\0001"sv) == json_encoding::utf16_be);
    CHECK(detect_encoding("1\0"sv) == json_encoding::utf16_le);
    CHECK(detect_encoding("1\0 "sv) == json_encoding::utf8);
    CHECK(detect_encoding("\0"sv) == json_encoding::utf8);
}

TEST_CASE("every encoding becomes UTF-8, without its mark")
{
    CHECK(text("{}") == "{}");
    CHECK(text("\xEF\xBB\xBF{}") == "{}");
    CHECK(text("\xFF\xFE{\0}\0"sv) == "{}");
    CHECK(text("\0{\0}"sv) == "{}");
    CHECK(text("\0\0\xFE\xFF\0\0\0{\0\0\0}"sv) == "{}");
    CHECK(text("\"\0\x3D\xD8\0\xDE\"\0"sv) == "\"\xF0\x9F\x98\x80\"");
    CHECK(text("\"\0\x3D\xD8\"\0"sv) == "\"\xED\xA0\xBD\"");
    CHECK(text("\"\0\xE9\0\xAC\x20\"\0"sv) == "\"\xC3\xA9\xE2\x82\xAC\"");
    CHECK(text("\"\0\0\0\0\xF6\x01\0\"\0\0\0"sv) == "\"\xF0\x9F\x98\x80\""); // U+1F600
    CHECK(decode("{}")->is_plain());
    CHECK_FALSE(decode("\xEF\xBB\xBF{}")->is_plain());
    CHECK_FALSE(decode("{\0}\0"sv)->is_plain());
}

TEST_CASE("half a unit, and a number that is no character, are refused")
{
    CHECK(text("{\0}\0 "sv) == "refused");
    CHECK(text("{\0\0\0}\0"sv) == "refused");
    CHECK(text("{\0\0\0\0\0\x11\0"sv) == "refused");
}

TEST_CASE("no memory for the text is an error")
{
    CHECK(support::allocations_needed([](const stet::allocator& memory) -> std::string_view {
              const auto decoded = decode("{\0}\0"sv, memory);
              return decoded                                             ? "none"
                     : decoded.error().code == stet::errc::out_of_memory ? "out_of_memory"
                                                                         : "another";
          }) == 2);
}
