// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/quantised/impl/metadata_layers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string_view>

using stet::detail::metadata_layers;
using stet::quantised::metadata_state;

namespace {

metadata_state state_of(std::optional<std::string_view> text)
{
    metadata_layers read;
    CHECK(read.read(text, stet::heap()));
    return read.state();
}

} // namespace

TEST_CASE("metadata is sound when it has an object of layers")
{
    CHECK(state_of(std::nullopt) == metadata_state::absent);
    CHECK(state_of("") == metadata_state::no_json);
    CHECK(state_of("{'layers': {}}") == metadata_state::no_json);
    CHECK(state_of("[]") == metadata_state::no_layers);
    CHECK(state_of(R"({"format_version": "1.0"})") == metadata_state::no_layers);
    CHECK(state_of(R"({"layers": []})") == metadata_state::no_layers);
    CHECK(state_of(R"({"layers": {}})") == metadata_state::sound);
}

TEST_CASE("a description is found again by its position")
{
    metadata_layers read;
    REQUIRE(read.read(R"({"layers": {"a": {"format": "mxfp8"}, "b": 7}})", stet::heap()));
    const auto b = read.layers().find("b");
    REQUIRE(b);
    CHECK(read.at(b->position()).natural() == 7U);
    CHECK(read.layers().size() == 2);
}

TEST_CASE("reading metadata without memory is an error")
{
    CHECK(support::allocations_needed([](const stet::allocator& memory) -> std::string_view {
              metadata_layers read;
              const auto      done = read.read(R"({"layers": {}})", memory);
              return done                                             ? "none"
                     : done.error().code == stet::errc::out_of_memory ? "out_of_memory"
                                                                      : "another";
          }) > 0);
}
