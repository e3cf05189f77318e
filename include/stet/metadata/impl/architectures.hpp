// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_IMPL_ARCHITECTURES_HPP
#define STET_METADATA_IMPL_ARCHITECTURES_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Architecture identifiers in use, without what may follow a slash ("/lora", "/vae"). New ones appear all the time:
/// one that is not here is as good, this list only serves to notice slips.
/// source: ModelSpec 1.0.1; ComfyUI 0.8.0, comfy_extras/nodes_model_merging.py; sd-scripts, library/sai_model_spec.py;
///         SwarmUI, T2IModelClassSorter.cs
inline constexpr std::array<std::string_view, 23> known_architectures{
    "stable-diffusion-v1",
    "stable-diffusion-v1-inpainting",
    "stable-diffusion-v2-512",
    "stable-diffusion-v2-768-v",
    "stable-diffusion-v2-unclip-l",
    "stable-diffusion-v2-unclip-h",
    "stable-diffusion-xl-v1-base",
    "stable-diffusion-xl-v1-refiner",
    "stable-diffusion-xl-v1-edit",
    "stable-diffusion-xl-turbo-v1",
    "stable-diffusion-xl-v0_9-base",
    "stable-diffusion-v3-medium",
    "stable-video-diffusion-img2vid-v1",
    "flux-1-dev",
    "flux-1-schnell",
    "flux-1",
    "chroma",
    "lumina-2",
    "lumina",
    "hunyuan-image-2.1",
    "hunyuan-image",
    "anima-preview",
    "gpt-neo-x",
};

/// Upper case, blanks, dots and underscores are slips that count for nothing.
constexpr char without_slips(char c) noexcept
{
    if (c >= 'A' && c <= 'Z')
        return static_cast<char>(c - 'A' + 'a');
    return c == '_' || c == ' ' || c == '.' ? '-' : c;
}

inline constexpr std::size_t most_slips = 2;

/// Another digit is another version, not a slip.
constexpr std::size_t slip_cost(char c) noexcept
{
    return c >= '0' && c <= '9' ? most_slips + 1 : 1;
}

/// Characters to insert, remove or replace until the texts agree.
constexpr std::size_t slips_between(std::string_view a, std::string_view b) noexcept
{
    constexpr std::size_t longest = 63;
    if (a.size() > longest || b.size() > longest)
        return most_slips + 1;
    // Costs of turning the start of `a` seen so far into each start of `b`.
    std::array<std::size_t, longest + 1> row{};
    for (std::size_t j = 0; j < b.size(); ++j)
        row[j + 1] = row[j] + slip_cost(b[j]);
    for (const char given : a) {
        std::size_t diagonal = row[0];
        row[0] += slip_cost(given);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const bool        same = without_slips(given) == without_slips(b[j]);
            const std::size_t either =
                slip_cost(given) > slip_cost(b[j]) ? slip_cost(given) : slip_cost(b[j]);
            std::size_t cost = diagonal + (same ? 0 : either);
            diagonal = row[j + 1];
            cost = row[j + 1] + slip_cost(given) < cost ? row[j + 1] + slip_cost(given) : cost;
            cost = row[j] + slip_cost(b[j]) < cost ? row[j] + slip_cost(b[j]) : cost;
            row[j + 1] = cost;
        }
    }
    return row[b.size()];
}

/// The known identifier that this one was probably meant to be, for a "did you mean"; nothing if it is known itself, or
/// like none. A name cut short ("stable-diffusion-xl") means the first that it starts. What follows a slash is left
/// out of it.
/// lifetime: part of `known_architectures`, always valid
constexpr std::optional<std::string_view> similar_architecture(std::string_view architecture) noexcept
{
    const std::string_view          given = architecture.substr(0, architecture.find('/'));
    std::optional<std::string_view> nearest;
    std::optional<std::string_view> continued;
    std::size_t                     fewest = detail::most_slips + 1;
    for (const std::string_view known : known_architectures) {
        if (known == given)
            return std::nullopt;
        const std::size_t slips = detail::slips_between(given, known);
        if (slips < fewest) {
            fewest = slips;
            nearest = known;
        }
        const bool is_start = !given.empty() && known.size() > given.size() && known[given.size()] == '-' &&
                              detail::slips_between(given, known.substr(0, given.size())) == 0;
        if (is_start && !continued)
            continued = known;
    }
    return fewest == 0 || !continued ? nearest : continued;
}

} // namespace STET_NAMESPACE::detail

#endif
