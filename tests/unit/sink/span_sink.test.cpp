// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/piece_sink.hpp"

#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

using stet::span_sink;
using support::as_bytes;
using support::as_text;

static_assert(stet::sink<span_sink>);

TEST_CASE("memory is filled from its start, to the last byte")
{
    std::array<std::byte, 8> memory{};
    span_sink                sink(memory);
    CHECK(sink.size() == 0);
    CHECK(sink.written().empty());

    CHECK(sink.write(as_bytes("abc")));
    CHECK(sink.write({}));
    CHECK(sink.write(as_bytes("defgh")));
    CHECK(sink.size() == 8);
    CHECK(as_text(sink.written()) == "abcdefgh");
    CHECK(sink.written().data() == memory.data());
}

TEST_CASE("a piece that does not fit is refused whole, and a shorter one may follow")
{
    std::array<std::byte, 9> memory{};
    memory.fill(std::byte{'#'});
    const std::span<std::byte> all = memory; // one byte more than is given, to see that it is left alone
    span_sink                  sink(all.first(8));

    CHECK(sink.write(as_bytes("abcde")));
    const auto refused = sink.write(as_bytes("fghi"));
    CHECK(support::failure(refused) == "sink_full");
    CHECK(refused.error().expected == 9);
    CHECK(refused.error().actual == 8);
    CHECK(sink.size() == 5);
    CHECK(as_text(memory) == "abcde####");

    CHECK(sink.write(as_bytes("fgh")));
    CHECK(as_text(memory) == "abcdefgh#");
}

TEST_CASE("no memory takes nothing but nothing")
{
    span_sink sink({});
    CHECK(sink.write({}));
    CHECK(support::failure(sink.write(as_bytes("a"))) == "sink_full");
    CHECK(sink.written().empty());
}

TEST_CASE("memory lent by a span_sink is where the next bytes belong")
{
    std::array<std::byte, 8> memory{};
    span_sink                sink(memory);

    CHECK(sink.write(as_bytes("abc")));
    const auto lent = sink.lend(2);
    REQUIRE(lent);
    CHECK(lent->data() == memory.data() + 3);
    CHECK(lent->size() == 5);
    (*lent)[0] = std::byte{'d'};
    (*lent)[1] = std::byte{'e'};
    CHECK(sink.write(lent->first(2)));
    CHECK(as_text(sink.written()) == "abcde");
    CHECK(sink.lend(100)->size() == 3);
}
