// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_DEQUANTISING_HPP
#define STET_QUANTISED_IMPL_DEQUANTISING_HPP

#include "../../sink/sink.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "stored_values.hpp"

namespace STET_NAMESPACE::detail {

/// Writes a layer's values, row-major, packed and little-endian, while its codes are read: in memory is a row of codes
/// at most, and that only where the codes do not lie in memory.
/// wanted: F32, F16 or BF16
/// errors: out_of_memory; those of the tensors and of the sink
result<void> pour_values(const stored_values& layer, dtype wanted, sink_ref destination,
                         const allocator& memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "dequantising.ipp"
#endif

#endif
