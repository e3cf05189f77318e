// SPDX-License-Identifier: MIT
#include "../alignments.hpp"

namespace STET_NAMESPACE {

STET_INLINE alignment_report alignments(const header& head) noexcept
{
    alignment_report report;
    for (const record& placed : head.tensors().records())
        report.add(head.size() + placed.begin, placed.size);
    return report;
}

} // namespace STET_NAMESPACE
