// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/readable.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using stet::detail::is_obeyed;

namespace {

std::string shown(std::string_view text)
{
    std::string out;
    stet::detail::put_readable(text, [&out](std::string_view piece) {
        CHECK_FALSE(piece.empty());
        out += piece;
    });
    return out;
}

} // namespace

TEST_CASE("every control, separator and mark of direction is obeyed, and nothing else")
{
    std::size_t count = 0;
    for (std::uint32_t code = 0; code <= 0x10FFFF; ++code)
        count += is_obeyed(code) ? 1U : 0U;
    // 65 controls, 12 marks of direction, 2 separators
    CHECK(count == 65 + 12 + 2);
    for (const std::uint32_t code : {0x00U, 0x1FU, 0x7FU, 0x80U, 0x9FU, 0x061CU, 0x200EU, 0x200FU, 0x2028U,
                                     0x2029U, 0x202AU, 0x202EU, 0x2066U, 0x2069U})
        CHECK(is_obeyed(code));
    for (const std::uint32_t code : {0x20U, 0x7EU, 0xA0U, 0x061BU, 0x061DU, 0x200DU, 0x2010U, 0x2027U,
                                     0x202FU, 0x2065U, 0x206AU, 0x1F600U})
        CHECK_FALSE(is_obeyed(code));
}

TEST_CASE("a text comes in order, whatever lies between its pieces")
{
    CHECK(shown("").empty());
    CHECK(shown("plain") == "plain");
    CHECK(shown("\n") == "\\x0a");
    CHECK(shown("a\nb\xE2\x80\xAE"
                "c\xFF") == "a\\x0ab\\xe2\\x80\\xaec\\xff");
    CHECK(shown("\xC3\xA9\xC3") == "\xC3\xA9\\xc3");
}
