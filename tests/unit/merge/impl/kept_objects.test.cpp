// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"

#include <stet/merge/impl/kept_objects.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

using kept = stet::detail::kept_objects<std::shared_ptr<int>>;

static_assert(!std::is_copy_constructible_v<kept>);

TEST_CASE("objects keep their places when more come and when the keeper moves, and go with it")
{
    support::counting_heap heap;
    const auto             object = std::make_shared<int>(7);
    {
        kept                        all(heap.allocator());
        const std::shared_ptr<int>* first = all.keep(std::shared_ptr<int>(object));
        REQUIRE(first != nullptr);
        for (int i = 0; i < 40; ++i)
            REQUIRE(all.keep(std::shared_ptr<int>(object)) != nullptr);
        CHECK(object.use_count() == 42);
        kept moved = std::move(all);
        CHECK(*first == object);
        CHECK(moved.size() == 41);
        kept other(heap.allocator());
        other = std::move(moved);
        CHECK(other.size() == 41);
    }
    CHECK(object.use_count() == 1);
    CHECK(heap.live_blocks() == 0);
}

TEST_CASE("an object that there is no memory for is not kept")
{
    for (const std::size_t allowed : {0U, 1U}) {
        support::counting_heap heap;
        heap.fail_from(allowed);
        const auto object = std::make_shared<int>(7);
        {
            kept all(heap.allocator());
            CHECK(all.keep(std::shared_ptr<int>(object)) == nullptr);
            CHECK(all.size() == 0);
        }
        CHECK(object.use_count() == 1);
        CHECK(heap.live_blocks() == 0);
    }
}
