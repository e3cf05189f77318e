// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"

#include <stet/vocabulary/impl/arena.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

static_assert(!std::is_copy_constructible_v<stet::detail::arena> &&
              !std::is_copy_assignable_v<stet::detail::arena>);
static_assert(std::is_nothrow_move_constructible_v<stet::detail::arena> &&
              std::is_nothrow_move_assignable_v<stet::detail::arena>);

struct point {
    double x;
    double y;
};

std::string_view kept_text(stet::detail::arena& in, std::string_view text)
{
    char* const room = in.text(text.size());
    if (room == nullptr)
        return "no memory";
    if (!text.empty())
        std::memcpy(room, text.data(), text.size());
    return {room, text.size()};
}

} // namespace

TEST_CASE("an arena that gave nothing out has asked for nothing")
{
    support::counting_heap heap;
    {
        const stet::detail::arena arena(heap.allocator());
    }
    CHECK(heap.allocations() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("pieces of an arena do not overlap and are aligned for any object")
{
    support::counting_heap heap;
    {
        stet::detail::arena                             arena(heap.allocator());
        std::vector<std::pair<std::byte*, std::size_t>> pieces;
        for (std::size_t i = 0; i < 3000; ++i) {
            const std::size_t size = i * 7 % 131;
            auto* const       at = static_cast<std::byte*>(arena.allocate(size));
            REQUIRE(at != nullptr);
            CHECK(reinterpret_cast<std::uintptr_t>(at) % alignof(std::max_align_t) == 0);
            if (size != 0)
                std::memset(at, static_cast<int>(i % 256), size);
            pieces.emplace_back(at, size);
        }
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const auto [at, size] = pieces[i];
            CHECK(std::all_of(at, at + size,
                              [i](std::byte one) { return one == static_cast<std::byte>(i % 256); }));
        }
        CHECK(heap.live_blocks() > 1);
        CHECK(heap.live_blocks() < 10);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("a piece larger than a block has a block of its own")
{
    support::counting_heap heap;
    stet::detail::arena    arena(heap.allocator());
    const std::string      large(300'000, 'x');

    CHECK(kept_text(arena, "a") == "a");
    CHECK(kept_text(arena, large) == large);
    CHECK(kept_text(arena, "b") == "b");
    CHECK(heap.live_bytes() > large.size());
    CHECK(heap.live_bytes() < large.size() + 200'000);
}

TEST_CASE("a kept object is a copy that stays where it is while the arena grows and moves")
{
    support::counting_heap heap;
    stet::detail::arena    arena(heap.allocator());
    point                  original{.x = 1.5, .y = -2.5};
    const point* const     kept = arena.keep(original);
    original = {};
    REQUIRE(kept != nullptr);
    const std::string_view text = kept_text(arena, "conditioner.embedders.0");

    stet::detail::arena moved = std::move(arena);
    for (int i = 0; i < 200; ++i)
        CHECK(moved.text(1000) != nullptr);
    stet::detail::arena assigned(heap.allocator());
    CHECK(kept_text(assigned, "old") == "old");
    assigned = std::move(moved);

    CHECK(kept != &original);
    CHECK((kept->x > 1.4 && kept->x < 1.6 && kept->y < -2.4));
    CHECK(text == "conditioner.embedders.0");
}

TEST_CASE("an arena moved from can be used again and shares nothing")
{
    support::counting_heap heap;
    {
        stet::detail::arena    first(heap.allocator());
        const std::string_view before = kept_text(first, "before");
        stet::detail::arena    second = std::move(first);
        const std::string_view after = kept_text(first, "after!");

        CHECK(before == "before");
        CHECK(after == "after!");
        CHECK(heap.live_blocks() == 2);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("an arena takes over what another holds, where it is, and goes on with its own block")
{
    support::counting_heap heap;
    {
        stet::detail::arena    first(heap.allocator());
        const std::string_view own = kept_text(first, "own");
        std::string_view       taken;
        std::string_view       oldest;
        {
            stet::detail::arena second(heap.allocator());
            oldest = kept_text(second, "oldest");
            CHECK(second.allocate(100'000) != nullptr);
            taken = kept_text(second, "taken");
            first.absorb(std::move(second));
            CHECK(kept_text(second, "still of use") == "still of use");
        }
        const std::size_t blocks = heap.live_blocks();
        CHECK(kept_text(first, "more") == "more");
        CHECK(heap.live_blocks() == blocks);
        CHECK((own == "own" && taken == "taken" && oldest == "oldest"));

        stet::detail::arena empty(heap.allocator());
        first.absorb(std::move(empty));
        CHECK(own == "own");
        stet::detail::arena third(heap.allocator());
        third.absorb(std::move(first));
        CHECK((own == "own" && taken == "taken"));
        CHECK(kept_text(third, "last") == "last");
        CHECK(heap.live_blocks() == blocks);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("an arena without memory gives null and keeps what it has")
{
    support::counting_heap heap;
    {
        stet::detail::arena arena(heap.allocator());
        heap.fail_from(1);
        const std::string_view kept = kept_text(arena, "kept");
        CHECK(arena.allocate(200'000) == nullptr);
        CHECK(arena.allocate(16) != nullptr); // there is room left in the first block
        std::size_t more = 0;
        while (arena.keep(point{}) != nullptr)
            ++more;
        CHECK(more > 100);
        std::size_t rest = 0;
        while (arena.text(1) != nullptr)
            ++rest;
        CHECK(rest < sizeof(point));
        CHECK(kept == "kept");
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("a size that no memory has is refused without asking")
{
    support::counting_heap heap;
    stet::detail::arena    arena(heap.allocator());

    CHECK(arena.allocate(SIZE_MAX) == nullptr);
    CHECK(arena.allocate(SIZE_MAX - 64) == nullptr);
    CHECK(heap.allocations() == 0);
}

TEST_CASE("an arena knows what it gave out")
{
    stet::detail::arena arena(stet::heap());
    const std::string   outside(10, 'x');
    CHECK_FALSE(arena.owns(outside.data()));
    CHECK_FALSE(arena.owns(nullptr));

    const char* const first = arena.text(10);
    const char* const large = arena.text(300'000);
    REQUIRE(first != nullptr);
    REQUIRE(large != nullptr);
    CHECK(arena.owns(first));
    CHECK(arena.owns(first + 9));
    CHECK(arena.owns(large + 299'999));
    CHECK_FALSE(arena.owns(outside.data()));

    stet::detail::arena taken(stet::heap());
    taken.absorb(std::move(arena));
    CHECK(taken.owns(first));
}

TEST_CASE("an arena's blocks grow to a mebibyte and no further")
{
    support::counting_heap heap;
    stet::detail::arena    arena(heap.allocator());
    std::size_t            largest = 0;
    for (int i = 0; i < 8192; ++i) { // eight mebibytes
        const std::size_t before = heap.live_bytes();
        REQUIRE(arena.text(1024) != nullptr);
        largest = std::max(largest, heap.live_bytes() - before);
    }
    CHECK(largest >= std::size_t{1} << 20U);
    CHECK(largest < (std::size_t{1} << 20U) + 64);
}
