// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_SPLIT_HPP
#define STET_SPLIT_SPLIT_HPP

#include "../vocabulary/array_view.hpp"
#include "../state/component.hpp"
#include "impl/split_part.hpp"
#include "impl/split_rules.hpp"
#include "impl/splitting.hpp"
#include "impl/unet_prefix.hpp"
#include "impl/vision_names.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

struct split_options {
    conduct how = conduct::strict; ///< as_comfyui: what ComfyUI's loader would take and leave
    bool    wants_vision = true;   ///< else the vision encoder's tensors stay in `leftover`
    std::optional<std::string_view>
              model_prefix{};  ///< else the layout's in strict conduct, ComfyUI's count if not
    allocator memory = heap(); ///< of the result
};

/// A checkpoint's tensors by component, each under the name it had before it was saved. A component the file does not
/// have is empty.
/// lifetime: owns the names it made, borrows the others and all tensors from the dict it was split from
struct split_checkpoint {
    explicit split_checkpoint(const allocator& memory) noexcept
        : model(memory), text_encoder(memory), vae(memory), vision_encoder(memory), seconds_start(memory),
          seconds_total(memory), extra(memory), leftover(memory), log_(memory)
    {
    }

    detail::split_part model;
    detail::split_part text_encoder;
    detail::split_part vae;
    detail::split_part vision_encoder;
    detail::split_part seconds_start;
    detail::split_part seconds_total;
    detail::split_part extra;    ///< the tensors that record the prediction, under their own names; in strict conduct
    detail::split_part leftover; ///< what nobody takes, under the names in the file

    std::string_view model_prefix{}; ///< the one that was taken off

    /// Tensors another took the name of, or that were rounded.
    array_view<const change> changes() const noexcept { return log_.changes.view(); }

    /// What the names and tensors made here lie in.
    change_log& owned() noexcept { return log_; }

private:
    change_log log_;
};

namespace detail {

inline constexpr std::array<std::string_view, 6> marker_names{
    "v_pred", "ztsnr", "edm_vpred.sigma_max", "edm_vpred.sigma_min", "edm_mean", "edm_std"};

inline result<void> take_markers(splitting& work, ordered_dict& out)
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

} // namespace detail

/// Renames the vision encoder's tensors in a whole dict as ComfyUI does: OpenCLIP's names to its own where the encoder
/// has these, else the prefix falls away.
/// errors: those of text_from_openclip
/// source: ComfyUI 0.8.0, clip_vision.py, convert_to_transformers
inline result<void> rename_vision(detail::splitting& work, std::string_view prefix)
{
    if (detail::has_openclip_vision(work.rest, prefix))
        return detail::vision_from_openclip(work, work.rest, prefix);
    return work.rest.rename_prefix(prefix, "", work.own(),
                                   [&](const placed_name& name) { return work.collided(name); });
}

/// Takes the vision encoder out. Strictly it is all that lies under the prefix; ComfyUI takes what it knows, wherever
/// it lies.
/// errors: those of text_from_openclip
inline result<void> take_vision(detail::splitting& work, std::string_view prefix, detail::ordered_dict& out)
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

namespace detail {

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

/// Takes one component after the other out of work.rest, in ComfyUI's order.
class split_run {
public:
    split_run(splitting& work, const split_rules& rules, split_checkpoint& out) noexcept
        : work_(&work), rules_(&rules), out_(&out)
    {
    }

    result<void> run(bool wants_vision)
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
        if (auto done =
                prefixed(out_->model, rules_->model ? std::optional(out_->model_prefix) : std::nullopt);
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

private:
    template <class Take>
    result<void> into(split_part& part, Take take)
    {
        ordered_dict taken(work_->memory());
        if (auto done = take(*work_, taken); !done)
            return done;
        return part.assign(taken, work_->own());
    }

    result<void> prefixed(split_part& part, const std::optional<std::string_view>& prefix)
    {
        if (!prefix)
            return {};
        return into(part,
                    [&](splitting& work, ordered_dict& taken) { return work.take(*prefix, "", taken); });
    }

    result<void> vision()
    {
        return into(out_->vision_encoder, [&](splitting& work, ordered_dict& taken) {
            return take_vision(work, *rules_->vision, taken);
        });
    }

    splitting*         work_;
    const split_rules* rules_;
    split_checkpoint*  out_;
};

/// errors: the tensor's own, those of byte_count, tensor_size_mismatch, borrowed_axes_expired
inline result<void> check_sound(const result<tensor_view>& tensor) noexcept
{
    if (!tensor)
        return tensor.error();
    const auto needed = byte_count(tensor->type, tensor->shape);
    if (!needed)
        return needed.error();
    if (*needed != tensor->size)
        return error{.code = errc::tensor_size_mismatch, .expected = *needed, .actual = tensor->size};
    return tensor->steps.problem() == errc{} ? result<void>() : result<void>(axes_error(tensor->steps));
}

} // namespace detail

/// Splits by rules that are at hand; split<Layout> finds them.
inline result<split_checkpoint> split_by(const detail::split_rules& rules, const component<role::extra>& dict,
                                         const split_options& options = {})
{
    split_checkpoint  out(options.memory);
    detail::splitting         work(out.owned(), options.how);
    detail::unet_prefix_count count;
    static_cast<void>(work.rest.reserve(dict.size_hint())); // what is missing is found out when it is needed
    const auto collected =
        dict.each([&](std::string_view name, const result<tensor_view>& tensor) -> result<void> {
            count.add(name);
            if (auto sound = detail::check_sound(tensor); !sound)
                return sound.error().about(name);
            return work.rest.append({.stem = name}, *tensor);
        });
    if (!collected)
        return collected.error();
    static_cast<void>(work.rest.find({})); // looks for names given twice
    if (const auto& twice = work.rest.repeated(); twice && work.is_strict())
        return error{.code = errc::name_collision}.about(twice->prefix, twice->stem);
    out.model_prefix = options.model_prefix ? *options.model_prefix
                       : work.is_strict()   ? rules.model.value_or("")
                                            : count.prefix();
    if (auto done = detail::split_run(work, rules, out).run(options.wants_vision); !done)
        return done.error();
    return out;
}

/// Splits a checkpoint's tensors into its components, by the layout or family that saves it:
/// `split<layouts::sdxl>(dict)`. No tensor is copied; q, k and v and projections become views.
/// errors:   the tensors' own, tensor_size_mismatch; name_collision, uneven_qkv in strict conduct; projection_rank, no_such_axis,
///           too_many_axes, sub_byte_strides, partial_byte of tensors that have to be cut or turned; out_of_memory
/// lifetime: borrows the dict's names and tensors
template <class Layout, state_dict Dict>
result<split_checkpoint> split(const Dict& dict, const split_options& options = {})
{
    static constexpr detail::split_rules rules = detail::rules_of<Layout>();
    return split_by(rules, component<role::extra>(dict), options);
}
template <class Layout, state_dict Dict>
result<split_checkpoint> split(const Dict&& temporary, const split_options& options = {}) = delete;

} // namespace STET_NAMESPACE

#endif
