// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_IMPL_PREDICTION_MARKERS_HPP
#define STET_PLAN_IMPL_PREDICTION_MARKERS_HPP

#include "../../layout/family.hpp"
#include "../../state/model.hpp"
#include "../../vocabulary/config.hpp"
#include "plan_builder.hpp"

#include <optional>

namespace STET_NAMESPACE::detail {

/// What a checkpoint records of a family's model: what its saver says, else what the family knows. A saver who says the
/// type of a family need not say its sigmas; in ComfyUI's conduct what he says is taken as it stands.
/// errors: contradictory_prediction, in strict conduct
result<std::optional<prediction>> settled_prediction(const std::optional<prediction>& told,
                                                     const family_facts& family, strictness how) noexcept;

/// Adds the tensors by which loaders know what a model predicts: v_pred, ztsnr, edm_vpred.sigma_max and sigma_min. Those
/// that the checkpoint's own tensors bring are left to them in strict conduct, where the saver says nothing.
/// errors: contradictory_prediction in strict conduct; out_of_memory
/// source: ComfyUI 0.8.0, nodes_model_merging.py and model_base.py
result<void> add_prediction_markers(plan_builder& builder, const std::optional<prediction>& told,
                                    const family_facts& family, strictness how);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "prediction_markers.ipp"
#endif

#endif
