// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/stored_values.hpp>

#include <catch2/catch_test_macros.hpp>

using stet::detail::stored_row_size;
using stet::detail::stored_values;
using stet::detail::value_count;
using stet::detail::value_rule;

TEST_CASE("the width of a row follows from the bits of its codes")
{
    CHECK(stored_row_size(value_rule::nvfp4, 64, 4) == 32);
    CHECK(stored_row_size(value_rule::convrot_w4a4, 64, 4) == 32);
    CHECK(stored_row_size(value_rule::awq_w4a16, 64, 4) == 32);
    CHECK(stored_row_size(value_rule::asym_w4a8, 64, 4) == 32);
    CHECK(stored_row_size(value_rule::asym_w4a8, 64, 6) == 48);
    CHECK(stored_row_size(value_rule::mxfp8, 64, 4) == 64);
    CHECK(stored_row_size(value_rule::rotated_bytes, 64, 4) == 64);
    CHECK(stored_row_size(value_rule::bytes, 64, 4) == 1); // no rows at all
    CHECK(stored_row_size(value_rule::bitsandbytes, 64, 4) == 1);
}

TEST_CASE("values are counted without padding")
{
    CHECK(value_count(stored_values{
              .experts = 3, .stored_rows = 16, .stored_columns = 32, .rows = 9, .columns = 20}) ==
          3 * 9 * 20);
    CHECK(value_count(stored_values{}) == 0);
}
