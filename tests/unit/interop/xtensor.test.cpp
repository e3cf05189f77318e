// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/foreign_tensors.hpp"
#include "support/poured.hpp"

#include <stet/interop/xtensor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using foreign::xtensor;
using stet::extents;
using stet::tensor_like;
using stet::view_of;
using support::failure;
using support::poured;

static_assert(tensor_like<xtensor<float>> && !tensor_like<xtensor<long double>>);

TEST_CASE("a tensor of xtensor's is written row-major from any layout, from where its data begins")
{
    const std::string           values = "abcdef";
    const auto* const           first = reinterpret_cast<const std::uint8_t*>(values.data());
    const xtensor<std::uint8_t> row_major{first, {2, 3}, {3, 1}};
    const xtensor<std::uint8_t> column_major{first, {2, 3}, {1, 2}};
    const xtensor<std::uint8_t> part{first, {2, 2}, {3, 1}, 1};
    const xtensor<std::uint8_t> repeated{first, {1, 3, 1, 2}, {0, 2, 0, 0}, 1};
    const xtensor<std::uint8_t> scalar{first, {}, {}, 5};
    CHECK(view_of(row_major)->is_packed());
    CHECK(poured(view_of(row_major)) == "abcdef");
    CHECK(view_of(column_major)->shape == extents{2, 3});
    CHECK(poured(view_of(column_major)) == "acebdf");
    CHECK(poured(view_of(part)) == "bcef");
    CHECK(poured(view_of(repeated)) == "bbddff");
    CHECK(poured(view_of(scalar)) == "f");
}

TEST_CASE("a tensor of xtensor's has eight axes at most")
{
    const std::uint8_t          value = 7;
    const xtensor<std::uint8_t> eight{&value, std::vector<std::size_t>(8, 1),
                                      std::vector<std::ptrdiff_t>(8, 0)};
    const xtensor<std::uint8_t> nine{&value, std::vector<std::size_t>(9, 1),
                                     std::vector<std::ptrdiff_t>(9, 0)};
    CHECK(poured(view_of(eight)) == "\x07");
    const auto refused = view_of(nine);
    REQUIRE(failure(refused) == "too_many_axes");
    CHECK(refused.error().expected == 8);
    CHECK(refused.error().actual == 9);
}
