// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/words.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

using stet::detail::load_word;
using stet::detail::store_word;

TEST_CASE("the first byte of a word is the lowest, on every host")
{
    constexpr std::string_view bytes = "\x01\x02\x03\x04\x05\x06\x07\xF8\xFF";
    CHECK(load_word(bytes.data()) == 0xF807060504030201U);
    CHECK(load_word(bytes.data() + 1) == 0xFFF8070605040302U);
}

TEST_CASE("of a word that is cut short the bytes above are zero")
{
    constexpr std::string_view bytes = "\x01\x02\x03\x04\x05\x06\x07\xF8";
    CHECK(load_word(nullptr, 0) == 0);
    CHECK(load_word(bytes.data(), 1) == 0x01U);
    CHECK(load_word(bytes.data(), 3) == 0x030201U);
    CHECK(load_word(bytes.data(), 7) == 0x07060504030201U);
    CHECK(load_word(bytes.data(), 8) == 0xF807060504030201U);
}

TEST_CASE("a stored word is read as it was")
{
    std::array<unsigned char, 10> bytes{};
    store_word(bytes.data() + 1, 0xF807060504030201U);
    CHECK(bytes == std::array<unsigned char, 10>{0, 1, 2, 3, 4, 5, 6, 7, 0xF8, 0});
    CHECK(load_word(bytes.data() + 1) == 0xF807060504030201U);
}
