// SPDX-License-Identifier: MIT
#include "support/naive_tensor.hpp"

#include <stet/tensor/impl/scalar_words.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

namespace detail = stet::detail;

static_assert(detail::swapped<1>(0x0102030405060708U) == 0x0102030405060708U);
static_assert(detail::swapped<2>(0x0102030405060708U) == 0x0201040306050807U);
static_assert(detail::swapped<4>(0x0102030405060708U) == 0x0403020108070605U);
static_assert(detail::swapped<8>(0x0102030405060708U) == 0x0807060504030201U);

static_assert(detail::reversed<1>(0x0102030405060708U) == 0x0807060504030201U);
static_assert(detail::reversed<2>(0x0102030405060708U) == 0x0708050603040102U);
static_assert(detail::reversed<4>(0x0102030405060708U) == 0x0506070801020304U);
static_assert(detail::reversed<8>(0x0102030405060708U) == 0x0102030405060708U);

namespace {

template <std::size_t Width>
bool transposes_squares()
{
    constexpr std::size_t      side = 8 / Width;
    detail::word_square<Width> rows{};
    detail::word_square<Width> columns{};
    for (std::size_t i = 0; i < side; ++i) {
        for (std::size_t j = 0; j < side; ++j) {
            const std::uint64_t scalar = (i * side + j + 1) * 0x0101'0101'0101'0101U >> (64 - 8 * Width);
            rows[i] |= scalar << (8 * Width * j);
            columns[j] |= scalar << (8 * Width * i);
        }
    }
    detail::transpose<Width>(rows);
    return rows == columns;
}

} // namespace

TEST_CASE("a square of scalars in words is transposed, for every width")
{
    CHECK(transposes_squares<1>());
    CHECK(transposes_squares<2>());
    CHECK(transposes_squares<4>());
    CHECK(transposes_squares<8>());
}

TEST_CASE("a word is stored as it was loaded, at any address")
{
    const std::string    text = support::numbered_bytes(20);
    std::array<char, 20> copy{};
    const auto* const    from = reinterpret_cast<const std::byte*>(text.data());
    auto* const          to = reinterpret_cast<std::byte*>(copy.data());
    for (std::size_t i = 0; i < 12; ++i) {
        detail::store_word(to + i, detail::load_word(from + i));
        CHECK(std::equal(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i) + 8, copy.begin()));
    }
}

TEST_CASE("scalars are swapped in place, whole words and what is left of them")
{
    for (const std::size_t width : {1U, 2U, 4U, 8U}) {
        for (std::size_t count = 0; count < 40; ++count) {
            const std::string before = support::numbered_bytes(count * width + 2);
            std::string       after = before;
            std::string       expected = before;
            for (std::size_t i = 0; i < count; ++i) {
                const auto first = expected.begin() + static_cast<std::ptrdiff_t>(1 + i * width);
                std::reverse(first, first + static_cast<std::ptrdiff_t>(width));
            }
            detail::swap_scalars(reinterpret_cast<std::byte*>(after.data()) + 1, count * width, width);
            REQUIRE(after == expected);
        }
    }
}
