// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_IMPL_LAYER_CONFLICTS_HPP
#define STET_SAVE_IMPL_LAYER_CONFLICTS_HPP

#include "../../header/header.hpp"
#include "../../plan/plan.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"

namespace STET_NAMESPACE::detail {

/// Refuses metadata that says another thing of a quantised layer than its marker; ComfyUI would go by the metadata. Reads
/// markers where there is such metadata, else nothing.
/// errors: quantised_companion by the rule metadata-conflict; out_of_memory; those of reading a marker
result<void> refuse_conflicts(const plan& tensors, const metadata_view& metadata);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "layer_conflicts.ipp"
#endif

#endif
