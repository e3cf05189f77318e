// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/fact_text.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

using stet::dtype;
using stet::detail::fact_text;
using stet::detail::shape_text;

static_assert(fact_text("a ").put(std::uint64_t{12}).put(" b").view() == "a 12 b");
static_assert(shape_text({}).view() == "[]");
static_assert(shape_text({16, 4}).view() == "[16, 4]");
static_assert(fact_text().put(stet::quantised::dtype_set{dtype::f32, dtype::u8}).view() == "U8 or F32");

TEST_CASE("what does not fit is left out")
{
    const std::string longer(500, 'x');
    CHECK(fact_text(longer).put("y").view() == std::string_view(longer).substr(0, 200));
}
