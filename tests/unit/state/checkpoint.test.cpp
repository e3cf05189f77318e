// SPDX-License-Identifier: MIT
#include "support/with_sound.hpp"

#include <stet/state/checkpoint.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace checkpoint_test {

/// Has all that a kind needs, but is no aggregate.
class with_constructor {
public:
    explicit with_constructor(const stet::no_entries_t& nothing) : model(nothing) {}

    stet::component<stet::role::model> model;

    static constexpr stet::field_list<&with_constructor::model> fields{};
};

} // namespace checkpoint_test

namespace {

namespace role = stet::role;
using support::audio;
using dict = std::map<std::string, stet::tensor_view>;

/// A kind of checkpoint that the library does not know, listed in another order than declared.
struct with_sound {
    stet::component<role::model> model;
    stet::component<audio>       decoder;

    static constexpr stet::field_list<&with_sound::decoder, &with_sound::model> fields{};
};

struct without_fields {
    stet::component<role::model> model;
};
struct with_other_fields {
    stet::component<role::model> model;
    int                          version;

    static constexpr stet::field_list<&with_other_fields::model, &with_other_fields::version> fields{};
};
struct with_foreign_fields {
    stet::component<role::model> model;

    static constexpr stet::field_list<&stet::model_only::model> fields{};
};
static_assert(stet::checkpoint_kind<stet::full> && stet::checkpoint_kind<stet::image_only> &&
              stet::checkpoint_kind<stet::model_only> && stet::checkpoint_kind<stet::stable_audio> &&
              stet::checkpoint_kind<with_sound>);
static_assert(!stet::checkpoint_kind<int> && !stet::checkpoint_kind<dict> &&
              !stet::checkpoint_kind<without_fields> && !stet::checkpoint_kind<with_other_fields> &&
              !stet::checkpoint_kind<with_foreign_fields> &&
              !stet::checkpoint_kind<checkpoint_test::with_constructor>);
static_assert(stet::detail::component_count<stet::full> == 4 &&
              stet::detail::component_count<stet::image_only> == 4 &&
              stet::detail::component_count<stet::model_only> == 2 &&
              stet::detail::component_count<with_sound> == 2 &&
              stet::detail::component_count<stet::stable_audio> == 6);

/// `role=key` of every entry in the order of the visit, and the indices the components were given.
template <class Kind>
std::string visit_order(const Kind& checkpoint)
{
    std::string order;
    const auto  visited = stet::each_component(
        checkpoint, [&]<class Role>(const stet::component<Role>& component, Role, std::size_t index) {
            order += std::to_string(index) + ":" + std::string(Role::name);
            return component.each([&](std::string_view key, const stet::result<stet::tensor_view>&) {
                order += "=" + std::string(key);
                return stet::result<void>();
            });
        });
    CHECK(visited);
    return order;
}

/// One dict a component, each with one key.
struct dicts {
    dict model{{"m", {}}};
    dict text{{"t", {}}};
    dict image{{"i", {}}};
    dict vae{{"v", {}}};
    dict extra{{"x", {}}};
};

} // namespace

TEST_CASE("a full checkpoint is visited model first, then text encoder, vae and extra tensors")
{
    const dicts      of;
    const stet::full checkpoint{.model = of.model, .text_encoder = of.text, .vae = of.vae, .extra = of.extra};

    CHECK(visit_order(checkpoint) == "0:model=m1:text encoder=t2:vae=v3:extra tensors=x");
}

TEST_CASE("an image-only checkpoint is visited model first, then vae, vision encoder and extra tensors")
{
    const dicts            of;
    const stet::image_only checkpoint{
        .model = of.model, .vision_encoder = of.image, .vae = of.vae, .extra = of.extra};

    CHECK(visit_order(checkpoint) == "0:model=m1:vae=v2:vision encoder=i3:extra tensors=x");
}

TEST_CASE("extra tensors may be left out")
{
    const dicts of;
    CHECK(visit_order(stet::model_only{.model = of.model}) == "0:model=m1:extra tensors");
    CHECK(visit_order(stet::full{.model = of.model, .text_encoder = of.text, .vae = of.vae}) ==
          "0:model=m1:text encoder=t2:vae=v3:extra tensors");
}

TEST_CASE("a kind of checkpoint of one's own is visited in the order of its fields")
{
    const dicts of;
    CHECK(visit_order(with_sound{.model = of.model, .decoder = of.extra}) == "0:audio decoder=x1:model=m");
}

TEST_CASE("the first component that fails ends the visit")
{
    const dicts      of;
    const stet::full checkpoint{.model = of.model, .text_encoder = of.text, .vae = of.vae, .extra = of.extra};
    std::size_t      calls = 0;
    const auto       visited =
        stet::each_component(checkpoint, [&](const auto&, auto, std::size_t index) -> stet::result<void> {
            ++calls;
            if (index == 1)
                return stet::error{.code = stet::errc::cancelled};
            return {};
        });

    REQUIRE_FALSE(visited);
    CHECK(visited.error().code == stet::errc::cancelled);
    CHECK(calls == 2);
}
