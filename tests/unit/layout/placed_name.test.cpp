// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/layout/layout.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace {

using stet::placed_name;
using namespace std::string_view_literals;

constexpr placed_name cut(std::string_view text, std::size_t at)
{
    return {.prefix = text.substr(0, at), .stem = text.substr(at)};
}

static_assert(placed_name{}.size() == 0 && placed_name{} == placed_name{});
static_assert(cut("model.weight", 6).size() == 12);
static_assert(cut("model.weight", 6)[0] == 'm' && cut("model.weight", 6)[5] == '.' &&
              cut("model.weight", 6)[6] == 'w' && cut("model.weight", 6)[11] == 't');
static_assert(cut("model.weight", 6) == cut("model.weight", 0) &&
              cut("model.weight", 12) == cut("model.weight", 1));
static_assert(cut("model.weight", 6) != cut("model.weighs", 6) &&
              cut("model.weight", 6) != cut("model.weighs", 5));
static_assert(cut("a", 0) != cut("ab", 1) && cut("ab", 0) != cut("", 0));

} // namespace

TEST_CASE("a placed name joins its pieces")
{
    CHECK(placed_name{.prefix = "vae.", .stem = "bias"}.text() == "vae.bias");
    CHECK(placed_name{.stem = "bias"}.text() == "bias");
    CHECK(placed_name{.prefix = "bias"}.text() == "bias");
    CHECK(placed_name{.prefix = "a\0"sv, .stem = "\0b"sv}.text() == "a\0\0b"sv);
}

TEST_CASE("placed names are compared as joined texts, however they are cut")
{
    support::dice dice(1);
    for (int round = 0; round < 2000; ++round) {
        std::string first(dice.below(12), '\0');
        for (char& c : first)
            c = "ab\0\xC3"[dice.below(4)];
        std::string second = first;
        if (!second.empty() && dice.below(2) == 0)
            second[dice.below(second.size())] ^= 1;

        const placed_name a = cut(first, dice.below(first.size() + 1));
        const placed_name b = cut(second, dice.below(second.size() + 1));
        CAPTURE(a.prefix, a.stem, b.prefix, b.stem);
        CHECK((a == b) == (first == second));
        CHECK(a.text() == first);
        CHECK(a.size() == first.size());
        for (std::size_t i = 0; i < first.size(); ++i)
            CHECK(a[i] == first[i]);
    }
}
