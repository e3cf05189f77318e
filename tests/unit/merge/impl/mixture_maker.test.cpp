// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/merge_sample.hpp"

#include <stet/merge/impl/mixture_maker.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>
#include <vector>

using stet::dtype;
using stet::detail::blend;
using stet::detail::merge_side;
using stet::detail::mixture;
using stet::merging::formula;
using stet::merging::recipe;

namespace {

/// The three files `a`, `b` and `c` with the maker of their mixtures.
struct scene {
    explicit scene(const support::merge_sample& a, const support::merge_sample& b, recipe asked = {})
        : how(asked), first{.layers = *stet::quantised::find_layers(a.tensors)},
          second{.layers = *stet::quantised::find_layers(b.tensors)}
    {
        REQUIRE(names.prepare());
        REQUIRE(values.reserve(4));
    }

    stet::result<mixture> make(blend of, double ratio = 0.25)
    {
        auto here = names.place_of(names.find(0, "q.weight"));
        here.ratio = ratio;
        return stet::detail::mixture_maker(names, how, values, stet::heap()).make(here, of, dtype::f16);
    }

    recipe                                                    how;
    merge_side                                                first;
    merge_side                                                second;
    stet::detail::merge_names                                 names{first, second, &second, stet::heap()};
    stet::detail::growing_array<stet::quantised::dequantised> values{};
};

support::merge_sample& plain(support::merge_sample& sample)
{
    return sample.put("q.weight", dtype::f32, {1, 2}, support::little_endian(std::vector<float>{4, 8}));
}

} // namespace

TEST_CASE("factors are those of the formula")
{
    support::merge_sample a;
    plain(a);
    const auto weighted = scene(a, a).make(blend::weighted);
    REQUIRE(weighted);
    CHECK(weighted->x == 0.25F);
    CHECK(weighted->y == 0.75F);
    CHECK(weighted->size == 2);
    CHECK(weighted->run == 2);
    CHECK(weighted->skip == 0);
    CHECK(weighted->type == dtype::f16);
    const auto added = scene(a, a, {.formula = formula::add}).make(blend::weighted);
    REQUIRE(added);
    CHECK(added->x == 1);
    CHECK(added->y == 1);
    const auto less = scene(a, a, {.formula = formula::subtract, .multiplier = 0.5}).make(blend::weighted);
    REQUIRE(less);
    CHECK(less->x == 0.5F);
    CHECK(less->y == -0.5F);
    const auto more =
        scene(a, a, {.formula = formula::add_difference, .multiplier = 3}).make(blend::difference);
    REQUIRE(more);
    CHECK(more->x == 3);
}

TEST_CASE("a quantised layer is an operand by its values, a plain tensor by itself")
{
    support::merge_sample a;
    support::merge_sample b;
    plain(a);
    b.put_float8("q", "\x38\x40", 2).mark("q");
    scene      here(a, b);
    const auto made = here.make(blend::weighted);
    REQUIRE(made);
    CHECK(made->of[0].layer == nullptr);
    CHECK(made->of[1].layer == here.values.data());
    CHECK(here.values.size() == 1);
    CHECK(scene(a, b).make(blend::first)->of[1].layer == nullptr); // the second has no part in it
}

TEST_CASE("what holds no numbers or has another shape is refused")
{
    support::merge_sample a;
    support::merge_sample text;
    support::merge_sample turned;
    plain(a);
    text.put("q.weight", dtype::u8, {1, 2}, "ab");
    turned.put("q.weight", dtype::f32, {2, 1}, support::little_endian(std::vector<float>{4, 8}));
    CHECK(support::failure(scene(a, text).make(blend::weighted)) == "not_mergeable");
    CHECK(support::failure(scene(a, turned).make(blend::weighted)) == "merge_shapes_differ");
    CHECK(support::failure(scene(a, turned).make(blend::first)) == "none");
}
