// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/utf8.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using stet::detail::is_utf8;
using stet::detail::next_character;

static_assert(is_utf8(""));
static_assert(is_utf8("model.diffusion_model.0.weight"));
static_assert(is_utf8(std::string_view("\0\x7F", 2)));
static_assert(is_utf8("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xEF\xBF\xBF \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"));
static_assert(!is_utf8("\x80"));
static_assert(!is_utf8("\xC0\x80"), "overlong");
static_assert(!is_utf8("\xC1\xBF"), "overlong");
static_assert(!is_utf8("\xE0\x9F\xBF"), "overlong");
static_assert(!is_utf8("\xF0\x8F\xBF\xBF"), "overlong");
static_assert(is_utf8("\xED\x9F\xBF") && !is_utf8("\xED\xA0\x80") && !is_utf8("\xED\xBF\xBF"), "surrogates");
static_assert(!is_utf8("\xF4\x90\x80\x80"), "above U+10FFFF");
static_assert(!is_utf8("\xF5\x80\x80\x80") && !is_utf8("\xFF"));
static_assert(!is_utf8("abc\xE2\x82"), "cut off");

static_assert(next_character("abc", 1) == 1);
static_assert(next_character("\xC3\xA9"
                             "a",
                             1) == 2,
              "a continuation byte starts no character");
static_assert(next_character("a\xF0\x9F\x98\x80"
                             "b",
                             2) == 5);
static_assert(next_character("a\xF0\x9F\x98\x80", 2) == 5, "the end, where no character follows");
static_assert(next_character("abc", 3) == 3);
static_assert(next_character("abc", 99) == 3);

namespace {

/// By the definition: a code point has one encoding, the shortest, and surrogates have none.
bool is_encoded_sequence(std::string_view text)
{
    std::size_t i = 0;
    while (i < text.size()) {
        const auto    lead = static_cast<unsigned char>(text[i]);
        std::size_t   length = 1;
        std::uint32_t code = lead;
        if (lead >= 0xF8)
            return false;
        if (lead >= 0xF0) {
            length = 4;
            code = lead & 0x07U;
        } else if (lead >= 0xE0) {
            length = 3;
            code = lead & 0x0FU;
        } else if (lead >= 0xC0) {
            length = 2;
            code = lead & 0x1FU;
        } else if (lead >= 0x80) {
            return false;
        }
        for (std::size_t k = 1; k < length; ++k) {
            if (i + k >= text.size() || (static_cast<unsigned char>(text[i + k]) >> 6U) != 2)
                return false;
            code = code << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        }
        constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
        if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            return false;
        i += length;
    }
    return true;
}

std::string encoded(std::uint32_t code)
{
    const auto byte = [](std::uint32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
    const auto rest = [&](unsigned shift) { return byte(0x80U | (code >> shift & 0x3FU)); };
    if (code < 0x80)
        return {byte(code)};
    if (code < 0x800)
        return {byte(0xC0U | code >> 6U), rest(0)};
    if (code < 0x10000)
        return {byte(0xE0U | code >> 12U), rest(6), rest(0)};
    return {byte(0xF0U | code >> 18U), rest(12), rest(6), rest(0)};
}

} // namespace

TEST_CASE("every code point but the surrogates is UTF-8 in its own encoding")
{
    std::uint32_t wrong = 0;
    for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (is_utf8(encoded(code)) == surrogate)
            ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("UTF-8 is judged by the definition for all pairs of leading bytes and all kinds of further ones")
{
    std::uint32_t wrong = 0;
    std::string   text(4, '\0');
    for (unsigned first = 0; first < 256; ++first) {
        for (unsigned second = 0; second < 256; ++second) {
            for (const char third : {'a', '\x7F', '\x80', '\xBF', '\xC3'}) {
                for (const char fourth : {'a', '\x80', '\xBF', '\xC3'}) {
                    text[0] = static_cast<char>(first);
                    text[1] = static_cast<char>(second);
                    text[2] = third;
                    text[3] = fourth;
                    for (std::size_t size = 1; size <= text.size(); ++size) {
                        const std::string_view cut = std::string_view(text).substr(0, size);
                        if (is_utf8(cut) != is_encoded_sequence(cut))
                            ++wrong;
                    }
                }
            }
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("every character is decoded as it was encoded")
{
    bool all_right = true;
    for (std::uint32_t code = 0; code <= 0x10FFFF; code = code == 0xD7FF ? 0xE000 : code + 1) {
        std::array<char, 5> bytes{'#', '#', '#', '#', '#'};
        const std::size_t   size = stet::detail::encode_character(code, bytes.data());
        const auto decoded = stet::detail::decode_character(std::string_view(bytes.data(), bytes.size()));
        all_right = all_right && decoded.code_point == code && decoded.size == size && bytes[size] == '#';
    }
    CHECK(all_right);
}

TEST_CASE("a character that is not well-formed has no size")
{
    for (const std::string_view bad :
         {"\x80", "\xC3", "\xC0\x80", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"})
        CHECK(stet::detail::decode_character(bad).size == 0);
}
