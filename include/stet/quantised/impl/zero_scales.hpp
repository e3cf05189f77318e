// SPDX-License-Identifier: MIT
// Scales of 0, and what lies under them.
#ifndef STET_QUANTISED_IMPL_ZERO_SCALES_HPP
#define STET_QUANTISED_IMPL_ZERO_SCALES_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../layer.hpp"
#include "stored_shape.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

/// A weight as it is stored, and how its codes are read.
struct stored_codes {
    const tensor_view&       weight;
    const quantised::format& format;
    stored_shape             shape;
    unsigned                 bits; ///< of a code
    std::uint64_t            group_size;
};

/// How many scales of 0 take something from the weight: where codes under one are not all those of 0; where no code is
/// (asym_w4a8_int8, awq_w4a16), where they are not all the same. A quantiser gives a block of zeros the scale 0, and that
/// is sound.
/// meaning:    of the scales; their shape fits the weight
/// zero_count: how many there are, and what is returned where it is not known which codes lie under which
/// errors:     out_of_memory; those of pour, of the weight or of the scales
result<std::uint64_t> count_zeros_in_use(const tensor_view& scales, const quantised::side_tensor& meaning,
                                         const stored_codes& codes, std::uint64_t zero_count,
                                         const allocator& memory);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "zero_scales.ipp"
#endif

#endif
