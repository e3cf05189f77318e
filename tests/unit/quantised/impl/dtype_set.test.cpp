// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/dtype_set.hpp>

#include <catch2/catch_test_macros.hpp>

using stet::dtype;
using stet::quantised::dtype_set;

TEST_CASE("a set holds the dtypes it was given, the first and the last of the list too")
{
    constexpr dtype_set some{dtype::boolean, dtype::f32, dtype::u64};
    for (std::size_t i = 0; i < stet::detail::dtype_count; ++i) {
        const auto type = static_cast<dtype>(i);
        CHECK(some.contains(type) == (type == dtype::boolean || type == dtype::f32 || type == dtype::u64));
        CHECK_FALSE(dtype_set().contains(type));
    }
    CHECK(dtype_set().empty());
    CHECK_FALSE(some.empty());
}
