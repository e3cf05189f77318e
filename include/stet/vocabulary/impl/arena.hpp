// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_ARENA_HPP
#define STET_VOCABULARY_IMPL_ARENA_HPP

#include "../allocator.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Small objects and texts that live and go together. What it gave out keeps its address, also when the arena moves.
class arena {
public:
    explicit arena(const allocator& memory) noexcept : memory_(memory) {}
    arena(arena&& other) noexcept
        : memory_(other.memory_), last_(std::exchange(other.last_, nullptr)),
          used_(std::exchange(other.used_, 0))
    {
    }
    arena& operator=(arena&& other) noexcept
    {
        std::swap(memory_, other.memory_);
        std::swap(last_, other.last_);
        std::swap(used_, other.used_);
        return *this;
    }
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;
    ~arena()
    {
        while (last_ != nullptr) {
            block* const above = last_->above;
            memory_.deallocate(memory_.context, last_, last_->size, alignof(block));
            last_ = above;
        }
    }

    /// Takes over everything another arena of the same allocator holds, where it is.
    void absorb(arena&& other) noexcept
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

    /// Whether an address lies in what it gave out.
    bool owns(const void* address) const noexcept
    {
        const auto at = reinterpret_cast<std::uintptr_t>(address);
        for (const block* one = last_; one != nullptr; one = one->above) {
            const auto begin = reinterpret_cast<std::uintptr_t>(one);
            if (at >= begin && at - begin < one->size)
                return true;
        }
        return false;
    }

    /// Memory for `size` bytes, aligned for any object; null when the allocator gave nothing.
    void* allocate(std::size_t size) noexcept
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

    /// A copy of the object; null when the allocator gave nothing.
    template <class Object>
    Object* keep(const Object& object) noexcept
    {
        static_assert(std::is_trivially_destructible_v<Object> && alignof(Object) <= alignof(block));
        void* const at = allocate(sizeof(Object));
        return at == nullptr ? nullptr : ::new (at) Object(object);
    }

    /// Room for a text; null when the allocator gave nothing.
    char* text(std::size_t size) noexcept { return static_cast<char*>(allocate(size)); }

private:
    struct alignas(std::max_align_t) block {
        block*      above;
        std::size_t size;
    };

    bool grow(std::size_t least) noexcept
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

    allocator   memory_;
    block*      last_ = nullptr;
    std::size_t used_ = 0;
    std::size_t usual_ = std::size_t{16} << 10U; ///< the next block's size, unless more is asked for at once
};

} // namespace STET_NAMESPACE::detail

#endif
