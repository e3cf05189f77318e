// SPDX-License-Identifier: MIT
#include "../layouts.hpp"
#include "foreign_names.hpp"
#include "openclip_conversion.hpp"
#include "quantised_names.hpp"

#include <utility>

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

STET_INLINE result<void> detail::to_openclip_vision(rearrangement& work, std::string_view prefix)
{
    auto converted = to_openclip(openclip_vision, work, "");
    if (!converted)
        return converted.error();
    work.dict = *std::move(converted);
    return work.rename_prefix("", prefix);
}

} // namespace STET_NAMESPACE
