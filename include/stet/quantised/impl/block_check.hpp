// SPDX-License-Identifier: MIT
// The rules about layers of bitsandbytes.
#ifndef STET_QUANTISED_IMPL_BLOCK_CHECK_HPP
#define STET_QUANTISED_IMPL_BLOCK_CHECK_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "finding_writer.hpp"

namespace STET_NAMESPACE::detail {

/// Checks one layer of bitsandbytes.
void check_blocks(const quantised::layer& one, finding_writer& out, const allocator& memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "block_check.ipp"
#endif

#endif
