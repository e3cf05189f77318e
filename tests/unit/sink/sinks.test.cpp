// SPDX-License-Identifier: MIT
#include "support/piece_sink.hpp"

#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

using stet::append_sink;
using support::as_bytes;

static_assert(stet::detail::byte_container<std::vector<std::byte>> &&
              stet::detail::byte_container<std::vector<unsigned char>>);
static_assert(stet::detail::byte_container<std::string> &&
              stet::detail::byte_container<std::deque<std::int8_t>>);
static_assert(!stet::detail::byte_container<std::vector<int>> &&
              !stet::detail::byte_container<std::u16string>);
static_assert(!stet::detail::byte_container<std::string_view> && !stet::detail::byte_container<int>);
static_assert(stet::sink<append_sink<std::string>>);

TEST_CASE("pieces are appended to what the container holds")
{
    std::string text = "before ";
    append_sink sink(text);
    static_assert(std::same_as<decltype(sink), append_sink<std::string>>);

    CHECK(sink.write(as_bytes("one ")));
    CHECK(sink.write({}));
    CHECK(sink.write(as_bytes(std::string_view("\0\xFF", 2))));
    CHECK(text == std::string("before one \0\xFF", 13));
}

TEST_CASE("bytes arrive in containers of every element of one byte")
{
    std::vector<std::byte>    as_byte;
    std::vector<std::uint8_t> as_unsigned;
    std::deque<std::int8_t>   as_signed;
    CHECK(append_sink(as_byte).write(as_bytes("\x01\xFE")));
    CHECK(append_sink(as_unsigned).write(as_bytes("\x01\xFE")));
    CHECK(append_sink(as_signed).write(as_bytes("\x01\xFE")));

    CHECK(as_byte == std::vector<std::byte>{std::byte{1}, std::byte{0xFE}});
    CHECK(as_unsigned == std::vector<std::uint8_t>{1, 0xFE});
    CHECK(as_signed == std::deque<std::int8_t>{1, -2});
}
