// SPDX-License-Identifier: MIT
#include "foreign_names.hpp"
#include "quantised_names.hpp"
#include "usual_names.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<void> layouts::usual_names::vet(role::model, std::string_view key)
{
    return key.starts_with("model.diffusion_model.")
               ? result<void>(error{.code = errc::foreign_key}.about(key))
               : result<void>();
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
    const bool is_of_whole = key.starts_with("first_stage_model.") || key.starts_with("vae.");
    return is_of_whole ? result<void>(error{.code = errc::foreign_key}.about(key)) : result<void>();
}

} // namespace STET_NAMESPACE
