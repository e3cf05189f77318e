// SPDX-License-Identifier: MIT
#include "../text_rule.hpp"
#include "openclip_conversion.hpp"

#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

namespace text_rules {

STET_INLINE result<void> sd1::apply(rearrangement& work)
{
    for (const std::string_view key : {"clip_l.transformer.text_projection.weight", "clip_l.logit_scale"}) {
        if (auto done = work.leave_out({.stem = key}); !done)
            return done;
    }
    return work.rename_prefix("clip_l.", "cond_stage_model.");
}

STET_INLINE result<void> sd2::apply(rearrangement& work)
{
    if (auto renamed = work.rename_prefix("clip_h", "cond_stage_model.model"); !renamed)
        return renamed;
    auto converted = detail::to_openclip(detail::openclip_text, work, "");
    if (!converted)
        return converted.error();
    work.dict = *std::move(converted);
    return {};
}

STET_INLINE result<void> sdxl_refiner::apply(rearrangement& work)
{
    auto converted = detail::to_openclip(detail::openclip_text, work, "clip_g");
    if (!converted)
        return converted.error();
    work.dict = *std::move(converted);
    if (auto done = work.leave_out({.stem = "clip_g.transformer.text_model.embeddings.position_ids"}); !done)
        return done;
    return work.rename_prefix("clip_g", "conditioner.embedders.0.model");
}

STET_INLINE result<void> sdxl::apply(rearrangement& work)
{
    auto converted = detail::to_openclip(detail::openclip_text, work, "clip_g", "clip_l");
    if (!converted)
        return converted.error();
    work.dict = *std::move(converted);
    if (auto added = add_position_ids(work); !added)
        return added;
    for (const std::string_view key : {"clip_l.transformer.text_projection.weight", "clip_l.logit_scale"}) {
        if (auto done = work.leave_out({.stem = key}); !done)
            return done;
    }
    if (auto renamed = work.rename_prefix("clip_g", "conditioner.embedders.1.model"); !renamed)
        return renamed;
    return work.rename_prefix("clip_l", "conditioner.embedders.0");
}

STET_INLINE result<void> sdxl::add_position_ids(rearrangement& work)
{
    constexpr placed_name name{.stem = "clip_l.transformer.text_model.embeddings.position_ids"};
    const auto            ids = view_of(position_ids, {1, position_ids.size()});
    if (!ids)
        return ids.error();
    if (const auto* const given = work.dict.find(name); given != nullptr && work.is_strict()) {
        const tensor_view& tensor = work.dict.tensor(*given);
        if (tensor.type != ids->type || tensor.size != ids->size)
            return error{.code = errc::position_ids_mismatch, .expected = position_ids.size()}.about(
                name.stem);
    }
    const auto replaced = work.dict.set(name, *ids);
    if (!replaced)
        return replaced.error();
    return work.log(*replaced ? change::kind::replaced : change::kind::added, name);
}

} // namespace text_rules

} // namespace STET_NAMESPACE
