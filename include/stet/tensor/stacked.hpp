// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_STACKED_HPP
#define STET_TENSOR_STACKED_HPP

#include "../vocabulary/config.hpp"
#include "tensor_view.hpp"

#include <cstdint>
#include <span>

namespace STET_NAMESPACE {

/// Joins several tensors along the first axis, such as q, k and v. Writes them one after another and never joins them in
/// memory.
/// lifetime: borrows the span of parts and what each part borrows
class stacked {
public:
    /// errors: stack_of_scalars for no parts or a part of rank 0; stack_mismatch when dtype or trailing shape differ;
    ///         tensor_size_overflow; too_many_axes beyond eight
    static result<stacked> of(std::span<const tensor_view> parts) noexcept;

    /// lifetime: borrows this object
    tensor_view view() const& noexcept;
    tensor_view view() const&& = delete;

private:
    stacked(std::span<const tensor_view> parts, const extents& shape, std::uint64_t size) noexcept;

    static bool same_rows(const extents& a, const extents& b) noexcept;

    static result<void> pour_parts(const tensor_view& tensor, sink_ref destination);

    std::span<const tensor_view> parts_;
    extents                      shape_;
    std::uint64_t                size_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/stacked.ipp"
#endif

#endif
