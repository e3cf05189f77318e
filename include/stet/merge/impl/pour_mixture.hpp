// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_POUR_MIXTURE_HPP
#define STET_MERGE_IMPL_POUR_MIXTURE_HPP

#include "../../sink/sink.hpp"
#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "mixture.hpp"

namespace STET_NAMESPACE::detail {

/// The tensor as it will be written.
/// errors:   those of byte_count
/// lifetime: borrows the mixture
result<tensor_view> view_of_mixture(const mixture& mixed) noexcept;

/// errors: not_finite_result; out_of_memory; those of the tensors and the sink
result<void> pour_mixture(const mixture& mixed, sink_ref destination);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "pour_mixture.ipp"
#endif

#endif
