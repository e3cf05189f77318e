// SPDX-License-Identifier: MIT
#include "openclip_inverse.hpp"
#include "split_run.hpp"
#include "vision_names.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> take_markers(splitting& work, ordered_dict& out)
{
    for (std::size_t i = 0; i < work.rest.entries().size(); ++i) {
        const ordered_dict::entry entry = work.rest.entries()[i];
        for (const std::string_view name : marker_names) {
            if (!entry.is_present || entry.name != placed_name{.stem = name})
                continue;
            work.rest.remove(entry.name);
            if (auto put = work.share(out, {.stem = name}, *entry.tensor); !put)
                return put;
        }
    }
    return {};
}

/// Moves those names to `out` that a vision encoder knows.
inline result<void> take_known_vision(splitting& work, ordered_dict& out)
{
    for (std::size_t i = 0; i < work.rest.entries().size(); ++i) {
        const ordered_dict::entry entry = work.rest.entries()[i];
        if (!entry.is_present)
            continue;
        const auto name = ordered_dict::without_beginning(entry.name, 0, work.own());
        if (!name)
            return name.error();
        if (!is_vision_name(*name))
            continue;
        work.rest.remove(entry.name);
        if (auto put = work.share(out, {.stem = *name}, *entry.tensor); !put)
            return put;
    }
    return {};
}

STET_INLINE result<void> rename_vision(splitting& work, std::string_view prefix)
{
    if (detail::has_openclip_vision(work.rest, prefix))
        return detail::vision_from_openclip(work, work.rest, prefix);
    return work.rest.rename_prefix(prefix, "", work.own(),
                                   [&](const placed_name& name) { return work.collided(name); });
}

STET_INLINE result<void> take_vision(splitting& work, std::string_view prefix, ordered_dict& out)
{
    if (prefix.empty())
        return work.is_strict() ? detail::take_known_vision(work, out) : result<void>();
    if (!work.is_strict()) {
        if (auto renamed = rename_vision(work, prefix); !renamed)
            return renamed;
        return detail::take_known_vision(work, out);
    }
    if (!detail::has_openclip_vision(work.rest, prefix))
        return work.take(prefix, "", out);
    if (auto taken = work.take(prefix, prefix, out); !taken)
        return taken;
    if (auto converted = detail::vision_from_openclip(work, out, prefix); !converted)
        return converted;
    return out.rename_prefix(prefix, "", work.own(),
                             [&](const placed_name& name) { return work.collided(name); });
}

inline result<void> claim_all(splitting& work, const split_rules& rules, std::string_view model_prefix)
{
    for (const auto& prefix :
         {std::optional(model_prefix), rules.vae, rules.vision, rules.seconds_start, rules.seconds_total})
    {
        if (!prefix)
            continue;
        if (auto claimed = work.claim(*prefix); !claimed)
            return claimed;
    }
    for (const std::string_view prefix : rules.text) {
        if (auto claimed = work.claim(prefix); !claimed)
            return claimed;
    }
    return {};
}

STET_INLINE split_run::split_run(splitting& work, const split_rules& rules, split_checkpoint& out) noexcept
    : work_(&work), rules_(&rules), out_(&out)
{
}

STET_INLINE result<void> split_run::run(bool wants_vision)
{
    if (auto claimed = claim_all(*work_, *rules_, out_->model_prefix); !claimed)
        return claimed;
    if (auto done = work_->is_strict() ? into(out_->extra, take_markers) : result<void>(); !done)
        return done;
    // Vision keys that lie at top level are told from others by what is left.
    const bool is_unprefixed = rules_->vision && rules_->vision->empty();
    const bool takes_vision = wants_vision && rules_->vision;
    if (auto done = takes_vision && !is_unprefixed ? vision() : result<void>(); !done)
        return done;
    if (auto done = prefixed(out_->model, rules_->model ? std::optional(out_->model_prefix) : std::nullopt);
        !done)
        return done;
    if (auto done = prefixed(out_->vae, rules_->vae); !done)
        return done;
    const bool takes_text =
        rules_->take_text != nullptr && (work_->is_strict() || rules_->comfyui_takes_text);
    if (auto done = takes_text ? into(out_->text_encoder, rules_->take_text) : result<void>(); !done)
        return done;
    if (auto done = prefixed(out_->seconds_start, rules_->seconds_start); !done)
        return done;
    if (auto done = prefixed(out_->seconds_total, rules_->seconds_total); !done)
        return done;
    if (auto done = takes_vision && is_unprefixed ? vision() : result<void>(); !done)
        return done;
    return out_->leftover.assign(work_->rest, work_->own());
}

STET_INLINE result<void> split_run::prefixed(split_part& part, const std::optional<std::string_view>& prefix)
{
    if (!prefix)
        return {};
    return into(part, [&](splitting& work, ordered_dict& taken) { return work.take(*prefix, "", taken); });
}

STET_INLINE result<void> split_run::vision()
{
    return into(out_->vision_encoder, [&](splitting& work, ordered_dict& taken) {
        return take_vision(work, *rules_->vision, taken);
    });
}

} // namespace STET_NAMESPACE::detail
