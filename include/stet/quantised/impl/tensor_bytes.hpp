// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_TENSOR_BYTES_HPP
#define STET_QUANTISED_IMPL_TENSOR_BYTES_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"

namespace STET_NAMESPACE::detail {

/// All bytes of a tensor, little-endian.
/// errors: out_of_memory; those of pour
result<growing_array<char>> tensor_bytes(const tensor_view& tensor, const allocator& memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "tensor_bytes.ipp"
#endif

#endif
