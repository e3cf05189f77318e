// SPDX-License-Identifier: MIT
#include <stet/merge/impl/merge_words.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace words = stet::detail::merge_words;

TEST_CASE("every reason fits into an error whole")
{
    for (const std::string_view reason :
         {words::lora, words::short_floats, words::quantised, words::scaled_input, words::no_numbers,
          words::more_channels, words::fewer_channels, words::two_forms})
    {
        CHECK(stet::message(stet::detail::not_mergeable("a.b", reason)) ==
              "tensor 'a.b' cannot be merged: it " + std::string(reason));
    }
}

TEST_CASE("shapes that differ are both told, as a header spells them")
{
    CHECK(
        stet::message(stet::detail::shapes_differ("a", {2, 3}, {3})) ==
        "tensor 'a': its shape is [2, 3] in the first file and [3] in the second; only equal shapes can be merged");
    CHECK(stet::detail::shape_words({}).view() == "[]");
    CHECK(stet::detail::shape_words({18446744073709551615U, 0}).view() == "[18446744073709551615, 0]");
    const stet::extents long_one{18446744073709551615U, 18446744073709551615U, 18446744073709551615U};
    CHECK(stet::detail::shape_words(long_one).view().size() == 48); // cut, not written past
}

TEST_CASE("a name's beginning is its first two parts")
{
    using stet::detail::name_beginning;
    CHECK(name_beginning("model.diffusion_model.out.0.weight").view() == "'model.diffusion_model.'");
    CHECK(name_beginning("out.weight").view() == "'out.weight'");
    CHECK(name_beginning("betas").view() == "'betas'");
    CHECK(name_beginning("").view() == "''");
    CHECK(name_beginning(std::string(90, 'a')).view() == "'" + std::string(40, 'a') + "...'");
}
