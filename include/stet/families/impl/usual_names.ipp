// SPDX-License-Identifier: MIT
#include "foreign_names.hpp"
#include "quantised_names.hpp"
#include "usual_names.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<void> layouts::usual_names::vet(role::model, std::string_view key)
{
    return detail::without_prefix("model.diffusion_model", key);
}

STET_INLINE result<void> layouts::usual_names::vet(role::text_encoder, std::string_view key)
{
    const bool is_clip =
        key.starts_with("clip_l.") || key.starts_with("clip_g.") || key.starts_with("clip_h.");
    if (is_clip && detail::is_quantised_companion(key))
        return detail::lost_layer({.stem = key}, "clip-not-read");
    return detail::nameless_part_of(key) != nullptr ? result<void>(detail::foreign_text_key({.stem = key}))
                                                    : result<void>();
}

STET_INLINE result<void> layouts::usual_names::vet(role::vae, std::string_view key)
{
    const auto without = detail::without_prefix("first_stage_model", key);
    return without ? detail::without_prefix("vae", key) : without;
}

} // namespace STET_NAMESPACE
