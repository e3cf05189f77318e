// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/memory_size.hpp>

#include <catch2/catch_test_macros.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

using stet::detail::memory_distance;
using stet::detail::memory_size;

static_assert(std::same_as<decltype(memory_size(std::uint64_t{1})), std::size_t>);
static_assert(std::same_as<decltype(memory_distance(std::int64_t{1})), std::ptrdiff_t>);
static_assert(memory_size(std::uint64_t{0}) == 0);
static_assert(memory_size(std::uint64_t{SIZE_MAX}) == SIZE_MAX);
static_assert(memory_distance(std::int64_t{-5}) == -5);
static_assert(memory_distance(std::int64_t{PTRDIFF_MAX}) == PTRDIFF_MAX);

namespace {

template <class Number>
concept has_memory_size = requires(Number number) { memory_size(number); };

template <class Number>
concept has_memory_distance = requires(Number number) { memory_distance(number); };

} // namespace

static_assert(has_memory_size<std::uint64_t> && has_memory_distance<std::int64_t>);
static_assert(!has_memory_size<std::uint32_t> && !has_memory_size<std::int64_t>,
              "what may be cut is what has 64 bits");
static_assert(!has_memory_distance<std::int32_t> && !has_memory_distance<std::uint64_t>);

TEST_CASE("sizes and distances in memory keep their number")
{
    for (std::size_t bit = 0; bit < sizeof(std::size_t) * 8; ++bit) {
        const std::size_t size = std::size_t{1} << bit;
        CHECK(memory_size(std::uint64_t{size}) == size);
        const auto distance = static_cast<std::ptrdiff_t>(size / 2);
        CHECK(memory_distance(std::int64_t{distance}) == distance);
        CHECK(memory_distance(-std::int64_t{distance}) == -distance);
    }
}
