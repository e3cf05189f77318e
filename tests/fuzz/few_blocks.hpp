// SPDX-License-Identifier: MIT
// Memory that runs out when the input says so.
#ifndef STET_TESTS_FUZZ_FEW_BLOCKS_HPP
#define STET_TESTS_FUZZ_FEW_BLOCKS_HPP

#include <stet/vocabulary/borrowed.hpp>

#include <cstddef>
#include <cstdint>

namespace fuzz {

/// An allocator that gives that many blocks and no more.
struct few_blocks {
    std::uint64_t left = 0;
    std::size_t   live = 0;

    static void* allocate(void* context, std::size_t size, std::size_t alignment)
    {
        auto& self = *static_cast<few_blocks*>(context);
        if (self.left == 0)
            return nullptr;
        --self.left;
        ++self.live;
        return stet::heap().allocate(nullptr, size, alignment);
    }
    static void deallocate(void* context, void* memory, std::size_t size, std::size_t alignment)
    {
        --static_cast<few_blocks*>(context)->live;
        stet::heap().deallocate(nullptr, memory, size, alignment);
    }
};

} // namespace fuzz

#endif
