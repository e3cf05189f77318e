// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/plan/impl/member.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace {

/// Joins what is spelled.
struct spelled_text {
    std::string text{};

    void put(std::string_view piece) { text += piece; }
    void put(std::uint64_t number) { text += std::to_string(number); }
    void put_name(const stet::record& placed) { text += placed.name.text(); }
};

std::string spelled(const stet::record& placed, std::span<const std::uint64_t> shape)
{
    spelled_text out;
    stet::detail::spell_member(out, placed, shape);
    return out.text;
}

stet::record record_of(std::string_view prefix, std::string_view stem)
{
    return {.name = {.prefix = prefix, .stem = stem},
            .escaped_size = static_cast<std::uint32_t>(prefix.size() + stem.size())};
}

} // namespace

TEST_CASE("an entry of the header is spelled as the reference spells it")
{
    stet::record placed = record_of("model.", "w");
    placed.type = stet::dtype::f16;
    placed.begin = 12;
    placed.size = 24;
    const std::array<std::uint64_t, 3> shape{2, 3, 2};
    CHECK(spelled(placed, shape) == R"("model.w":{"dtype":"F16","shape":[2,3,2],"data_offsets":[12,36]})");

    stet::record scalar = record_of("", "");
    scalar.type = stet::dtype::f8_e5m2fnuz;
    scalar.size = 1;
    CHECK(spelled(scalar, {}) == R"("":{"dtype":"F8_E5M2FNUZ","shape":[],"data_offsets":[0,1]})");
}

TEST_CASE("what an entry measures is what it takes when it is written")
{
    support::dice numbers(3);
    for (int run = 0; run < 300; ++run) {
        stet::record placed = record_of("p.", std::string_view("abcdefgh").substr(numbers.below(8)));
        placed.type = static_cast<stet::dtype>(numbers.below(static_cast<unsigned>(stet::dtype::u64) + 1));
        placed.begin = numbers.below(std::uint64_t{1} << numbers.below(50));
        placed.size = numbers.below(std::uint64_t{1} << numbers.below(50));
        std::array<std::uint64_t, 9> axes{};
        for (std::uint64_t& axis : axes)
            axis = numbers.below(std::uint64_t{1} << numbers.below(40));
        const auto shape = std::span<const std::uint64_t>(axes).first(std::size_t{numbers.below(10)});
        REQUIRE(stet::detail::member_size(placed, shape) == spelled(placed, shape).size());
    }
}
