// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_LAYER_SET_HPP
#define STET_QUANTISED_IMPL_LAYER_SET_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/arena.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../layer.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What `layers` holds, while it is found.
struct layer_set {
    explicit layer_set(const allocator& memory) noexcept
        : layers(memory), tensors(memory), owners(memory), companions(memory), flags(memory),
          unplaced(memory), texts(memory), names(memory)
    {
    }

    growing_array<quantised::layer>        layers;
    growing_array<quantised::named_tensor> tensors;
    growing_array<std::uint32_t>           owners; ///< by position: a layer's index, or no_tensor
    growing_array<quantised::companion>    companions;
    growing_array<quantised::old_flag>     flags;
    growing_array<std::string_view>        unplaced;
    arena                                  texts; ///< of the file's JSON
    name_table                             names;
    quantised::metadata_state              metadata = quantised::metadata_state::absent;
};

} // namespace STET_NAMESPACE::detail

#endif
