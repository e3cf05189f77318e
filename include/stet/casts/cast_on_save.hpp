// SPDX-License-Identifier: MIT
#ifndef STET_CASTS_CAST_ON_SAVE_HPP
#define STET_CASTS_CAST_ON_SAVE_HPP

#include "../plan/choices.hpp"
#include "../tensor/casts.hpp"
#include "../vocabulary/config.hpp"

#include <span>

namespace STET_NAMESPACE::casts {

/// Casts all floating tensors while they are saved: `{.cast = casts::to(dtype::bf16)}`.
/// Left as they are, whatever is asked for: integers and other types that are not cast, see is_cast; empty tensors; the
/// markers of a prediction; of a quantised layer its codes, scales and markers, whose numbers mean nothing alone.
/// What is clipped and what is not finite is counted in the save's list of changes.
casting to(dtype type, too_large beyond = too_large::saturates) noexcept;

/// The same, but for what one of the rules fits: the first that does decides.
/// lifetime: borrows the rules until the plan is made, as by() does
casting to(dtype type, std::span<const rule> rules, too_large beyond = too_large::saturates) noexcept;

/// Casts what the first rule that fits says; what none fits stays as it is.
casting by(std::span<const rule> rules) noexcept;

} // namespace STET_NAMESPACE::casts

#if STET_BODIES
#include "impl/cast_on_save.ipp"
#endif

#endif
