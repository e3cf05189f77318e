// SPDX-License-Identifier: MIT
#ifndef STET_READ_ALIGNMENTS_HPP
#define STET_READ_ALIGNMENTS_HPP

#include "../tensor/alignment_report.hpp"
#include "../vocabulary/config.hpp"
#include "checkpoint_header.hpp"

namespace STET_NAMESPACE {

/// How the tensors of a file lie in it.
alignment_report alignments(const checkpoint_header& header) noexcept;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/alignments.ipp"
#endif

#endif
