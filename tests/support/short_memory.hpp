// SPDX-License-Identifier: MIT
// A call made again and again, each time with one allocation more to be had.
#ifndef STET_TESTS_SUPPORT_SHORT_MEMORY_HPP
#define STET_TESTS_SUPPORT_SHORT_MEMORY_HPP

#include "support/counting_heap.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string_view>

namespace support {

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
