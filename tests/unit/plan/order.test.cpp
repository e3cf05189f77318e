// SPDX-License-Identifier: MIT
#include <stet/plan/order.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace {

static_assert(std::is_aggregate_v<stet::file_order> && std::is_trivially_copyable_v<stet::file_order>);
static_assert(stet::reference_order.data_alignment == 8);
static_assert(stet::reference_order.group(stet::dtype::u64, 0) >
              stet::reference_order.group(stet::dtype::i64, 0));

} // namespace

TEST_CASE("the reference order groups tensors by dtype alone, in the rank of the format")
{
    for (std::size_t rank = 0; rank < stet::detail::dtype_count; ++rank) {
        const auto type = static_cast<stet::dtype>(rank);
        CHECK(stet::reference_order.group(type, 0) == rank);
        CHECK(stet::reference_order.group(type, UINT64_MAX) == rank);
    }
}

TEST_CASE("the aligned order groups tensors by the power of two that divides their size, up to its alignment")
{
    const stet::file_order order = stet::aligned_order<4096>;
    CHECK(order.data_alignment == 4096);
    for (std::uint8_t power = 0; power < 63; ++power) {
        const std::uint64_t size = std::uint64_t{3} << power;
        CHECK(order.group(stet::dtype::u8, size) == (power < 12 ? power : 12));
        CHECK(order.group(stet::dtype::f64, size) == (power < 12 ? power : 12));
    }
    CHECK(order.group(stet::dtype::f16, 0) == 12);
    CHECK(stet::aligned_order<8>.group(stet::dtype::f16, 4096) == 3);
    CHECK(stet::aligned_order<1U << 20U>.group(stet::dtype::f16, std::uint64_t{1} << 40U) == 20);
    CHECK(stet::aligned_order<64>.data_alignment == 64);
}

TEST_CASE("data is aligned to powers of two from 8 on, and to 8 where an order says nothing")
{
    static_assert(stet::file_order{.group = stet::reference_order.group}.data_alignment == 8);
    for (const std::uint32_t sound : {8U, 16U, 4096U, 1U << 31U})
        CHECK(stet::detail::is_data_alignment(sound));
    for (const std::uint32_t wrong : {0U, 1U, 4U, 9U, 12U, 4095U})
        CHECK_FALSE(stet::detail::is_data_alignment(wrong));
}

TEST_CASE("an order made at run time is that made while compiling")
{
    const stet::file_order order = stet::detail::order_by_alignment<64>();
    CHECK(order.data_alignment == stet::aligned_order<64>.data_alignment);
    for (const std::uint64_t size : {0U, 1U, 8U, 96U, 4096U})
        CHECK(order.group(stet::dtype::u8, size) == stet::aligned_order<64>.group(stet::dtype::u8, size));
}
