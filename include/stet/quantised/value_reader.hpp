// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_VALUE_READER_HPP
#define STET_QUANTISED_VALUE_READER_HPP

#include "../read/tensor_reader.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/allocator.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "dequantised.hpp"
#include "impl/layer_values.hpp"
#include "impl/value_maker.hpp"

#include <cstddef>
#include <cstdint>

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
#include "impl/value_reader.ipp"
#endif

#endif
