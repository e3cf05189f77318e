// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"

#include <stet/vocabulary/impl/growing_array.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

using stet::detail::growing_array;
using support::counting_heap;

static_assert(!std::is_copy_constructible_v<growing_array<int>> &&
              !std::is_copy_assignable_v<growing_array<int>>);
static_assert(std::is_nothrow_move_constructible_v<growing_array<int>>);
static_assert(std::is_nothrow_move_assignable_v<growing_array<int>>);

namespace {

struct alignas(64) wide {
    std::uint64_t number;
};

template <class Element>
std::vector<Element> content(const growing_array<Element>& array)
{
    return {array.begin(), array.end()};
}

} // namespace

TEST_CASE("an array of nothing asks for no memory")
{
    counting_heap heap;
    {
        growing_array<int> array(heap.allocator());
        CHECK(array.empty());
        CHECK(array.size() == 0);
        CHECK(array.view().empty());
        CHECK(array.begin() == array.end());
        CHECK(array.reserve(0));
        CHECK(array.resize(0));
    }
    CHECK(heap.allocations() == 0);
}

TEST_CASE("elements pushed are there in order")
{
    counting_heap heap;
    {
        growing_array<std::uint32_t> array(heap.allocator());
        for (std::uint32_t i = 0; i < 1000; ++i)
            CHECK(array.push(i * 3));

        REQUIRE(array.size() == 1000);
        std::uint32_t wrong = 0;
        for (std::uint32_t i = 0; i < 1000; ++i)
            wrong += array[i] == i * 3 ? 0U : 1U;
        CHECK(wrong == 0);
        CHECK(array.view().data() == array.data());
        CHECK(array.view().size() == 1000);
        CHECK(heap.allocations() == 12);
        CHECK(heap.live_blocks() == 1);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("an element of the array itself can be pushed while it grows")
{
    growing_array<int> array;
    REQUIRE(array.push(42));
    for (int i = 0; i < 200; ++i)
        REQUIRE(array.push(array[0]));
    CHECK(std::count(array.begin(), array.end(), 42) == 201);
}

TEST_CASE("memory reserved is exactly enough")
{
    counting_heap      heap;
    growing_array<int> array(heap.allocator());
    REQUIRE(array.reserve(100));
    const int* const place = array.data();
    for (int i = 0; i < 100; ++i)
        REQUIRE(array.push(i));

    CHECK(heap.allocations() == 1);
    CHECK(array.data() == place);
    CHECK(array.capacity() == 100);
    REQUIRE(array.push(100));
    CHECK(array.capacity() > 100);
    CHECK(heap.allocations() == 2);
    CHECK(array[0] == 0);
    CHECK(array[100] == 100);
}

TEST_CASE("memory has the alignment of the elements")
{
    growing_array<wide> array;
    for (std::uint64_t i = 0; i < 100; ++i) {
        REQUIRE(array.push({.number = i}));
        REQUIRE(reinterpret_cast<std::uintptr_t>(array.data()) % alignof(wide) == 0);
    }
    CHECK(array[99].number == 99);
}

TEST_CASE("an array shrunk keeps its memory and what is left")
{
    counting_heap      heap;
    growing_array<int> array(heap.allocator());
    for (int i = 0; i < 10; ++i)
        REQUIRE(array.push(i));
    REQUIRE(array.resize(3));

    CHECK(content(array) == std::vector<int>{0, 1, 2});
    CHECK(heap.allocations() == 1);
}

TEST_CASE("an exhausted allocator is reported and the content stays")
{
    counting_heap heap;
    {
        heap.fail_from(1);
        growing_array<int> array(heap.allocator());
        for (int i = 0; i < 16; ++i)
            REQUIRE(array.push(i));
        const std::vector<int> before = content(array);
        const int* const       place = array.data();

        CHECK_FALSE(array.push(16));
        CHECK_FALSE(array.reserve(17));
        CHECK_FALSE(array.resize(1000));

        CHECK(content(array) == before);
        CHECK(array.data() == place);
        CHECK(heap.allocations() == 4);
        CHECK(heap.live_blocks() == 1);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("more elements than memory can hold are refused without asking for them")
{
    counting_heap                heap;
    growing_array<std::uint64_t> array(heap.allocator());
    CHECK_FALSE(array.reserve(SIZE_MAX / sizeof(std::uint64_t) + 1));
    CHECK_FALSE(array.resize(SIZE_MAX));
    CHECK(heap.allocations() == 0);
    CHECK(array.empty());
}

TEST_CASE("a moved array leaves an empty one that can be used again")
{
    counting_heap heap;
    {
        growing_array<int> first(heap.allocator());
        REQUIRE(first.push(1));
        growing_array<int> second = std::move(first);
        CHECK(content(second) == std::vector<int>{1});
        CHECK(first.empty()); // NOLINT(bugprone-use-after-move): what is tested
        CHECK(first.memory().context == &heap);

        REQUIRE(first.push(2));
        CHECK(content(first) == std::vector<int>{2});
        CHECK(content(second) == std::vector<int>{1});
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("an array assigned to gives back its memory and takes the other's allocator")
{
    counting_heap first_heap;
    counting_heap second_heap;
    {
        growing_array<int> first(first_heap.allocator());
        growing_array<int> second(second_heap.allocator());
        REQUIRE(first.push(1));
        REQUIRE(second.push(2));

        first = std::move(second);
        CHECK(content(first) == std::vector<int>{2});
        CHECK(second.empty()); // NOLINT(bugprone-use-after-move): what is tested
        CHECK(first_heap.live_blocks() == 0);
        CHECK(first.memory().context == &second_heap);

        growing_array<int>& same = first;
        first = std::move(same);
        CHECK(content(first) == std::vector<int>{2});
    }
    CHECK(second_heap.live_blocks() == 0);
    CHECK(first_heap.wrong_deallocations() == 0);
    CHECK(second_heap.wrong_deallocations() == 0);
}

TEST_CASE("an array does what a vector does, whichever allocation fails")
{
    support::dice dice(1);
    for (std::size_t run = 0; run < 200; ++run) {
        counting_heap heap;
        heap.fail_from(dice.below(8));
        {
            growing_array<std::uint64_t> array(heap.allocator());
            std::vector<std::uint64_t>   model;
            for (int step = 0; step < 60; ++step) {
                if (dice.below(8) == 0) {
                    const std::size_t count = dice.below(100);
                    const auto        old = model.size();
                    if (array.resize(count)) {
                        model.resize(count);
                        for (std::size_t i = old; i < count; ++i)
                            array[i] = model[i];
                    }
                } else {
                    const std::uint64_t number = dice.next();
                    if (array.push(number))
                        model.push_back(number);
                }
                REQUIRE(content(array) == model);
            }
        }
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
    }
}

TEST_CASE("many elements are appended at once, and forgotten without giving the memory back")
{
    support::counting_heap           heap;
    const std::array<int, 5>         more{1, 2, 3, 4, 5};
    stet::detail::growing_array<int> array(heap.allocator());
    CHECK(array.append({}));
    CHECK(heap.allocations() == 0);
    std::vector<int> expected;
    for (int i = 0; i < 100; ++i) {
        REQUIRE(array.append(more));
        expected.insert(expected.end(), more.begin(), more.end());
    }
    CHECK(std::vector<int>(array.begin(), array.end()) == expected);
    CHECK(heap.allocations() < 20);

    const std::size_t allocations = heap.allocations();
    array.clear();
    CHECK(array.empty());
    CHECK(array.append(expected));
    CHECK(heap.allocations() == allocations);

    heap.fail_from(heap.allocations());
    while (array.append(more))
        expected.insert(expected.end(), more.begin(), more.end());
    CHECK(std::vector<int>(array.begin(), array.end()) == expected);
}
