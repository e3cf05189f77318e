// SPDX-License-Identifier: MIT
#ifndef STET_HEADER_ALIGNMENTS_HPP
#define STET_HEADER_ALIGNMENTS_HPP

#include "../tensor/alignment_report.hpp"
#include "../vocabulary/config.hpp"
#include "header.hpp"

namespace STET_NAMESPACE {

/// How the tensors of a file will lie in it, once it is written.
alignment_report alignments(const header& head) noexcept;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/alignments.ipp"
#endif

#endif
