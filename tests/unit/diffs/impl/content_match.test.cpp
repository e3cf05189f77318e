// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/diffs/impl/content_match.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

using stet::dtype;
using stet::detail::unmatched;

namespace {

using pairs = std::vector<std::pair<std::size_t, std::size_t>>;

constexpr std::array<std::uint64_t, 1> flat{8};
constexpr std::array<std::uint64_t, 2> square{4, 2};

pairs matched(const std::vector<unmatched>& all)
{
    pairs found;
    REQUIRE(stet::detail::match_contents(
        stet::array_view<const unmatched>(all), stet::heap(),
        [&](std::size_t one, std::size_t other) { found.emplace_back(one, other); }));
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<std::byte> filled(std::size_t size, int value)
{
    return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

} // namespace

TEST_CASE("tensors of the same dtype, shape and bytes match, each once")
{
    const auto a = filled(8, 1), b = filled(8, 2), c = filled(8, 1);
    CHECK(matched({{dtype::u8, flat, a, 0, false},
                   {dtype::u8, flat, b, 1, true},
                   {dtype::u8, flat, c, 2, true}}) == pairs{{0, 2}});
    CHECK(matched({{dtype::u8, flat, a, 0, false}, {dtype::i8, flat, c, 1, true}}).empty());
    CHECK(matched({{dtype::u8, flat, a, 0, false}, {dtype::u8, square, c, 1, true}}).empty());
    CHECK(matched({{dtype::u8, flat, a, 0, false}, {dtype::u8, flat, c, 1, false}}).empty());
    CHECK(matched({{dtype::u8, flat, a, 0, true}, {dtype::u8, flat, c, 1, false}}) == pairs{{1, 0}});
    CHECK(matched({{dtype::u8, {}, {}, 0, false}, {dtype::u8, {}, {}, 1, true}}).empty());
}

TEST_CASE("several of one content match in the order given")
{
    const auto             a = filled(8, 1);
    std::vector<unmatched> all;
    for (std::size_t i = 0; i < 7; ++i)
        all.push_back({dtype::u8, flat, a, i, i % 2 == 1}); // 0 2 4 6 of the first file, 1 3 5 of the second
    CHECK(matched(all) == pairs{{0, 1}, {2, 3}, {4, 5}});
}

TEST_CASE("tensors that differ in the middle alone do not match, however many begin and end alike")
{
    constexpr std::size_t               size = 5 * stet::detail::hashed_part;
    const std::array<std::uint64_t, 1>  shape{size};
    std::vector<std::vector<std::byte>> contents;
    std::vector<unmatched>              all;
    contents.reserve(40);
    for (int i = 0; i < 40; ++i) {
        auto& own = contents.emplace_back(filled(size, 7));
        own[size / 2] = static_cast<std::byte>(i % 20);
        all.push_back({dtype::u8, shape, own, static_cast<std::size_t>(i), i >= 20});
    }
    pairs expected;
    for (std::size_t i = 0; i < 20; ++i)
        expected.emplace_back(i, i + 20);
    CHECK(matched(all) == expected);
    const auto one = filled(size, 7);
    CHECK(matched({all[3], {dtype::u8, shape, one, 99, true}}).empty());
}

TEST_CASE("matching that has no memory says so")
{
    const auto                   a = filled(8, 1);
    const std::vector<unmatched> all{{dtype::u8, flat, a, 0, false}, {dtype::u8, flat, a, 1, true}};
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              return stet::detail::match_contents(stet::array_view<const unmatched>(all), memory,
                                                  [](std::size_t, std::size_t) {})
                         ? "none"
                         : "out_of_memory";
          }) == 1);
}
