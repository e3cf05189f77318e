// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_ROW_FLOATS_HPP
#define STET_QUANTISED_IMPL_ROW_FLOATS_HPP

#include "../../tensor/dtype.hpp"
#include "../../vocabulary/config.hpp"
#include "layer_scales.hpp"
#include "stored_values.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Makes the rows of a layer as floats that are rounded once, at the end: of mxfp8, and of rules whose rows are rotated.
class row_floats {
public:
    /// wanted: F32, F16 or BF16; asym_w4a8 is rounded to it before the rotation as well
    row_floats(const stored_values& layer, const layer_scales& scales, dtype wanted) noexcept;

    /// Begins a row.
    /// row: of the expert
    void begin(const std::byte* codes, std::uint64_t expert, std::uint64_t row) noexcept;

    /// Makes some columns of the row.
    /// column: where a group begins, and a rotation
    /// count:  a multiple of the rotation, if there is one
    void make(std::uint64_t column, std::size_t count, float* to) const noexcept;

private:
    void mxfp8(std::uint64_t column, std::size_t count, float* to) const noexcept;
    void w4a4(std::uint64_t column, std::size_t count, float* to) const noexcept;
    void w4a8(std::uint64_t column, std::size_t count, float* to) const noexcept;
    void w4a8_group(std::size_t column, std::size_t count, float scale, float* to) const noexcept;
    void fill_levels() noexcept;

    const stored_values&  layer_;
    const layer_scales&   scales_;
    dtype                 wanted_;
    const std::byte*      codes_ = nullptr;
    std::uint64_t         row_ = 0;   ///< of all experts
    std::uint64_t         first_ = 0; ///< of the row's scales in tiles
    std::uint64_t         expert_ = 0;
    std::array<float, 64> levels_{}; ///< of asym_w4a8
    std::array<float, 256>
        whole_values_{}; ///< of asym_w4a8: the integers of a byte times the scale of the row, from -127
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "row_floats.ipp"
#endif

#endif
