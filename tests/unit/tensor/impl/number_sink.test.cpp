// SPDX-License-Identifier: MIT
#include <stet/tensor/impl/number_sink.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

using stet::detail::count_of_elements;
using stet::detail::element_carry;

TEST_CASE("elements come out whole however their bytes are cut")
{
    constexpr std::array<char, 12> letters{'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'};
    const stet::bytes              all = std::as_bytes(std::span(letters));
    for (std::size_t first = 0; first <= all.size(); ++first) {
        for (std::size_t second = first; second <= all.size(); ++second) {
            element_carry carry(4);
            std::string   seen;
            const auto    put = [&](const std::byte* from, std::size_t count) -> stet::result<void> {
                seen.append(reinterpret_cast<const char*>(from), count * 4);
                return {};
            };
            REQUIRE(carry.feed(all.first(first), put));
            CHECK(seen.size() == first / 4 * 4);
            REQUIRE(carry.feed(all.subspan(first, second - first), put));
            REQUIRE(carry.feed(all.subspan(second), put));
            CHECK(seen == "abcdefghijkl");
        }
    }
}

TEST_CASE("a tensor of more elements than memory has is counted as none")
{
    CHECK(count_of_elements({.type = stet::dtype::u8, .size = 7}, 8) == 7);
    CHECK(count_of_elements({.type = stet::dtype::f64, .size = 64}, 4) == 8);
    CHECK_FALSE(count_of_elements({.type = stet::dtype::u8, .size = UINT64_MAX / 4}, 8));
}
