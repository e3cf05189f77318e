// SPDX-License-Identifier: MIT
#include <stet/interop/text.hpp>
#include <stet/vocabulary/impl/errc_count.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <iomanip>
#include <sstream>
#include <string>

using stet::errc;
using stet::error;

namespace {

template <class Printed>
std::string printed(const Printed& what)
{
    std::ostringstream out;
    out << what;
    return out.str();
}

} // namespace

TEST_CASE("an error is printed as its message")
{
    CHECK(printed(error{.code = errc::file_missing}.about("a")) == "'a': no such file");
    CHECK(printed(error{}) == "no error");
}

TEST_CASE("a code and a dtype are printed by their names")
{
    for (std::size_t i = 0; i <= stet::detail::errc_count; ++i)
        CHECK(printed(static_cast<errc>(i)) == stet::name(static_cast<errc>(i)));
    CHECK(printed(stet::dtype::bf16) == "BF16");
    CHECK(printed(stet::dtype::boolean) == "BOOL");
}

TEST_CASE("the stream's width counts for the whole text")
{
    std::ostringstream out;
    out << std::setw(6) << stet::dtype::u8 << '|' << std::left << std::setw(10) << errc::cancelled << '|';
    CHECK(out.str() == "    U8|cancelled |");
}

#if defined(__cpp_lib_format)
TEST_CASE("errors, codes and dtypes are formatted as texts")
{
    CHECK(std::format("{}", error{.code = errc::file_missing}.about("a")) == "'a': no such file");
    CHECK(std::format("{:>10}|{:<6}|", errc::cancelled, stet::dtype::bf16) == " cancelled|BF16  |");
}
#endif
