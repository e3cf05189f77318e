// SPDX-License-Identifier: MIT
// The rules about what is said of a layer: its marker, and its entry in the metadata.
#ifndef STET_QUANTISED_IMPL_MARKER_CHECK_HPP
#define STET_QUANTISED_IMPL_MARKER_CHECK_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/json_document.hpp"
#include "finding_writer.hpp"

#include <optional>

namespace STET_NAMESPACE::detail {

/// Checks the description that counts: the entry, or else the marker; and that a marker beside an entry says the same.
void check_description(const quantised::layer& one, const std::optional<json_item>& entry,
                       array_view<const quantised::format> own, finding_writer& out, const allocator& memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "marker_check.ipp"
#endif

#endif
