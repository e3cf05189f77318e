// SPDX-License-Identifier: MIT
// Quantised layers as the numbers they stand for.
#ifndef STET_QUANTISED_DEQUANTISED_HPP
#define STET_QUANTISED_DEQUANTISED_HPP

#include "../read/checkpoint_reader.hpp"
#include "../tensor/axes.hpp"
#include "../tensor/dtype.hpp"
#include "../tensor/tensor_like.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "find_layers.hpp"
#include "impl/layer_values.hpp"
#include "impl/value_maker.hpp"
#include "layer.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::quantised {

/// The values of a quantised layer's weight, made while they are written or read: a tensor like any other.
/// Expert banks and every format that find_layers knows are read. Each step is rounded as ComfyUI rounds it when it
/// makes a weight of that type, so the values are its values, bit for bit where its sums have an order.
/// lifetime: borrows what the layer's tensors borrow
class dequantised {
public:
    /// found:  what the layer is in. Shapes that the file does not tell, where rows and columns may be padded, go into
    ///         find_options::shapes; without them the values have the stored shape, padding included
    /// wanted: F32, F16 or BF16
    /// memory: for scales that do not lie in memory, and for a row of codes that does not
    /// errors: unreadable_layer with what is at fault; not_convertible for another type
    static result<dequantised> of(const layers& found, const layer& one, dtype wanted,
                                  const allocator& memory = heap());

    /// The type asked for.
    dtype type() const noexcept { return wanted_; }
    /// The weight's shape as numbers.
    const extents& shape() const noexcept STET_LIFETIME_BOUND { return values_.shape; }

    /// errors:   those of byte_count; while it is read, out_of_memory and those of the layer's tensors
    /// lifetime: borrows this object
    result<tensor_view> view() const noexcept STET_LIFETIME_BOUND;

private:
    friend class value_reader;

    dequantised(const detail::layer_values& values, dtype wanted, const allocator& memory) noexcept;

    detail::layer_values values_;
    dtype                wanted_;
    allocator            memory_;
};

/// All tensors of a file or dict with its quantised layers dequantised: a state dict, so that
/// `save(dequantised_model, path)` writes the model without quantisation. What belongs to layers alone is left out:
/// scales, tables, markers, `scaled_fp8`. The `_quantization_metadata` of the file is not to be passed on.
/// lifetime: borrows what `found` borrows, and its names
class dequantised_model {
public:
    /// wanted: F32, F16 or BF16, of the layers' weights; other tensors stay as they are
    /// errors: those of dequantised::of and its view, of the first layer that has one; unreadable_layer for a layer
    ///         whose input is scaled (pre_quant_scale), which its weight alone does not tell; out_of_memory
    static result<dequantised_model> of(const layers& found, dtype wanted, const allocator& memory = heap());

    std::size_t         size() const noexcept { return tensors_.size(); }
    bool                empty() const noexcept { return tensors_.empty(); }
    const named_tensor* begin() const noexcept STET_LIFETIME_BOUND { return tensors_.begin(); }
    const named_tensor* end() const noexcept STET_LIFETIME_BOUND { return tensors_.end(); }
    const named_tensor& operator[](std::size_t i) const noexcept STET_LIFETIME_BOUND { return tensors_[i]; }

private:
    explicit dequantised_model(const allocator& memory) noexcept : weights_(memory), tensors_(memory) {}

    result<void> add(const layers& found, std::uint32_t position, dtype wanted);

    detail::growing_array<dequantised>  weights_; ///< what the tensors borrow; they keep their place
    detail::growing_array<named_tensor> tensors_;
};

} // namespace STET_NAMESPACE::quantised

namespace STET_NAMESPACE {

template <>
struct tensor_traits<quantised::dequantised> {
    static result<tensor_view> view(const quantised::dequantised& tensor) noexcept { return tensor.view(); }
};

} // namespace STET_NAMESPACE

namespace STET_NAMESPACE::quantised {

/// The values of a quantised layer as F32 in pieces of any size, in order, for those who read several layers side by
/// side. In memory are some thousand values, or a row where that has more.
/// lifetime: borrows what the layer's tensors borrow; stays where it is
class value_reader {
public:
    /// The type of the values is F32, whatever type they are dequantised to.
    explicit value_reader(const dequantised& values, const allocator& memory = heap()) noexcept;
    value_reader(const value_reader&) = delete;
    value_reader& operator=(const value_reader&) = delete;
    ~value_reader() = default;

    /// The next values, packed and little-endian.
    /// count:    bytes, a multiple of four
    /// errors:   tensor_size_mismatch for more than are left; out_of_memory; those of the layer's tensors
    /// lifetime: until the next call
    result<bytes> next(std::size_t count) STET_LIFETIME_BOUND;

private:
    /// Takes values as they are made.
    struct keeper {
        detail::growing_array<std::byte> values;

        result<void> write(bytes data);
    };

    result<void> make_more();
    void         forget_read() noexcept;

    detail::layer_values               layer_;
    tensor_reader                      codes_;
    keeper                             made_;
    detail::value_maker<std::uint32_t> maker_;
    std::uint64_t                      unit_; ///< bytes of codes that become values together
    std::size_t                        read_ = 0;
    bool                               is_prepared_ = false;
};

} // namespace STET_NAMESPACE::quantised

#if STET_BODIES
#include "impl/dequantised.ipp"
#endif

#endif
