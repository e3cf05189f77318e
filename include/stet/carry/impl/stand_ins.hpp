// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_IMPL_STAND_INS_HPP
#define STET_CARRY_IMPL_STAND_INS_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Tensors that stand for those of a dict while it is renamed: where each has gone tells its new name, whatever rule
/// the names went through. Three rows of one byte, so that they can be cut in three, joined and turned.
/// lifetime: the tensors borrow this object
class stand_ins {
public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    explicit stand_ins(const allocator& memory) noexcept : rows_(memory) {}

    /// Makes that many. False when the allocator gave nothing.
    [[nodiscard]] bool make(std::size_t count) noexcept { return rows_.resize(count * height); }

    tensor_view operator[](std::size_t i) const noexcept
    {
        return {.type = dtype::u8, .shape = {height, 1}, .size = height, .data = rows_.data() + i * height};
    }

    /// Which of them a tensor is, or the first row of; none of those that are joined of several.
    std::uint32_t which(const tensor_view& tensor) const noexcept
    {
        const auto begin = reinterpret_cast<std::uintptr_t>(rows_.data());
        const auto at = reinterpret_cast<std::uintptr_t>(tensor.data);
        if (at < begin || at - begin >= rows_.size() || (at - begin) % height != 0)
            return none;
        return static_cast<std::uint32_t>((at - begin) / height);
    }

private:
    static constexpr std::size_t height = 3;

    growing_array<std::byte> rows_;
};

} // namespace STET_NAMESPACE::detail

#endif
