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
    for (std::size_t rank = 0; rank < stet::dtype_count; ++rank) {
        const auto type = static_cast<stet::dtype>(rank);
        CHECK(stet::reference_order.group(type, 0) == rank);
        CHECK(stet::reference_order.group(type, UINT64_MAX) == rank);
    }
}
