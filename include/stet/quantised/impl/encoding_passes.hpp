// SPDX-License-Identifier: MIT
// What reads a tensor from its first element to its last when it is quantised.
#ifndef STET_QUANTISED_IMPL_ENCODING_PASSES_HPP
#define STET_QUANTISED_IMPL_ENCODING_PASSES_HPP

#include "../../sink/sink.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "encoding.hpp"

namespace STET_NAMESPACE::detail {

/// The largest magnitude of all values; NaN where one is among them.
/// errors: out_of_memory; those of the tensor
result<float> measure(const encoding& one);

/// What the scale of each row is made of: its largest magnitude, after the rotation if there is one; of asym_w4a8 the
/// largest that its codes stand for.
/// reach:  as many as there are rows
/// errors: out_of_memory; those of the tensor
result<void> measure_rows(const encoding& one, float* reach);

/// Writes the codes.
/// errors: out_of_memory; those of the tensor and the sink
result<void> pour_codes(const encoding& one, sink_ref destination);

/// Writes the scales of blocks or groups: of nvfp4, mxfp8, asym_w4a8.
/// errors: those above
result<void> pour_scales(const encoding& one, sink_ref destination);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "encoding_passes.ipp"
#endif

#endif
