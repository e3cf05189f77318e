// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_IMPL_REPLACEMENT_HPP
#define STET_EDIT_IMPL_REPLACEMENT_HPP

#include "../../file/part_file.hpp"
#include "../../vocabulary/config.hpp"
#include "../edit_options.hpp"
#include "held_file.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Writes a header and, behind it, the data of a file that is held, whose blocks it shares where it can.
/// head:       every byte before the data
/// data_begin: where the data begin in the old file
/// returns:    whether blocks are shared
/// errors:     cancelled; out_of_memory; the system's
result<bool> write_replacement(const held_file& old, std::uint64_t data_begin, bytes head, part_file& next,
                               const edit::options& how);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "replacement.ipp"
#endif

#endif
