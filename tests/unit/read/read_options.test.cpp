// SPDX-License-Identifier: MIT
#include <stet/read/checkpoint_header.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

static_assert(std::is_trivially_copyable_v<stet::read_options>);
static_assert(std::is_aggregate_v<stet::read_options>);

TEST_CASE("every departure from the reference's verdict is asked for")
{
    const stet::read_options options;

    CHECK_FALSE(options.strict);
    CHECK_FALSE(options.allow_trailing_bytes);
    CHECK_FALSE(options.allow_nul_padding);
    CHECK_FALSE(options.allow_gaps);
    CHECK(options.allocator.allocate != nullptr);
}
