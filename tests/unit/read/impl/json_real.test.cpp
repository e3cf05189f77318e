// SPDX-License-Identifier: MIT
#include <stet/read/impl/json_real.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace {

/// "fits", "beyond", or "no number".
constexpr std::string_view outcome(std::string_view text)
{
    stet::detail::json_real_reader reader(text, 0);
    if (reader.read())
        return reader.at() == text.size() ? "fits" : "stops early";
    return reader.is_out_of_range() ? "beyond" : "no number";
}

} // namespace

static_assert(outcome("1.5e3") == "fits");

TEST_CASE("numbers of every form are taken")
{
    for (const char* const text : {"0", "-0", "0.0", "-1", "10", "1.25", "1e5", "1E+5", "1.5E3", "1e-5",
                                   "0e0", "-0.0e-1", "18446744073709551616", "1e308", "1e-999", "0e999",
                                   "0.000e99999999999999999999", "1e-99999999999999999999"})
        CHECK(outcome(text) == "fits");
}

TEST_CASE("what only looks like a number is not taken")
{
    for (const char* const text :
         {"", "-", "+1", ".5", "01", "-01", "00", "1.", "1.e5", "1e", "1e+", "-e5", "e5", "x"})
        CHECK(outcome(text) == "no number");
}

TEST_CASE("a number ends where its characters do")
{
    stet::detail::json_real_reader reader("[12.5,3]", 1);

    CHECK(reader.read());
    CHECK(reader.at() == 5);
}

TEST_CASE("the largest finite numbers are taken and those beyond are not")
{
    CHECK(outcome("1.7976931348623157e308") == "fits");
    CHECK(outcome("-1.7976931348623157e308") == "fits");
    CHECK(outcome("1.8e308") == "beyond");
    CHECK(outcome("-1.8e308") == "beyond");
    CHECK(outcome("1e309") == "beyond");
    CHECK(outcome("1e999") == "beyond");
    CHECK(outcome("1e99999999999999999999") == "beyond");
    CHECK(outcome("0.1e309") == "fits");
    CHECK(outcome("10e308") == "beyond");
    CHECK(outcome("18446744073709551615e288") == "fits");
    CHECK(outcome("18446744073709551615e289") == "beyond");
}

TEST_CASE("long runs of digits count")
{
    CHECK(outcome(std::string(308, '9')) == "fits");
    CHECK(outcome(std::string(400, '9')) == "beyond");
    CHECK(outcome("0." + std::string(1000, '9')) == "fits");
    CHECK(outcome(std::string(400, '9') + "e-300") == "fits");
    CHECK(outcome("1." + std::string(100, '9') + "e308") == "beyond");
    CHECK(outcome("0." + std::string(1000, '0') + "1e1300") == "fits");
    CHECK(outcome("0." + std::string(1000, '0') + "1e1311") == "beyond");
}
