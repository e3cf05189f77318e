// SPDX-License-Identifier: MIT
#ifndef STET_STATE_ROLE_HPP
#define STET_STATE_ROLE_HPP

#include "../vocabulary/config.hpp"

#include <concepts>
#include <string_view>

namespace STET_NAMESPACE {

/// What a component is to its checkpoint. A role of your own is an empty struct with a name, too.
namespace role {

/// The diffusion model.
struct model {
    static constexpr std::string_view name = "model";
};
/// What turns the prompt into numbers.
struct text_encoder {
    static constexpr std::string_view name = "text encoder";
};
/// What turns an image into conditioning.
struct vision_encoder {
    static constexpr std::string_view name = "vision encoder";
};
/// What turns pixels into latents and back.
struct vae {
    static constexpr std::string_view name = "vae";
};
/// Stable Audio's conditioners for the numbers of seconds.
struct seconds_start {
    static constexpr std::string_view name = "seconds_start conditioner";
};
/// The conditioner of a sound's length.
struct seconds_total {
    static constexpr std::string_view name = "seconds_total conditioner";
};
/// Tensors that already bear their final names: markers, conditioners.
struct extra {
    static constexpr std::string_view name = "extra tensors";
};

} // namespace role

template <class Role>
concept component_role = requires {
    {
        Role::name
    } -> std::convertible_to<std::string_view>;
};

} // namespace STET_NAMESPACE

#endif
