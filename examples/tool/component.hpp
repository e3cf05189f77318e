// SPDX-License-Identifier: MIT
// The components that tools tell apart in a checkpoint.
#ifndef EXAMPLE_COMPONENT_HPP
#define EXAMPLE_COMPONENT_HPP

#include <array>
#include <cstddef>
#include <string_view>

namespace example {

/// In the order in which people list them; `extra` is what belongs to none of the others.
enum class component : std::size_t {
    model,
    text_encoder,
    vision_encoder,
    vae,
    seconds_start,
    seconds_total,
    extra,
};

inline constexpr std::array<component, 7> every_component{
    component::model,         component::text_encoder,  component::vision_encoder, component::vae,
    component::seconds_start, component::seconds_total, component::extra};
inline constexpr std::size_t component_count = every_component.size();

constexpr std::size_t index_of(component which)
{
    return static_cast<std::size_t>(which);
}

constexpr std::string_view name_of(component which)
{
    constexpr std::array<std::string_view, component_count> names{"model",
                                                                  "text encoder",
                                                                  "vision encoder",
                                                                  "vae",
                                                                  "seconds_start conditioner",
                                                                  "seconds_total conditioner",
                                                                  "extra tensors"};
    return names[index_of(which)];
}

/// The option that names its file.
constexpr std::string_view option_of(component which)
{
    constexpr std::array<std::string_view, component_count> options{
        "--model",         "--text-encoder",  "--vision-encoder", "--vae",
        "--seconds-start", "--seconds-total", "--extra"};
    return options[index_of(which)];
}

} // namespace example

#endif
