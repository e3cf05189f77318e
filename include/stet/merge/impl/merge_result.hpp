// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_MERGE_RESULT_HPP
#define STET_MERGE_IMPL_MERGE_RESULT_HPP

#include "../../quantised/dequantised.hpp"
#include "../../quantised/encoded.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../recipe.hpp"
#include "kept_objects.hpp"
#include "mixture.hpp"

#include <array>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What a merged model holds. Views in it borrow from its other members, which keep their places when it is moved.
struct merge_result {
    explicit merge_result(const allocator& memory) noexcept
        : tensors(memory), decisions(memory), mixtures(memory), values(memory), encoded(memory),
          files(memory), metadata(memory)
    {
    }

    growing_array<quantised::named_tensor> tensors;
    growing_array<merging::decision>       decisions;
    growing_array<mixture>                 mixtures;
    growing_array<quantised::dequantised>  values;
    kept_objects<quantised::encoded>       encoded;
    kept_objects<quantised::layers>        files; ///< markers of layers that were found lie there
    growing_array<char>                    metadata;
    std::array<std::string_view, 2>        predictions{};
};

} // namespace STET_NAMESPACE::detail

#endif
