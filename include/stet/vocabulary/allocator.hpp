// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_ALLOCATOR_HPP
#define STET_VOCABULARY_ALLOCATOR_HPP

#include "config.hpp"

#include <cstddef>
#include <new>

namespace STET_NAMESPACE {

/// Where a plan, a header and the staging block get their memory. Plain data, copied freely.
/// allocate:   returns memory of that size and alignment (a power of two), or null when there is none
/// deallocate: called with exactly the size and alignment it was allocated with
struct allocator {
    void* context = nullptr;
    /// Gives memory, or null; never throws.
    void* (*allocate)(void* context, std::size_t size, std::size_t alignment) = nullptr;
    /// Takes back what `allocate` gave, with the same size and alignment.
    void (*deallocate)(void* context, void* memory, std::size_t size, std::size_t alignment) = nullptr;
};

/// The global heap, asked in the form that returns null instead of throwing.
constexpr allocator heap() noexcept
{
    return {
        .context = nullptr,
        .allocate =
            [](void*, std::size_t size, std::size_t alignment) {
                return ::operator new(size, std::align_val_t{alignment}, std::nothrow);
            },
        .deallocate = [](void*, void* memory, std::size_t,
                         std::size_t alignment) { ::operator delete(memory, std::align_val_t{alignment}); },
    };
}

} // namespace STET_NAMESPACE

#endif
