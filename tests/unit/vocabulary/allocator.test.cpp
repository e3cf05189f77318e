// SPDX-License-Identifier: MIT
#include <stet/vocabulary/borrowed.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

static_assert(std::is_aggregate_v<stet::allocator> && std::is_trivially_copyable_v<stet::allocator>);
static_assert(sizeof(stet::allocator) == 3 * sizeof(void*));
static_assert(stet::heap().context == nullptr);

TEST_CASE("the heap gives memory of every alignment")
{
    const stet::allocator heap = stet::heap();
    for (std::size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        for (const std::size_t size : {std::size_t{1}, alignment, 3 * alignment + 1}) {
            void* const memory = heap.allocate(heap.context, size, alignment);
            REQUIRE(memory != nullptr);
            CHECK(reinterpret_cast<std::uintptr_t>(memory) % alignment == 0);
            std::memset(memory, 0xA5, size);
            heap.deallocate(heap.context, memory, size, alignment);
        }
    }
}

TEST_CASE("the heap gives blocks that do not overlap")
{
    const stet::allocator heap = stet::heap();
    auto* const           first = static_cast<unsigned char*>(heap.allocate(heap.context, 100, 8));
    auto* const           second = static_cast<unsigned char*>(heap.allocate(heap.context, 100, 8));
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);

    std::memset(first, 1, 100);
    std::memset(second, 2, 100);
    CHECK(first[0] == 1);
    CHECK(first[99] == 1);
    CHECK(second[0] == 2);
    CHECK(second[99] == 2);

    heap.deallocate(heap.context, first, 100, 8);
    heap.deallocate(heap.context, second, 100, 8);
}
