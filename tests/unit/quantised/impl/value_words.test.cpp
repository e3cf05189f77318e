// SPDX-License-Identifier: MIT
#include "support/exact_floats.hpp"
#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"

#include <stet/quantised/impl/value_words.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using stet::dtype;
using stet::detail::floats_from;
using stet::detail::is_nan;
using stet::detail::is_value_type;
using stet::detail::round_all;
using stet::detail::rounded_to;
using stet::detail::word_of;
using stet::detail::words_from;

static_assert(is_value_type(dtype::f32) && is_value_type(dtype::f16) && is_value_type(dtype::bf16));
static_assert(!is_value_type(dtype::f64) && !is_value_type(dtype::i8) && !is_value_type(dtype::f8_e4m3));

TEST_CASE("a number is rounded to the nearest of its type, of two to the even one")
{
    CHECK(word_of(dtype::f32, 1.5F) == 0x3FC00000U);
    CHECK(word_of(dtype::f16, 1.5F) == 0x3E00U);
    CHECK(word_of(dtype::bf16, 1.5F) == 0x3FC0U);
    CHECK(rounded_to(dtype::bf16, 1.00390625F) == 1.0F);      // a tie
    CHECK(rounded_to(dtype::bf16, 1.01171875F) == 1.015625F); // and the next one
    CHECK(rounded_to(dtype::f16, 0x1p-25F) == 0.0F);
    CHECK(rounded_to(dtype::f16, 65520.0F) == std::numeric_limits<float>::infinity());
    CHECK(rounded_to(dtype::f32, 0.1F) == 0.1F);
}

TEST_CASE("what is no number is known by its bits")
{
    CHECK(is_nan(std::numeric_limits<float>::quiet_NaN()));
    CHECK(is_nan(-std::numeric_limits<float>::quiet_NaN()));
    CHECK_FALSE(is_nan(std::numeric_limits<float>::infinity()));
    CHECK_FALSE(is_nan(0.0F));
}

TEST_CASE("many numbers are read and rounded as one is")
{
    std::vector<float> values;
    for (int i = 0; i < 1000; ++i)
        values.push_back(static_cast<float>(i * i) * 0.37F - 5000.0F);
    for (const dtype type : {dtype::f32, dtype::f16, dtype::bf16}) {
        const std::size_t      width = element_size(type);
        std::vector<std::byte> words(values.size() * width + 1);
        words_from(values.data(), values.size(), type, words.data() + 1); // at an odd address
        std::vector<float> rounded = values;
        round_all(type, rounded.data(), rounded.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            std::uint32_t word = 0;
            if (width == 4) {
                std::memcpy(&word, words.data() + 1 + i * 4, 4);
            } else {
                std::uint16_t half = 0;
                std::memcpy(&half, words.data() + 1 + i * 2, 2);
                word = half;
            }
            CHECK(word == word_of(type, values[i]));
            CHECK(rounded[i] == rounded_to(type, values[i]));
        }
    }
}

TEST_CASE("numbers of a file are read in its order of bytes")
{
    const std::string  halves = support::little_endian(std::vector<std::uint16_t>{0x3C00, 0xC000, 0x7BFF});
    std::vector<float> read(3);
    floats_from(dtype::f16, support::as_bytes(halves).data(), 3, read.data());
    CHECK(read == std::vector<float>{1.0F, -2.0F, 65504.0F});
    const std::string words = support::little_endian(std::vector<float>{0.25F, -1.0F});
    floats_from(dtype::f32, support::as_bytes(words).data(), 2, read.data());
    CHECK(read == std::vector<float>{0.25F, -1.0F, 65504.0F});
}

TEST_CASE("floats become codes of a byte as well")
{
    const std::vector<float> values{0.0F, 448.0F, -1.0F};
    std::vector<std::byte>   codes(3);
    words_from(values.data(), 3, dtype::f8_e4m3, codes.data());
    CHECK(codes == std::vector<std::byte>{std::byte{0}, std::byte{0x7E}, std::byte{0xB8}});
}
