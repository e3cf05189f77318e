// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"

#include <stet/vocabulary/impl/staging_block.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

using stet::detail::staging_block;
using support::failure;

TEST_CASE("a block to stage in has the size that is asked for, and begins at a cache line")
{
    for (const std::size_t size : {1U, 63U, 64U, 1'000'001U}) {
        support::counting_heap heap;
        auto                   block = staging_block::make(size, heap.allocator());
        REQUIRE(block);
        const auto bytes = block->bytes();
        CHECK(bytes.size() == size);
        CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % stet::detail::staging_alignment == 0);
        std::memset(bytes.data(), 1, bytes.size()); // a sanitizer would see a byte too many
        CHECK(heap.live_bytes() >= size);
        CHECK(heap.live_bytes() < size + stet::detail::staging_alignment);
    }
}

TEST_CASE("a block of nothing needs no memory")
{
    support::counting_heap heap;
    auto                   block = staging_block::make(0, heap.allocator());
    REQUIRE(block);
    CHECK(block->bytes().empty());
    CHECK(heap.allocations() == 0);
}

TEST_CASE("memory that is not to be had is an error that says how much was asked for")
{
    support::counting_heap heap;
    heap.fail_from(0);
    const auto block = staging_block::make(100, heap.allocator());
    CHECK(failure(block) == "out_of_memory");
    CHECK(block.error().expected == 100);
}
