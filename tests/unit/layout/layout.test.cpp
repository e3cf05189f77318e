// SPDX-License-Identifier: MIT
#include "support/with_sound.hpp"

#include <stet/layout/layout.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace layout_test {

namespace role = stet::role;
using stet::placed_name;
using support::audio;
using support::with_sound;

/// Gives a name, a name or nothing, and a text that is turned into neither.
struct by_hand {
    static constexpr placed_name place(role::model, std::string_view key) noexcept
    {
        return {.prefix = "net.", .stem = key};
    }
    static constexpr std::optional<placed_name> place(role::vae, std::string_view key) noexcept
    {
        if (key.starts_with("loss."))
            return std::nullopt;
        return placed_name{.prefix = "vae.", .stem = key};
    }
    static constexpr std::string_view place(role::text_encoder, std::string_view key) noexcept { return key; }
};

/// Keeps a prefix of its own, so `place` is no static function.
struct with_state {
    std::string_view prefix;

    constexpr placed_name place(role::model, std::string_view key) const noexcept
    {
        return {.prefix = prefix, .stem = key};
    }
};

/// Has a place for extra tensors, too.
struct moves_extra {
    static constexpr placed_name place(role::extra, std::string_view key) noexcept
    {
        return {.prefix = "extra.", .stem = key};
    }
};

struct for_sound : by_hand {
    using by_hand::place;
    static constexpr placed_name place(audio, std::string_view key) noexcept
    {
        return {.prefix = "audio.", .stem = key};
    }
};

struct not_const {
    placed_name place(role::model, std::string_view key) { return {.stem = key}; }
};

/// Renames the text encoder as a whole, and the model key by key.
struct as_a_whole {
    static stet::result<void>    rearrange(role::text_encoder, stet::rearrangement& work);
    static constexpr placed_name place(role::model, std::string_view key) noexcept { return {.stem = key}; }
};
struct rearranges_nothing {
    static bool rearrange(role::text_encoder, stet::rearrangement& work);
};
static_assert(stet::rearranges<as_a_whole, role::text_encoder> &&
              !stet::rearranges<as_a_whole, role::model> &&
              !stet::rearranges<rearranges_nothing, role::text_encoder> &&
              !stet::rearranges<by_hand, role::model>);
static_assert(stet::places<as_a_whole, role::text_encoder> && stet::places<as_a_whole, role::model> &&
              !stet::places<as_a_whole, role::vae> && !stet::places<rearranges_nothing, role::text_encoder>);

static_assert(stet::places<by_hand, role::model> && stet::places<by_hand, role::vae>);
static_assert(!stet::places<by_hand, role::text_encoder> && !stet::places<by_hand, role::vision_encoder>);
static_assert(stet::places<with_state, role::model> && !stet::places<with_state, role::vae>);
static_assert(!stet::places<not_const, role::model>);
static_assert(stet::places<by_hand, role::extra> && stet::places<int, role::extra>);

static_assert(stet::layout_for<by_hand, stet::model_only> && !stet::layout_for<by_hand, stet::full> &&
              !stet::layout_for<by_hand, stet::image_only>);
static_assert(stet::layout_for<for_sound, with_sound> && !stet::layout_for<by_hand, with_sound>);
static_assert(!stet::layout_for<by_hand, int>);

static_assert(stet::place(by_hand{}, role::model{}, "w") == placed_name{.prefix = "net.", .stem = "w"});
static_assert(stet::place(with_state{"x."}, role::model{}, "w") == placed_name{.stem = "x.w"});
static_assert(!stet::place(by_hand{}, role::vae{}, "loss.w"));

} // namespace layout_test

using namespace layout_test;

TEST_CASE("a layout may leave a key out")
{
    CHECK_FALSE(stet::place(by_hand{}, role::vae{}, "loss.weight"));
    CHECK(stet::place(by_hand{}, role::vae{}, "decoder.weight")->text() == "vae.decoder.weight");
}

TEST_CASE("extra tensors keep their names unless the layout says otherwise")
{
    CHECK(stet::place(by_hand{}, role::extra{}, "v_pred")->text() == "v_pred");
    CHECK(stet::place(moves_extra{}, role::extra{}, "v_pred")->text() == "extra.v_pred");
}

TEST_CASE("a log of changes is a range of them")
{
    stet::change_log log(stet::heap());
    CHECK(log.empty());
    CHECK(log.begin() == log.end());
    REQUIRE(log.changes.push({.what = stet::change::kind::added, .name = {.prefix = "a.", .stem = "b"}}));
    REQUIRE(log.changes.push({.what = stet::change::kind::cast, .name = {.stem = "c"}}));
    CHECK(log.size() == 2);
    std::string names;
    for (const stet::change& one : log)
        names += one.name.text() + " ";
    CHECK(names == "a.b c ");
}

TEST_CASE("a placed key is borrowed, not copied")
{
    const std::string_view key = "decoder.weight";

    CHECK(stet::place(by_hand{}, role::vae{}, key)->stem.data() == key.data());
}
