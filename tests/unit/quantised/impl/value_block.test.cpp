// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/cut_tensor.hpp"
#include "support/failure.hpp"
#include "support/little_endian.hpp"
#include "support/piece_sink.hpp"

#include <stet/quantised/impl/value_block.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

using stet::detail::value_block;

namespace {

/// Makes numbers 0, 1, 2 and so on. returns: the name of what failed
template <class Sink>
std::string_view count_to(Sink& destination, std::uint16_t count, const stet::allocator& memory)
{
    value_block   block(destination, 2, memory);
    std::uint16_t next = 0;
    while (next != count) {
        const auto room = block.room(std::uint64_t{count} - next);
        if (!room)
            return support::failure(room);
        REQUIRE(room->size() >= 2);
        const std::size_t some = std::min<std::size_t>(room->size() / 2, 1000);
        std::size_t       made = 0;
        for (; made < some && next != count; ++made, ++next)
            std::memcpy(room->data() + made * 2, &next, 2);
        block.take(made);
    }
    return support::failure(block.flush());
}

std::string counted(std::uint16_t count)
{
    std::vector<std::uint16_t> all;
    for (std::uint16_t i = 0; i < count; ++i)
        all.push_back(i);
    return support::little_endian(all);
}

} // namespace

TEST_CASE("elements arrive in order and in the file's order of bytes, in pieces of at most a block")
{
    for (const std::uint16_t count : std::array<std::uint16_t, 6>{0, 1, 1000, 32768, 32769, 65535}) {
        support::piece_sink sink;
        CHECK(count_to(sink, count, stet::heap()) == "none");
        CHECK(sink.joined() == counted(count));
        for (const std::string& piece : sink.pieces)
            CHECK(piece.size() <= 65536);
    }
}

TEST_CASE("elements are made in the memory that the sink lends")
{
    support::counting_heap heap;
    support::lending_sink  sink(5000);
    CHECK(count_to(sink, 40000, heap.allocator()) == "none");
    CHECK(sink.all == counted(40000));
    CHECK(heap.allocations() == 0);
    if constexpr (std::endian::native == std::endian::little)
        CHECK(sink.from_elsewhere == 0);

    support::lending_sink tiny(10); // too little to be worth it
    CHECK(count_to(tiny, 4000, heap.allocator()) == "none");
    CHECK(tiny.all == counted(4000));
    CHECK(heap.allocations() == 1);
}

TEST_CASE("what the sink or the allocator refuses is an error")
{
    support::piece_sink sink{.fails_at = 1};
    CHECK(count_to(sink, 60000, stet::heap()) == "sink_refused");
    support::counting_heap heap;
    heap.fail_from(0);
    support::piece_sink other;
    CHECK(count_to(other, 3, heap.allocator()) == "out_of_memory");
    CHECK(heap.live_blocks() == 0);
}
