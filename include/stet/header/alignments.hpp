// SPDX-License-Identifier: MIT
#ifndef STET_HEADER_ALIGNMENTS_HPP
#define STET_HEADER_ALIGNMENTS_HPP

#include "../tensor/alignment_report.hpp"
#include "header.hpp"

namespace STET_NAMESPACE {

/// How the tensors of a file will lie in it, once it is written.
inline alignment_report alignments(const header& head) noexcept
{
    alignment_report report;
    for (const record& placed : head.tensors().records())
        report.add(head.size() + placed.begin, placed.size);
    return report;
}

} // namespace STET_NAMESPACE

#endif
