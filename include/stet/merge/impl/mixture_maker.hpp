// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_MIXTURE_MAKER_HPP
#define STET_MERGE_IMPL_MIXTURE_MAKER_HPP

#include "../../quantised/dequantised.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "../recipe.hpp"
#include "merge_names.hpp"
#include "mixture.hpp"

#include <string_view>

namespace STET_NAMESPACE::detail {

/// Makes mixtures of what stands in the files under a name.
/// lifetime: borrows all it is given
class mixture_maker {
public:
    /// values: where layers that are read as numbers are kept, with room for all there are
    mixture_maker(const merge_names& names, const merging::recipe& how,
                  growing_array<quantised::dequantised>& values, const allocator& memory) noexcept
        : names_(names), how_(how), values_(values), memory_(memory)
    {
    }

    /// how:    not compared
    /// errors: not_mergeable, merge_shapes_differ; those of dequantised::of
    result<mixture> make(const merge_place& here, blend how, dtype type);

private:
    result<void> set_operand(operand& to, const merge_place& here, unsigned which);
    result<void> set_shape(mixture& mixed, std::string_view name) const;

    const merge_names&                     names_;
    const merging::recipe&                 how_;
    growing_array<quantised::dequantised>& values_;
    allocator                              memory_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "mixture_maker.ipp"
#endif

#endif
