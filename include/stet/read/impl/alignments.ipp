// SPDX-License-Identifier: MIT
#include "../alignments.hpp"

namespace STET_NAMESPACE {

STET_INLINE alignment_report alignments(const checkpoint_header& header) noexcept
{
    alignment_report report;
    for (const stored_tensor tensor : header)
        report.add(header.offset_in_file(tensor), tensor.size());
    return report;
}

} // namespace STET_NAMESPACE
