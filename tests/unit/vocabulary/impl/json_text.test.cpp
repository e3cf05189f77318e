// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"

#include <stet/vocabulary/impl/json_text.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using stet::detail::json_text;
using stet::detail::json_text_builder;
using support::counting_heap;

namespace {

template <class Text>
concept viewable = requires { std::declval<Text>().view(); };

} // namespace

static_assert(viewable<json_text&>);
static_assert(viewable<const json_text&>);
static_assert(!viewable<json_text>, "the view of a temporary text would dangle");
static_assert(!viewable<const json_text>);
static_assert(std::is_nothrow_move_constructible_v<json_text> &&
              std::is_nothrow_move_assignable_v<json_text>);
static_assert(!std::is_copy_constructible_v<json_text>);

TEST_CASE("a text is its pieces one after the other")
{
    json_text_builder builder(stet::heap());
    CHECK(builder.view().empty());
    REQUIRE(builder.make_room(6));
    builder.put("");
    builder.put('[');
    builder.put("null");
    builder.put(']');

    CHECK(builder.size() == 6);
    CHECK(builder.view() == "[null]");
    const json_text text = std::move(builder).finished();
    CHECK(text.view() == "[null]");
}

TEST_CASE("a text grows piece by piece with few allocations")
{
    counting_heap heap;
    {
        json_text_builder builder(heap.allocator());
        std::string       expected;
        for (std::size_t i = 0; i < 10'000; ++i) {
            const std::string piece(i % 7, static_cast<char>('a' + i % 26));
            REQUIRE(builder.make_room(piece.size()));
            builder.put(piece);
            expected += piece;
        }
        const json_text text = std::move(builder).finished();
        CHECK(text.view() == expected);
        CHECK(heap.allocations() < 40);
        CHECK(heap.live_blocks() == 1);
        CHECK(heap.live_bytes() < 2 * expected.size());
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}

TEST_CASE("room that is there is not made again")
{
    counting_heap     heap;
    json_text_builder builder(heap.allocator());
    REQUIRE(builder.make_room(100));
    REQUIRE(builder.make_room(100));
    builder.put("12345");
    REQUIRE(builder.make_room(95));
    CHECK(heap.allocations() == 1);
    REQUIRE(builder.make_room(96));
    CHECK(heap.allocations() == 2);
    CHECK(builder.view() == "12345");
}

TEST_CASE("room that the allocator does not give leaves the text as it was")
{
    counting_heap heap;
    heap.fail_from(1);
    json_text_builder builder(heap.allocator());
    REQUIRE(builder.make_room(3));
    builder.put("{}");

    CHECK_FALSE(builder.make_room(2));
    CHECK(builder.view() == "{}");
    CHECK(builder.make_room(1));
    const std::size_t asked = heap.allocations();
    CHECK_FALSE(builder.make_room(SIZE_MAX));
    CHECK(heap.allocations() == asked);
}
