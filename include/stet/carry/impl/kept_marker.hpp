// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_IMPL_KEPT_MARKER_HPP
#define STET_CARRY_IMPL_KEPT_MARKER_HPP

#include "../../quantised/layer.hpp"
#include "../../vocabulary/config.hpp"

#include <string>

namespace STET_NAMESPACE::detail {

/// The text of a layer's marker as ComfyUI writes it: members that are known, in its order, without most defaults.
/// layer: of a format that a marker names
std::string kept_marker(const quantised::layer& layer);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "kept_marker.ipp"
#endif

#endif
