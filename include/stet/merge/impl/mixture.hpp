// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_MIXTURE_HPP
#define STET_MERGE_IMPL_MIXTURE_HPP

#include "../../quantised/dequantised.hpp"
#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../recipe.hpp"

#include <array>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Whose numbers a mixture is made of, and how.
enum class blend : std::uint8_t {
    first,      ///< A, in another type
    second,     ///< B, in another type; what A holds does not matter, were it infinite
    weighted,   ///< A x + B y
    difference, ///< A + x (B - C)
    compared,   ///< A's bytes; notes if B's are others
};

/// The numbers of a tensor or of a quantised layer.
struct operand {
    tensor_view                   tensor{};
    const quantised::dequantised* layer = nullptr; ///< instead of the tensor
};

/// A tensor that is made of two or three while it is written, a block at a time.
struct mixture {
    std::array<operand, 3> of{};
    blend                  how = blend::first;
    float                  x = 1;
    float                  y = 1;
    dtype                  type = dtype::f32; ///< of the result
    extents                shape{};
    std::uint64_t          size = 0; ///< elements
    std::uint64_t          run = 0;  ///< elements that are mixed, before
    std::uint64_t          skip = 0; ///< as many that are A's, and so on
    bool                   keep_not_finite = false;
    merging::decision*     said = nullptr;
    allocator              memory = heap();
};

} // namespace STET_NAMESPACE::detail

#endif
