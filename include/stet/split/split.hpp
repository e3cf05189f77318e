// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_SPLIT_HPP
#define STET_SPLIT_SPLIT_HPP

#include "../state/component.hpp"
#include "../vocabulary/array_view.hpp"
#include "../vocabulary/config.hpp"
#include "impl/split_part.hpp"
#include "impl/split_rules.hpp"
#include "impl/splitting.hpp"
#include "impl/unet_prefix.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

struct split_options {
    stet::strictness strictness =
        stet::strictness::strict; ///< as_comfyui: what ComfyUI's loader would take and leave
    bool wants_vision = true;     ///< else the vision encoder's tensors stay in `leftover`
    std::optional<std::string_view>
                    model_prefix{};     ///< else the layout's in strict conduct, ComfyUI's count if not
    stet::allocator allocator = heap(); ///< of the result
};

/// A checkpoint's tensors by component, each under the name it had before it was saved. A component the file does not
/// have is empty.
/// lifetime: owns the names it made, borrows the others and all tensors from the dict it was split from
struct split_checkpoint {
    explicit split_checkpoint(const allocator& memory) noexcept;

    detail::split_part model;
    detail::split_part text_encoder;
    detail::split_part vae;
    detail::split_part vision_encoder;
    detail::split_part seconds_start;
    detail::split_part seconds_total;
    detail::split_part
        extra; ///< the tensors that record the prediction, under their own names; in strict conduct
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

result<void> take_markers(splitting& work, ordered_dict& out);

/// Moves those names to `out` that a vision encoder knows.
result<void> take_known_vision(splitting& work, ordered_dict& out);

} // namespace detail

/// Renames the vision encoder's tensors in a whole dict as ComfyUI does: OpenCLIP's names to its own where the encoder
/// has these, else the prefix falls away.
/// errors: those of text_from_openclip
/// source: ComfyUI 0.8.0, clip_vision.py, convert_to_transformers
result<void> rename_vision(detail::splitting& work, std::string_view prefix);

/// Takes the vision encoder out. Strictly it is all that lies under the prefix; ComfyUI takes what it knows, wherever
/// it lies.
/// errors: those of text_from_openclip
result<void> take_vision(detail::splitting& work, std::string_view prefix, ordered_dict& out);

namespace detail {

result<void> claim_all(splitting& work, const split_rules& rules, std::string_view model_prefix);

/// Takes one component after the other out of work.rest, in ComfyUI's order.
class split_run {
public:
    split_run(splitting& work, const split_rules& rules, split_checkpoint& out) noexcept;

    result<void> run(bool wants_vision);

private:
    template <class Take>
    result<void> into(split_part& part, Take take)
    {
        ordered_dict taken(work_->memory());
        if (auto done = take(*work_, taken); !done)
            return done;
        return part.assign(taken, work_->own());
    }

    result<void> prefixed(split_part& part, const std::optional<std::string_view>& prefix);

    result<void> vision();

    splitting*         work_;
    const split_rules* rules_;
    split_checkpoint*  out_;
};

} // namespace detail

/// Splits by rules that are at hand; split<Layout> finds them.
result<split_checkpoint> split_by(const detail::split_rules& rules, const component<role::extra>& dict,
                                  const split_options& options = {});

/// Splits a checkpoint's tensors into its components, by the layout or family that saves it:
/// `split<layouts::sdxl>(dict)`. No tensor is copied; q, k and v and projections become views.
/// errors:   the tensors' own, tensor_size_mismatch; name_collision, uneven_qkv in strict strictness; projection_rank, no_such_axis,
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

#if STET_BODIES
#include "impl/split.ipp"
#endif

#endif
