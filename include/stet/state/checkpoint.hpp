// SPDX-License-Identifier: MIT
#ifndef STET_STATE_CHECKPOINT_HPP
#define STET_STATE_CHECKPOINT_HPP

#include "component.hpp"

#include <cstddef>
#include <type_traits>

namespace STET_NAMESPACE {

/// The components of a kind of checkpoint as member pointers, in the order they are placed.
template <auto... Fields>
struct field_list {};

/// Diffusion model, text encoder and vae in one file, as ComfyUI's CheckpointSave writes it.
struct full {
    component<role::model>        model;
    component<role::text_encoder> text_encoder;
    component<role::vae>          vae;
    component<role::extra>        extra = no_entries;

    static constexpr field_list<&full::model, &full::text_encoder, &full::vae, &full::extra> fields{};
};

/// Diffusion model, vision encoder and vae, as ComfyUI's ImageOnlyCheckpointSave writes it: image-to-video, 3-D.
struct image_only {
    component<role::model>          model;
    component<role::vision_encoder> vision_encoder;
    component<role::vae>            vae;
    component<role::extra>          extra = no_entries;

    static constexpr field_list<&image_only::model, &image_only::vae, &image_only::vision_encoder,
                                &image_only::extra>
        fields{};
};

/// The diffusion model alone, as ComfyUI's ModelSave writes it.
struct model_only {
    component<role::model> model;
    component<role::extra> extra = no_entries;

    static constexpr field_list<&model_only::model, &model_only::extra> fields{};
};

/// Stable Audio: a full checkpoint with the model's two number conditioners.
struct stable_audio {
    component<role::model>         model;
    component<role::text_encoder>  text_encoder;
    component<role::vae>           vae;
    component<role::seconds_start> seconds_start;
    component<role::seconds_total> seconds_total;
    component<role::extra>         extra = no_entries;

    static constexpr field_list<&stable_audio::model, &stable_audio::text_encoder, &stable_audio::vae,
                                &stable_audio::seconds_start, &stable_audio::seconds_total,
                                &stable_audio::extra>
        fields{};
};

namespace detail {

template <class Kind, class Fields>
inline constexpr bool lists_components = false;
template <class Kind, class Role>
inline constexpr bool lists_components<Kind, component<Role> Kind::*> = true;
template <class Kind, auto... Fields>
inline constexpr bool lists_components<Kind, field_list<Fields...>> =
    (lists_components<Kind, std::remove_cv_t<decltype(Fields)>> && ...);

template <class Fields>
inline constexpr std::size_t field_count = 0;
template <auto... Fields>
inline constexpr std::size_t field_count<field_list<Fields...>> = sizeof...(Fields);

} // namespace detail

/// An aggregate of components that lists them, in the order they are placed:
/// `static constexpr stet::field_list<&kind::model, &kind::vae> fields{};`
template <class Kind>
concept checkpoint_kind = std::is_aggregate_v<Kind> && requires { Kind::fields; } &&
                          detail::lists_components<Kind, std::remove_cvref_t<decltype(Kind::fields)>>;

namespace detail {

/// How many components a kind of checkpoint has.
template <checkpoint_kind Kind>
inline constexpr std::size_t component_count =
    detail::field_count<std::remove_cvref_t<decltype(Kind::fields)>>;

template <class Visit, class Role>
bool visit_component(Visit& visit, const component<Role>& field, std::size_t index, result<void>& outcome)
{
    outcome = visit(field, Role{}, index);
    return static_cast<bool>(outcome);
}

template <class Kind, class Visit, auto... Fields>
#if defined(__GNUC__)
[[gnu::__always_inline__]] // its symbol would spell out every field
#endif
inline void
visit_fields(const Kind& checkpoint, Visit& visit, result<void>& outcome, field_list<Fields...>)
{
    std::size_t index = 0;
    static_cast<void>((visit_component(visit, checkpoint.*Fields, index++, outcome) && ...));
}

} // namespace detail

/// Calls `visit(component, role, index)` for each field in order until one call fails.
/// visit: generic callable that returns result<void>
template <checkpoint_kind Kind, class Visit>
result<void> each_component(const Kind& checkpoint, Visit&& visit)
{
    result<void> outcome;
    detail::visit_fields(checkpoint, visit, outcome, Kind::fields);
    return outcome;
}

} // namespace STET_NAMESPACE

#endif
