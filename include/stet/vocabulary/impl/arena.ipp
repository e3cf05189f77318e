// SPDX-License-Identifier: MIT
#include "arena.hpp"

#include <cstdint>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE arena::arena(arena&& other) noexcept
    : memory_(other.memory_), last_(std::exchange(other.last_, nullptr)), used_(std::exchange(other.used_, 0))
{
}

STET_INLINE arena& arena::operator=(arena&& other) noexcept
{
    std::swap(memory_, other.memory_);
    std::swap(last_, other.last_);
    std::swap(used_, other.used_);
    return *this;
}

STET_INLINE arena::~arena()
{
    while (last_ != nullptr) {
        block* const above = last_->above;
        memory_.deallocate(memory_.context, last_, last_->size, alignof(block));
        last_ = above;
    }
}

STET_INLINE void arena::absorb(arena&& other) noexcept
{
    if (other.last_ == nullptr)
        return;
    if (last_ == nullptr) {
        *this = std::move(other);
        return;
    }
    block* oldest = other.last_;
    while (oldest->above != nullptr)
        oldest = oldest->above;
    // Below our last block, which still has room.
    oldest->above = last_->above;
    last_->above = std::exchange(other.last_, nullptr);
}

STET_INLINE bool arena::owns(const void* address) const noexcept
{
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    for (const block* one = last_; one != nullptr; one = one->above) {
        const auto begin = reinterpret_cast<std::uintptr_t>(one);
        if (at >= begin && at - begin < one->size)
            return true;
    }
    return false;
}

STET_INLINE void* arena::allocate(std::size_t size) noexcept
{
    if (size > SIZE_MAX / 2)
        return nullptr;
    const std::size_t rounded = (size + alignof(block) - 1) / alignof(block) * alignof(block);
    if (last_ == nullptr || last_->size - used_ < rounded) {
        if (!grow(rounded))
            return nullptr;
    }
    void* const given = reinterpret_cast<std::byte*>(last_) + used_;
    used_ += rounded;
    return given;
}

STET_INLINE bool arena::grow(std::size_t least) noexcept
{
    constexpr std::size_t largest = std::size_t{1} << 20U;
    const std::size_t     size = sizeof(block) + (least < usual_ ? usual_ : least);
    void* const           fresh = memory_.allocate(memory_.context, size, alignof(block));
    if (fresh == nullptr)
        return false;
    last_ = ::new (fresh) block{.above = last_, .size = size};
    used_ = sizeof(block);
    usual_ = usual_ < largest ? usual_ * 2 : largest;
    return true;
}

} // namespace STET_NAMESPACE::detail
