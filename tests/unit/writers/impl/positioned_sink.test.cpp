// SPDX-License-Identifier: MIT
#include "support/scratch_directory.hpp"

#include <stet/file/native_file_system.hpp>
#include <stet/writers/impl/positioned_sink.hpp>

#include <catch2/catch_test_macros.hpp>

#include <span>
#include <string_view>

static_assert(stet::sink<stet::detail::positioned_sink>);

TEST_CASE("positioned sinks fill their parts of a file in any order")
{
    const support::scratch_directory here;
    const auto                       in = *stet::folder::open(stet::native_file_system(), here.path());
    auto                             part = stet::part_file::create(in, "x.part", "x");
    REQUIRE(part);
    const auto bytes_of = [](std::string_view text) { return std::as_bytes(std::span(text)); };
    stet::detail::positioned_sink second(*part, 6);
    stet::detail::positioned_sink first(*part, 0);

    CHECK(second.write(bytes_of("wor")));
    CHECK(first.write(bytes_of("hello ")));
    CHECK(second.write(bytes_of("")));
    CHECK(second.write(bytes_of("ld")));

    CHECK(here.content("x.part") == "hello world");
    stet::detail::positioned_sink leaping(*part, 0);
    leaping.skip(10);
    CHECK(leaping.write(bytes_of("D")));
    CHECK(here.content("x.part") == "hello worlD");
    CHECK(part->write(bytes_of("H"))); // appending begins where it was
    CHECK(here.content("x.part") == "Hello worlD");
}
