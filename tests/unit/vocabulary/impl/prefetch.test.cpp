// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/prefetch.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>
#include <string_view>

static_assert(stet::detail::prefetch_distance > 0, "a loop that asks for the element at hand gains nothing");

TEST_CASE("asking for memory ahead reads nothing, so that any address will do")
{
    std::array<char, 64> block{};
    block.fill('x');

    stet::detail::prefetch(nullptr);
    stet::detail::prefetch(block.data() + block.size());
    stet::detail::prefetch_text({});
    stet::detail::prefetch_text(std::string_view(block.data(), block.size()));

    CHECK(std::string(block.begin(), block.end()) == std::string(64, 'x'));
}
