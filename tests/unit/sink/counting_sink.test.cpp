// SPDX-License-Identifier: MIT
#include "support/piece_sink.hpp"

#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>

static_assert(stet::sink<stet::counting_sink>);

TEST_CASE("a counting sink counts the bytes of all pieces")
{
    stet::counting_sink sink;
    CHECK(sink.size() == 0);
    CHECK(sink.write(support::as_bytes("four")));
    CHECK(sink.write({}));
    CHECK(sink.write(support::as_bytes("seven..")));
    CHECK(sink.size() == 11);
}

TEST_CASE("a counting sink does not look at the bytes")
{
    const std::byte     byte{};
    const std::size_t   size = SIZE_MAX / 2;
    stet::counting_sink sink;
    CHECK(sink.write(stet::bytes(&byte, size)));
    CHECK(sink.write(stet::bytes(&byte, size)));
    CHECK(sink.size() == 2 * size);
}
