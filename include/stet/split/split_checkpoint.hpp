// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_SPLIT_CHECKPOINT_HPP
#define STET_SPLIT_SPLIT_CHECKPOINT_HPP

#include "../layout/changes.hpp"
#include "../vocabulary/array_view.hpp"
#include "../vocabulary/config.hpp"
#include "split_part.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// A checkpoint's tensors by component, each under the name it had before it was saved. A component the file does not
/// have is empty.
/// lifetime: owns the names it made, borrows the others and all tensors from the dict it was split from
struct split_checkpoint {
    explicit split_checkpoint(const allocator& memory) noexcept;

    split_part model;
    split_part text_encoder;
    split_part vae;
    split_part vision_encoder;
    split_part seconds_start;
    split_part seconds_total;
    split_part extra;    ///< the tensors that record the prediction, under their own names; in strict conduct
    split_part leftover; ///< what nobody takes, under the names in the file

    std::string_view model_prefix{}; ///< the one that was taken off

    /// Tensors another took the name of, or that were rounded.
    array_view<const change> changes() const noexcept { return log_.changes.view(); }

    /// What the names and tensors made here lie in.
    change_log& owned() noexcept { return log_; }

private:
    change_log log_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/split_checkpoint.ipp"
#endif

#endif
