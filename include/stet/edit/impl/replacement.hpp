// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_IMPL_REPLACEMENT_HPP
#define STET_EDIT_IMPL_REPLACEMENT_HPP

#include "../../file/part_file.hpp"
#include "../../read/checkpoint_header.hpp"
#include "../../vocabulary/config.hpp"
#include "../edit_options.hpp"
#include "held_file.hpp"

namespace STET_NAMESPACE::detail {

/// Writes a header and, behind it, the tensors of a file that is held, one after the other, whose blocks it shares where
/// it can.
/// from:    the file's own header
/// head:    every byte before the data
/// returns: whether blocks are shared
/// errors:  cancelled; out_of_memory; the system's
result<bool> write_replacement(const held_file& old, const checkpoint_header& from, bytes head,
                               part_file& next, const edit::options& how);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "replacement.ipp"
#endif

#endif
