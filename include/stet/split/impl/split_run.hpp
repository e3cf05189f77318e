// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_IMPL_SPLIT_RUN_HPP
#define STET_SPLIT_IMPL_SPLIT_RUN_HPP

#include "../../vocabulary/config.hpp"
#include "../split_rules.hpp"
#include "../splitting.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

inline constexpr std::array<std::string_view, 6> marker_names{
    "v_pred", "ztsnr", "edm_vpred.sigma_max", "edm_vpred.sigma_min", "edm_mean", "edm_std"};

/// Moves the tensors that record the prediction.
result<void> take_markers(splitting& work, ordered_dict& out);

/// Renames the vision encoder's tensors in a whole dict as ComfyUI does: OpenCLIP's names to its own where the encoder
/// has these, else the prefix falls away.
/// errors: those of text_from_openclip
/// source: ComfyUI 0.8.0, clip_vision.py, convert_to_transformers
result<void> rename_vision(splitting& work, std::string_view prefix);

/// Takes the vision encoder out. Strictly it is all that lies under the prefix; ComfyUI takes what it knows, wherever
/// it lies.
/// errors: those of text_from_openclip
result<void> take_vision(splitting& work, std::string_view prefix, ordered_dict& out);

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

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "split_run.ipp"
#endif

#endif
