// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_RECORD_HPP
#define STET_PLAN_RECORD_HPP

#include "../layout/placed_name.hpp"
#include "../tensor/tensor_view.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

/// One tensor's place in the file. Plain data; its axes stand in the plan that owns it.
struct record {
    placed_name   name{};
    std::uint64_t begin = 0;      ///< bytes from the start of the data
    std::uint64_t size = 0;       ///< bytes
    const void*   data = nullptr; ///< as in tensor_view
    pour_function pour = nullptr; ///< as in tensor_view
    std::uint32_t first_axis = 0; ///< where the plan keeps shape and, after it, strides
    std::uint32_t rank = 0;
    std::uint32_t escaped_size = 0; ///< bytes the name takes in the header, without quotes
    dtype         type = dtype::u8;
    std::uint8_t  component = 0; ///< index of the checkpoint's field it came from
    bool          has_strides = false;

    constexpr std::uint64_t end() const noexcept { return begin + size; }
};

} // namespace STET_NAMESPACE

#endif
