// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/encoding.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

TEST_CASE("how a tensor is stored is plain data, by default with the one scale 1")
{
    using stet::detail::encoding;
    STATIC_CHECK(std::is_trivially_copyable_v<encoding>);
    STATIC_CHECK(std::is_aggregate_v<encoding>);
    CHECK(encoding{}.scale == 1.0F);
    CHECK(encoding{}.row_scales == nullptr);
}
