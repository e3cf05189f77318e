// SPDX-License-Identifier: MIT
#ifndef STET_EDIT_IMPL_REPLACEMENT_HPP
#define STET_EDIT_IMPL_REPLACEMENT_HPP

#include "../../file/part_file.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../edit_options.hpp"
#include "held_file.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Bytes of a file.
struct byte_range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0; ///< past the last
};

/// Writes a header and, behind it, what is kept of a file that is held, one range after the other; one alone may share its
/// blocks.
/// head:    every byte before the data
/// returns: whether blocks are shared
/// errors:  cancelled; out_of_memory; the system's
result<bool> write_replacement(const held_file& old, array_view<const byte_range> kept, bytes head,
                               part_file& next, const edit::options& how);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "replacement.ipp"
#endif

#endif
