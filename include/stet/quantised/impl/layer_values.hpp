// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_LAYER_VALUES_HPP
#define STET_QUANTISED_IMPL_LAYER_VALUES_HPP

#include "../../tensor/axes.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../layer.hpp"
#include "layer_set.hpp"
#include "stored_values.hpp"

namespace STET_NAMESPACE::detail {

/// A layer whose tensors fit together, and the shape of its values.
struct layer_values {
    stored_values stored;
    extents       shape;
};

/// Looks at types and shapes, so that what is read afterwards lies inside the tensors. Rows and columns that the layer
/// does not tell are those stored.
/// tensors:  those that the layer speaks of
/// errors:   unreadable_layer with the layer as subject and what is at fault; those of element_count
/// lifetime: borrows what the tensors borrow
result<layer_values> values_of(const quantised::layer&                   layer,
                               array_view<const quantised::named_tensor> tensors);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "layer_values.ipp"
#endif

#endif
