// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_STYLE_ENCODING_HPP
#define STET_QUANTISED_IMPL_STYLE_ENCODING_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../layer.hpp"
#include "encoding.hpp"

namespace STET_NAMESPACE::detail {

/// What a style asks for beside its format and settings.
struct encoding_wish {
    const quantised::format*   format = nullptr;
    const quantised::settings* settings = nullptr;
    bool                       has_row_scales = false;
    bool                       has_codebook = true;
    unsigned                   bits = 4;
};

/// How a tensor is stored, but for its scales.
/// errors: not_convertible; not_quantisable with the reason; those of tensor_view::soundness
result<encoding> encoding_of(const tensor_view& values, const encoding_wish& wish) noexcept;

/// Whether each row has a scale of its own, beside what blocks or groups have.
constexpr bool has_row_scales(const encoding& one, bool are_wanted) noexcept
{
    return one.rule == value_rule::rotated_bytes || one.rule == value_rule::convrot_w4a4 ||
           one.rule == value_rule::asym_w4a8 || (one.codes == dtype::i8 && are_wanted);
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "style_encoding.ipp"
#endif

#endif
