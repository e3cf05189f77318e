// SPDX-License-Identifier: MIT
// What each dtype looks like in a picture.
#ifndef EXAMPLE_DTYPE_FILLS_HPP
#define EXAMPLE_DTYPE_FILLS_HPP

#include "fill.hpp"

#include <stet/tensor/dtype.hpp>

#include <array>

namespace example {

/// Kinds of numbers have colours of their own, the dtypes of a kind patterns. In the order of stet::dtype.
inline constexpr std::array<fill, stet::detail::dtype_count> dtype_fills = [] {
    using namespace fills;
    return std::array<fill, stet::detail::dtype_count>{{
        {grey, rising},    // BOOL
        {pink, {}},        // F4
        {pink, rising},    // F6_E2M3
        {pink, dots},      // F6_E3M2
        {cyan, {}},        // U8
        {pear, {}},        // I8
        {yellow, rising},  // F8_E5M2
        {yellow, {}},      // F8_E4M3
        {yellow, dots},    // F8_E8M0
        {yellow, grid},    // F8_E4M3FNUZ
        {yellow, falling}, // F8_E5M2FNUZ
        {pear, rising},    // I16
        {cyan, rising},    // U16
        {blue, {}},        // F16
        {orange, {}},      // BF16
        {pear, dots},      // I32
        {cyan, dots},      // U32
        {mint, {}},        // F32
        {olive, {}},       // C64
        {mint, rising},    // F64
        {grey, {}},        // I64
        {cyan, grid},      // U64
    }};
}();

} // namespace example

#endif
