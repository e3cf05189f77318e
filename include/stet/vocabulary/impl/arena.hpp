// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_ARENA_HPP
#define STET_VOCABULARY_IMPL_ARENA_HPP

#include "../borrowed.hpp"
#include "../config.hpp"

#include <cstddef>
#include <new>
#include <type_traits>

namespace STET_NAMESPACE::detail {

/// Small objects and texts that live and go together. What it gave out keeps its address, also when the arena moves.
class arena {
public:
    explicit arena(const allocator& memory) noexcept : memory_(memory) {}
    arena(arena&& other) noexcept;
    arena& operator=(arena&& other) noexcept;
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;
    ~arena();

    /// Takes over everything another arena of the same allocator holds, where it is.
    void absorb(arena&& other) noexcept;

    /// Whether an address lies in what it gave out.
    bool owns(const void* address) const noexcept;

    /// Memory for `size` bytes, aligned for any object; null when the allocator gave nothing.
    void* allocate(std::size_t size) noexcept;

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

    bool grow(std::size_t least) noexcept;

    allocator   memory_;
    block*      last_ = nullptr;
    std::size_t used_ = 0;
    std::size_t usual_ = std::size_t{16} << 10U; ///< the next block's size, unless more is asked for at once
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "arena.ipp"
#endif

#endif
