// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/vocabulary/impl/sorted_range.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

using stet::detail::any_starts_with;
using stet::detail::count_before;

TEST_CASE("the elements before any number are counted in ranges of every small size, by few looks")
{
    support::dice dice(5);
    for (std::size_t size = 0; size < 130; ++size) {
        std::vector<std::uint32_t> given(size);
        for (std::uint32_t& number : given)
            number = static_cast<std::uint32_t>(dice.below(60));
        std::sort(given.begin(), given.end());
        for (std::uint32_t wanted = 0; wanted < 62; ++wanted) {
            std::size_t looks = 0;
            const auto  is_before = [&](std::uint32_t number) {
                ++looks;
                return number < wanted;
            };
            const auto first = std::lower_bound(given.begin(), given.end(), wanted);
            REQUIRE(count_before(stet::array_view<std::uint32_t>(given), is_before) ==
                    static_cast<std::size_t>(first - given.begin()));
            REQUIRE(looks <= 8);
        }
    }
}

TEST_CASE("texts are asked whether one of them begins so")
{
    const std::array<std::string_view, 4>          sorted{"a", "model.0", "model.10", "vae"};
    const stet::array_view<const std::string_view> texts(sorted);
    for (const std::string_view beginning : {"", "a", "m", "model.", "model.1", "model.10", "vae"}) {
        CAPTURE(beginning);
        CHECK(any_starts_with(texts, beginning));
    }
    for (const std::string_view beginning : {"0", "aa", "model.2", "model.100", "vaes", "w"}) {
        CAPTURE(beginning);
        CHECK_FALSE(any_starts_with(texts, beginning));
    }
    CHECK_FALSE(any_starts_with({}, ""));
}
