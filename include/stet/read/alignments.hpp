// SPDX-License-Identifier: MIT
#ifndef STET_READ_ALIGNMENTS_HPP
#define STET_READ_ALIGNMENTS_HPP

#include "../tensor/alignment_report.hpp"
#include "checkpoint_header.hpp"

namespace STET_NAMESPACE {

/// How the tensors of a file lie in it.
inline alignment_report alignments(const checkpoint_header& header) noexcept
{
    alignment_report report;
    for (const stored_tensor tensor : header)
        report.add(header.offset_in_file(tensor), tensor.size());
    return report;
}

} // namespace STET_NAMESPACE

#endif
