// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_SPLIT_PART_HPP
#define STET_SPLIT_SPLIT_PART_HPP

#include "../families/ordered_dict.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE {

struct named_tensor {
    std::string_view name{};
    tensor_view      tensor{};
};

/// The tensors of one component, in order, under the names they had before they were saved. A state dict itself, so
/// that it can be saved again.
/// lifetime: borrows names and tensors
class split_part {
public:
    explicit split_part(const allocator& memory) noexcept : entries_(memory) {}

    const named_tensor* begin() const noexcept { return entries_.begin(); }
    const named_tensor* end() const noexcept { return entries_.end(); }
    std::size_t         size() const noexcept { return entries_.size(); }
    bool                empty() const noexcept { return entries_.empty(); }
    const named_tensor& operator[](std::size_t i) const noexcept { return entries_[i]; }

    /// Bytes of tensor data.
    std::uint64_t byte_size() const noexcept;

    /// The tensor of that name, or null. Looks through all of them.
    const tensor_view* find(std::string_view name) const noexcept;

    /// Takes what the dict holds, with names of one piece.
    /// errors:   out_of_memory
    /// lifetime: joined names lie in `texts`
    result<void> assign(const ordered_dict& dict, detail::arena& texts);

private:
    detail::growing_array<named_tensor> entries_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/split_part.ipp"
#endif

#endif
