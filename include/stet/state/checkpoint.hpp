// SPDX-License-Identifier: MIT
#ifndef STET_STATE_CHECKPOINT_HPP
#define STET_STATE_CHECKPOINT_HPP

#include "component.hpp"

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace stet::inline v0_1 {

/// Diffusion model, text encoder and vae in one file, as ComfyUI's CheckpointSave writes it.
struct full {
    component<role::model>        model;
    component<role::text_encoder> text_encoder;
    component<role::vae>          vae;
    component<role::extra>        extra = no_entries;

    static constexpr auto fields = std::tuple{&full::model, &full::text_encoder, &full::vae, &full::extra};
};

/// Diffusion model, vision encoder and vae, as ComfyUI's ImageOnlyCheckpointSave writes it: image-to-video, 3-D.
struct image_only {
    component<role::model>          model;
    component<role::vision_encoder> vision_encoder;
    component<role::vae>            vae;
    component<role::extra>          extra = no_entries;

    static constexpr auto fields =
        std::tuple{&image_only::model, &image_only::vae, &image_only::vision_encoder, &image_only::extra};
};

/// The diffusion model alone, as ComfyUI's ModelSave writes it.
struct model_only {
    component<role::model> model;
    component<role::extra> extra = no_entries;

    static constexpr auto fields = std::tuple{&model_only::model, &model_only::extra};
};

/// Stable Audio: a full checkpoint with the model's two number conditioners.
struct stable_audio {
    component<role::model>         model;
    component<role::text_encoder>  text_encoder;
    component<role::vae>           vae;
    component<role::seconds_start> seconds_start;
    component<role::seconds_total> seconds_total;
    component<role::extra>         extra = no_entries;

    static constexpr auto fields =
        std::tuple{&stable_audio::model,         &stable_audio::text_encoder,  &stable_audio::vae,
                   &stable_audio::seconds_start, &stable_audio::seconds_total, &stable_audio::extra};
};

namespace detail {

template <class Kind, class Fields>
inline constexpr bool lists_components = false;
template <class Kind, class... Roles>
inline constexpr bool lists_components<Kind, std::tuple<component<Roles> Kind::*...>> = true;

} // namespace detail

/// An aggregate of components that lists them, in the order they are placed, in a tuple of member pointers:
/// `static constexpr auto fields = std::tuple{&kind::model, &kind::vae};`
template <class Kind>
concept checkpoint_kind = std::is_aggregate_v<Kind> && requires
{
    Kind::fields;
} && detail::lists_components<Kind, std::remove_cvref_t<decltype(Kind::fields)>>;

/// How many components a kind of checkpoint has.
template <checkpoint_kind Kind>
inline constexpr std::size_t component_count = std::tuple_size_v<std::remove_cvref_t<decltype(Kind::fields)>>;

/// Calls `visit(component, role, index)` for each field in order until one call fails.
/// visit: generic callable that returns result<void>
template <checkpoint_kind Kind, class Visit>
result<void> each_component(const Kind& checkpoint, Visit&& visit)
{
    result<void> outcome;
    const auto   visit_field = [&]<class Role>(component<Role> Kind::*field, std::size_t index) {
        outcome = visit(checkpoint.*field, Role{}, index);
        return static_cast<bool>(outcome);
    };
    [&]<std::size_t... Index>(std::index_sequence<Index...>)
    {
        static_cast<void>((visit_field(std::get<Index>(Kind::fields), Index) && ...));
    }
    (std::make_index_sequence<component_count<Kind>>{});
    return outcome;
}

} // namespace stet::inline v0_1

#endif
