// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_MARKER_OBJECT_HPP
#define STET_QUANTISED_IMPL_MARKER_OBJECT_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../layer.hpp"

namespace STET_NAMESPACE::detail {

/// Appends the JSON object that a marker holds, letter by letter as ComfyUI writes it.
/// False when the allocator gave nothing.
[[nodiscard]] bool put_marker(growing_array<char>& to, const quantised::format& format,
                              const quantised::settings& settings) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "marker_object.ipp"
#endif

#endif
