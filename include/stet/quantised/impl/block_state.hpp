// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_BLOCK_STATE_HPP
#define STET_QUANTISED_IMPL_BLOCK_STATE_HPP

#include "../../tensor/axes.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/json_document.hpp"
#include "../layer.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What the quant_state of a bitsandbytes layer says.
struct block_state_reading {
    quantised::block_state state{};
    extents                shape{};      ///< up to eight axes; empty where there are more
    std::uint64_t          elements = 0; ///< of that shape
    std::string_view       wrong{};      ///< the first member that is missing or no such thing; empty: sound
};

/// The tensors of a bitsandbytes layer besides the weight; no_tensor for what is missing.
struct block_companions {
    std::uint32_t    absmax = quantised::no_tensor;
    std::uint32_t    quant_map = quantised::no_tensor;
    std::uint32_t    nested_absmax = quantised::no_tensor;
    std::uint32_t    nested_quant_map = quantised::no_tensor;
    std::uint32_t    state = quantised::no_tensor;
    std::string_view quant_type{}; ///< `nf4`, as the state's name ends

    bool is_any() const noexcept
    {
        return absmax != quantised::no_tensor || quant_map != quantised::no_tensor ||
               nested_absmax != quantised::no_tensor || nested_quant_map != quantised::no_tensor ||
               state != quantised::no_tensor;
    }

    /// Whether the scales are quantised too.
    bool is_nested(array_view<const quantised::named_tensor> tensors) const noexcept
    {
        return nested_absmax != quantised::no_tensor || nested_quant_map != quantised::no_tensor ||
               (absmax != quantised::no_tensor && tensors[absmax].tensor.type == dtype::u8);
    }
};

block_companions block_companions_of(const quantised::layer& one) noexcept;

/// Reads the state of a layer whose tensor's name ends in that type, `nf4` or `fp4`.
/// is_nested: whether the tensors say that the scales are quantised too
block_state_reading read_block_state(const json_item& value, std::string_view quant_type,
                                     bool is_nested) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "block_state.ipp"
#endif

#endif
