// SPDX-License-Identifier: MIT
// Tensors as quantised layers.
#ifndef STET_QUANTISED_ENCODED_HPP
#define STET_QUANTISED_ENCODED_HPP

#include "../tensor/dtype.hpp"
#include "../tensor/tensor_like.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "find_layers.hpp"
#include "impl/encoding.hpp"
#include "impl/formats.hpp"
#include "layer.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::quantised {

/// How a tensor is to be stored.
struct style {
    /// float8_e4m3fn, float8_e5m2, nvfp4, mxfp8, int8_tensorwise, convrot_w4a4 or asym_w4a8_int8.
    const quantised::format* format = &formats::float8_e4m3fn;
    /// `convrot` (int8_tensorwise), the sizes of rotation and groups, what the marker says besides.
    quantised::settings settings{};
    /// The scale of the whole tensor, instead of the one that its largest magnitude needs: float8, nvfp4 and
    /// int8_tensorwise with one scale.
    std::optional<float> scale{};
    bool                 has_row_scales = false; ///< int8_tensorwise; a rotated one always has
    bool                 has_codebook = true;    ///< asym_w4a8_int8 of four bits
    unsigned             bits = 4;               ///< asym_w4a8_int8: 4 or 6
    /// mxfp8: what the scales are called, F8_E8M0 or U8. ComfyUI writes the first; its own mapped reader (0.33.0) takes
    /// only the second.
    dtype block_scales = dtype::f8_e8m0;
    bool  has_marker = true; ///< `comfy_quant` says what the layer is; else it goes into the metadata
};

/// How a layer is stored, to store another tensor alike: its format, rotation and groups, scales per row or not. Scales
/// themselves are made anew.
/// lifetime: borrows the layer's format
style style_of(const layers& found, const layer& one) noexcept;

/// A tensor as the tensors of a quantised layer: weight, scales, marker. A state dict by itself; to be saved among
/// others, its entries go into their dict.
/// Codes and scales are those of ComfyUI where it rounds to the nearest (scale="recalculate"), bit for bit except
/// asym_w4a8_int8, whose scales are chosen by least squares of our own. A tensor of zeros keeps its zeros, where
/// ComfyUI makes NaN of it (float8, nvfp4).
/// lifetime: borrows what the values borrow
class encoded {
public:
    /// layer:  before the entries' names, with a dot: `blocks.0.attn.q`; empty for names such as `weight_scale`
    /// values: F32, F16 or BF16; read once here if scales depend on all of it, and once for each entry made of it, so
    ///         it has to give the same bytes each time. Rows and columns are padded where the format wants it
    /// memory: for what is kept (scales of rows, names), and while it is written for a row of numbers
    /// errors: not_convertible for another dtype; not_quantisable with the reason, among them NaN (float8 with a given
    ///         scale keeps it) and infinities that a scale would have to reach; out_of_memory; those of the tensor;
    ///         each with the weight's name
    static result<encoded> of(std::string_view layer, const tensor_view& values, const style& how,
                              const allocator& memory = heap());

    std::size_t         size() const noexcept { return tensors_.size(); }
    bool                empty() const noexcept { return tensors_.empty(); }
    const named_tensor* begin() const noexcept STET_LIFETIME_BOUND { return tensors_.begin(); }
    const named_tensor* end() const noexcept STET_LIFETIME_BOUND { return tensors_.end(); }
    const named_tensor& operator[](std::size_t i) const noexcept STET_LIFETIME_BOUND { return tensors_[i]; }

    /// What a marker says, as ComfyUI writes it; the entry of a file's `_quantization_metadata` is the same.
    std::string_view marker() const noexcept STET_LIFETIME_BOUND { return {marker_.data(), marker_.size()}; }

private:
    explicit encoded(const allocator& memory) noexcept;

    result<void> prepare(const tensor_view& values, const style& how);
    result<void> make_scales(const style& how);
    result<void> add_all(std::string_view layer, const style& how);
    result<void> add(std::string_view layer, std::string_view name, const result<tensor_view>& view);

    detail::growing_array<detail::encoding> encoding_; ///< one, which the tensors borrow
    detail::growing_array<float>            scales_;   ///< of the tensor or its rows
    detail::growing_array<char>             names_;
    detail::growing_array<char>             marker_;
    detail::growing_array<named_tensor>     tensors_;
};

} // namespace STET_NAMESPACE::quantised

#if STET_BODIES
#include "impl/encoded.ipp"
#endif

#endif
