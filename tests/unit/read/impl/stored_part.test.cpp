// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/read/impl/stored_part.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace {

/// "offset+size", or the name of the error.
std::string part(std::vector<std::uint64_t> shape, std::uint64_t size, std::uint64_t begin, std::uint64_t end)
{
    const stet::stored_tensor tensor{.name = "t", .shape = shape, .begin = 100, .end = 100 + size};
    const auto                found = stet::detail::rows(tensor, begin, end);
    if (!found) {
        CHECK(found.error().subject() == "t");
        return std::string(support::failure(found));
    }
    return std::to_string(found->offset) + "+" + std::to_string(found->size);
}

} // namespace

TEST_CASE("rows of the first axis lie in one run")
{
    CHECK(part({3, 2}, 24, 0, 3) == "0+24");
    CHECK(part({3, 2}, 24, 1, 2) == "8+8");
    CHECK(part({3, 2}, 24, 3, 3) == "24+0");
    CHECK(part({6}, 6, 5, 6) == "5+1");
}

TEST_CASE("rows that a stored tensor does not have are refused")
{
    CHECK(part({3, 2}, 24, 0, 4) == "no_such_axis");
    CHECK(part({3, 2}, 24, 2, 1) == "no_such_axis");
    CHECK(part({}, 4, 0, 1) == "no_such_axis");
    CHECK(part({0, 2}, 0, 0, 1) == "no_such_axis");
}

TEST_CASE("a tensor of no elements has rows of no bytes")
{
    CHECK(part({3, 0}, 0, 1, 2) == "0+0");
    CHECK(part({0, 3}, 0, 0, 0) == "0+0");
    CHECK(part({UINT64_MAX, 0}, 0, 0, UINT64_MAX) == "0+0");
}

TEST_CASE("rows that share a byte are only cut where a byte ends")
{
    // F4 of [2,3] and [4,3]: twelve bits a row.
    CHECK(part({2, 3}, 3, 0, 2) == "0+3");
    CHECK(part({2, 3}, 3, 0, 1) == "partial_byte");
    CHECK(part({4, 3}, 6, 2, 4) == "3+3");
    CHECK(part({4, 3}, 6, 1, 2) == "partial_byte");
    CHECK(part({4, 3}, 6, 2, 2) == "3+0");
    // F6 of [8]: four elements in three bytes.
    CHECK(part({8}, 6, 4, 8) == "3+3");
    CHECK(part({8}, 6, 2, 4) == "partial_byte");
    // F4 of [3,0] and [0,3].
    CHECK(part({3, 0}, 0, 1, 3) == "0+0");
    CHECK(part({0, 3}, 0, 0, 0) == "0+0");
}

TEST_CASE("rows of the largest tensor do not wrap")
{
    const std::uint64_t size = (std::uint64_t{1} << 61U) - 1;
    CHECK(part({size}, size, size - 1, size) == std::to_string(size - 1) + "+1");
}
