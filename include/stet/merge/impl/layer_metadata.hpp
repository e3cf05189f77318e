// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_LAYER_METADATA_HPP
#define STET_MERGE_IMPL_LAYER_METADATA_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"

#include <array>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A layer of the result that the metadata describes.
struct described_layer {
    std::string_view name{};
    std::string_view object{}; ///< as a marker says it; empty: as the file's metadata says it
    unsigned         side = 0; ///< whose metadata
};

/// Writes the value of `_quantization_metadata` for some layers, in their order.
/// texts:  the values of the two files
/// errors: out_of_memory; those of reading the texts
result<growing_array<char>> layer_metadata(array_view<const described_layer>      layers,
                                           const std::array<std::string_view, 2>& texts,
                                           const allocator&                       memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "layer_metadata.ipp"
#endif

#endif
