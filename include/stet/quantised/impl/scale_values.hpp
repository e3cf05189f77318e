// SPDX-License-Identifier: MIT
// What stands in scales, looked at while it is read.
#ifndef STET_QUANTISED_IMPL_SCALE_VALUES_HPP
#define STET_QUANTISED_IMPL_SCALE_VALUES_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../layer.hpp"
#include "stored_shape.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// How many scales are not as most are.
struct odd_scales {
    std::uint64_t not_numbers = 0;
    std::uint64_t infinite = 0;
    std::uint64_t zero = 0;

    bool any() const noexcept { return not_numbers + infinite + zero != 0; }
};

/// Looks at one-byte codes.
class code_scales {
public:
    /// tiles: null where all codes are used; else the weight of which the codes lie in tiles, and the codes to a row
    code_scales(quantised::side_values values, const stored_shape* tiles, unsigned block) noexcept;

    result<void> write(bytes data) noexcept;

    const odd_scales& found() const noexcept { return found_; }

private:
    bool is_used(std::uint64_t at) const noexcept;
    void look_at(unsigned code) noexcept;

    quantised::side_values values_;
    const stored_shape*    tiles_;
    std::uint64_t          rows_ = 0; ///< of scales, used ones
    std::uint64_t          columns_ = 0;
    std::uint64_t          row_of_tiles_ = 0; ///< bytes
    std::uint64_t          expert_ = 0;       ///< bytes
    std::uint64_t          at_ = 0;
    odd_scales             found_{};
};

/// Reads a side tensor of that meaning.
/// weight: as stored, where its scales lie in tiles
/// errors: those of pour
result<odd_scales> look_at_scales(const tensor_view& scales, const quantised::side_tensor& meaning,
                                  const stored_shape& weight, unsigned block);

/// Whether every number of a tensor is one that a code of that type stands for. numbers: F16, BF16 or F32
/// codes: I8, F8_E4M3 or F8_E5M2
/// errors: those of pour
result<bool> are_codes(const tensor_view& numbers, dtype codes);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "scale_values.ipp"
#endif

#endif
