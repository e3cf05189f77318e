// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"

#include <stet/tensor/sizes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using stet::byte_count;
using stet::dtype;
using stet::element_count;
using stet::errc;
using stet::extents;
using support::failure;

namespace {

constexpr std::uint64_t two_to(unsigned exponent)
{
    return std::uint64_t{1} << exponent;
}

constexpr bool overflows(const stet::result<std::uint64_t>& outcome)
{
    return !outcome && outcome.error().code == errc::tensor_size_overflow;
}

constexpr bool is_partial(const stet::result<std::uint64_t>& outcome, std::uint64_t bits)
{
    return !outcome && outcome.error().code == errc::partial_byte && outcome.error().actual == bits;
}

} // namespace

static_assert(*element_count({}) == 1, "a scalar");
static_assert(*element_count({0}) == 0 && *element_count({7}) == 7);
static_assert(*element_count({512, 4, 3, 3}) == 18'432);
static_assert(*element_count({UINT64_MAX}) == UINT64_MAX);
static_assert(*element_count({two_to(32), two_to(31)}) == two_to(63));

// The product is taken outermost first, as the reference's reader does.
static_assert(overflows(element_count({two_to(32), two_to(32)})));
static_assert(overflows(element_count({UINT64_MAX, 2})));
static_assert(overflows(element_count({two_to(63), 2, 0})), "a zero comes too late");
static_assert(*element_count({0, UINT64_MAX}) == 0);
static_assert(*element_count({0, UINT64_MAX, UINT64_MAX}) == 0);
static_assert(*element_count({two_to(63), 0, 2}) == 0);
static_assert(*element_count({two_to(63), 1, 0, two_to(63)}) == 0);

static_assert(*byte_count(dtype::u8, {}) == 1 && *byte_count(dtype::u64, {}) == 8);
static_assert(*byte_count(dtype::f16, {512, 4, 3, 3}) == 36'864);
static_assert(*byte_count(dtype::f32, {0, UINT64_MAX}) == 0);

// 2^64 bits is one too many.
static_assert(*byte_count(dtype::u8, {two_to(61) - 1}) == two_to(61) - 1);
static_assert(overflows(byte_count(dtype::u8, {two_to(61)})));
static_assert(*byte_count(dtype::f32, {two_to(59) - 1}) == two_to(61) - 4);
static_assert(overflows(byte_count(dtype::f32, {two_to(59)})));
static_assert(overflows(byte_count(dtype::f32, {two_to(62) + 1})));
static_assert(*byte_count(dtype::f4, {two_to(62) - 2}) == two_to(61) - 1);
static_assert(overflows(byte_count(dtype::f4, {two_to(62)})));
static_assert(overflows(byte_count(dtype::u8, {two_to(63), 2, 0})));

// 4- and 6-bit elements fill whole bytes in all, not along each axis.
static_assert(*byte_count(dtype::f4, {2}) == 1 && *byte_count(dtype::f4, {2, 3}) == 3);
static_assert(*byte_count(dtype::f6_e2m3, {4}) == 3 && *byte_count(dtype::f6_e3m2, {2, 2, 3}) == 9);
static_assert(*byte_count(dtype::f4, {0}) == 0 && *byte_count(dtype::f6_e2m3, {5, 0}) == 0);
static_assert(is_partial(byte_count(dtype::f4, {}), 4) && is_partial(byte_count(dtype::f6_e3m2, {}), 6));
static_assert(is_partial(byte_count(dtype::f4, {3}), 12) && is_partial(byte_count(dtype::f4, {3, 5}), 60));
static_assert(is_partial(byte_count(dtype::f6_e2m3, {2}), 12) &&
              is_partial(byte_count(dtype::f6_e2m3, {3, 2}), 36));

TEST_CASE("the count of bytes is the count of elements times their width")
{
    for (std::size_t i = 0; i < stet::detail::dtype_count; ++i) {
        const auto type = static_cast<dtype>(i);
        for (const std::uint64_t count : {0U, 4U, 12U, 1024U}) {
            const auto size = byte_count(type, {count, 1});
            REQUIRE(size);
            CHECK(*size == count * bit_width(type) / 8);
        }
    }
}

TEST_CASE("elements are counted exactly or refused")
{
    support::dice dice(1);
    int           refused = 0;
    for (int run = 0; run < 5000; ++run) {
        std::vector<std::uint64_t> shape(dice.below(12));
        for (std::uint64_t& axis : shape)
            axis = dice.below(16) == 0 ? 0 : dice.next() >> dice.below(64);

        // Half of the product at a time, so that what does not fit is seen in the upper half.
        std::uint64_t expected = 1;
        bool          fits = true;
        for (const std::uint64_t axis : shape) {
            const std::uint64_t low = (expected & UINT32_MAX) * (axis & UINT32_MAX);
            const std::uint64_t middle = (expected >> 32U) * (axis & UINT32_MAX) + (low >> 32U);
            const std::uint64_t other = (expected & UINT32_MAX) * (axis >> 32U) + (middle & UINT32_MAX);
            const std::uint64_t upper = (expected >> 32U) * (axis >> 32U) + (middle >> 32U) + (other >> 32U);
            fits = fits && upper == 0;
            expected *= axis;
        }

        const auto counted = element_count(shape);
        if (fits) {
            REQUIRE(counted);
            REQUIRE(*counted == expected);
        } else {
            REQUIRE(failure(counted) == "tensor_size_overflow");
            ++refused;
        }
    }
    CHECK(refused > 500);
    CHECK(refused < 4500);
}

TEST_CASE("what was wrong with the axes is said before anything is counted")
{
    CHECK(failure(element_count({2, -1})) == "negative_dimension");
    CHECK(failure(byte_count(dtype::f4, {-1})) == "negative_dimension");

    const auto expired = byte_count(dtype::u8, std::vector<int>(9, 1));
    CHECK(failure(expired) == "borrowed_axes_expired");
    CHECK(expired.error().expected == 8);
    CHECK(expired.error().actual == 9);
}

TEST_CASE("shapes of more than eight axes are counted")
{
    const std::vector<int> shape{2, 1, 2, 1, 2, 1, 2, 1, 2, 3};
    const auto             size = byte_count(dtype::f16, shape);
    REQUIRE(size);
    CHECK(*size == 192);
}
