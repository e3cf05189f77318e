// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_DTYPE_SET_HPP
#define STET_QUANTISED_IMPL_DTYPE_SET_HPP

#include "../../tensor/dtype.hpp"
#include "../../vocabulary/config.hpp"

#include <cstdint>
#include <initializer_list>

namespace STET_NAMESPACE::quantised {

/// Some of the element types.
class dtype_set {
public:
    constexpr dtype_set() noexcept = default;
    constexpr dtype_set(std::initializer_list<dtype> types) noexcept
    {
        for (const dtype type : types)
            bits_ |= bit(type);
    }
    constexpr bool empty() const noexcept { return bits_ == 0; }
    constexpr bool contains(dtype type) const noexcept { return (bits_ & bit(type)) != 0; }

private:
    static constexpr std::uint32_t bit(dtype type) noexcept
    {
        return std::uint32_t{1} << static_cast<unsigned>(type);
    }
    std::uint32_t bits_ = 0;
};

} // namespace STET_NAMESPACE::quantised

#endif
