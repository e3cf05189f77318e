// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/foreign_tensors.hpp"
#include "support/poured.hpp"

#include <stet/interop/mdspan.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>

using foreign::mdspan;
using stet::extents;
using stet::tensor_like;
using stet::view_of;
using support::failure;
using support::poured;

static_assert(tensor_like<mdspan<float, 2>> && tensor_like<mdspan<const std::int64_t, 0>>);
static_assert(!tensor_like<foreign::computing_mdspan<float, 2>>, "its elements are nowhere in memory");
static_assert(!tensor_like<mdspan<long double, 2>>);

TEST_CASE("an mdspan is written row-major from any layout that has strides")
{
    std::string values = "abcdef";
    auto* const first = reinterpret_cast<std::uint8_t*>(values.data());
    using matrix = mdspan<std::uint8_t, 2>;

    const matrix right{first, {2, 3}, {3, 1}};
    REQUIRE(view_of(right));
    CHECK(view_of(right)->is_packed());
    CHECK(view_of(right)->shape == extents{2, 3});
    CHECK(poured(view_of(right)) == "abcdef");
    CHECK(poured(view_of(matrix{first, {2, 3}, {1, 2}})) == "acebdf");
    CHECK(poured(view_of(matrix{first, {2, 2}, {3, 2}})) == "acdf");
    CHECK(poured(view_of(mdspan<const std::uint8_t, 0>{first, {}, {}})) == "a");
    CHECK(poured(view_of(matrix{nullptr, {0, 3}, {3, 1}})).empty());
}

TEST_CASE("an mdspan that has no strides or no memory is refused")
{
    std::uint8_t value = 0;
    CHECK(failure(view_of(mdspan<std::uint8_t, 2>{&value, {1, 1}, {1, 1}, false})) == "irregular_layout");
    CHECK(failure(view_of(mdspan<std::uint8_t, 2>{nullptr, {2, 3}, {3, 1}})) == "missing_tensor");
}
