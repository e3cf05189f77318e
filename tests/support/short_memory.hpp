// SPDX-License-Identifier: MIT
// Memory that is refused: from some allocation on, each time one later, or once.
#ifndef STET_TESTS_SUPPORT_SHORT_MEMORY_HPP
#define STET_TESTS_SUPPORT_SHORT_MEMORY_HPP

#include "support/counting_heap.hpp"

#include <stet/vocabulary/borrowed.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string_view>

namespace support {

/// Memory that is refused once and there again afterwards.
struct one_refusal {
    stet::allocator from;
    std::size_t     refused;
    std::size_t     calls = 0;

    stet::allocator allocator() noexcept
    {
        return {
            .context = this,
            .allocate = [](void* context, std::size_t size, std::size_t alignment) -> void* {
                auto& self = *static_cast<one_refusal*>(context);
                if (self.calls++ == self.refused)
                    return nullptr;
                return self.from.allocate(self.from.context, size, alignment);
            },
            .deallocate =
                [](void* context, void* memory, std::size_t size, std::size_t alignment) {
                    const auto& self = *static_cast<one_refusal*>(context);
                    self.from.deallocate(self.from.context, memory, size, alignment);
                },
        };
    }
};

/// Checks that the call fails with out_of_memory until it has all it needs, and always gives all memory back.
/// run:     callable with an allocator; returns the name of the error, or "none"
/// returns: how many allocations it needs
template <class Run>
std::size_t allocations_needed(Run run)
{
    for (std::size_t allowed = 0;; ++allowed) {
        REQUIRE(allowed < 500);
        counting_heap heap;
        heap.fail_from(allowed);
        const std::string_view outcome = run(heap.allocator());
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
        if (outcome == "none")
            return allowed;
        CHECK(outcome == "out_of_memory");
    }
}

} // namespace support

#endif
