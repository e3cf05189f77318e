// SPDX-License-Identifier: MIT
#include <stet/naming/output_name.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace {

constexpr stet::calendar_time early{.year = 2026, .month = 3, .day = 4, .hour = 5, .minute = 6, .second = 7};
constexpr stet::calendar_time late{
    .year = 2026, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 58};

struct row {
    std::string_view prefix;
    std::string_view expanded;
};

} // namespace

TEST_CASE("the fields ComfyUI knows are replaced as it replaces them")
{
    for (const row& given : {
             row{"ComfyUI", "ComfyUI"},
             row{"", ""},
             row{"%width%x%height%", "512x768"},
             row{"%year%/%month%", "2026/03"},
             row{"%year%-%month%-%day%", "2026-03-04"},
             row{"%hour%%minute%%second%", "050607"},
             row{"a%year%b%year%c", "a2026b2026c"},
         })
    {
        CAPTURE(given.prefix);
        CHECK(stet::expand_placeholders(given.prefix, {.time = early, .width = 512, .height = 768}) ==
              given.expanded);
    }
    CHECK(stet::expand_placeholders("%month%%day%_%hour%%minute%%second%", {.time = late}) == "1231_235958");
}

TEST_CASE("for a checkpoint width and height are zero unless given")
{
    CHECK(stet::expand_placeholders("%width%x%height%", {}) == "0x0");
}

TEST_CASE("what is no field stays as it is")
{
    for (const std::string_view prefix :
         {"100%", "%", "%%", "%%%", "%WIDTH%", "%Year%", "%unknown%", "% year%", "%year %", "%year", "year%",
          "%node.widget%", "50% of 100%", "%dates%"})
    {
        CAPTURE(prefix);
        CHECK(stet::expand_placeholders(prefix, {.time = early}) == prefix);
    }
}

TEST_CASE("a percent sign that ends no field may begin one")
{
    for (const row& given : {
             row{"%%width%%", "%0%"},
             row{"100%%year%", "100%2026"},
             row{"%x%year%", "%x2026"},
             row{"%width%height%", "0height%"},
             row{"%year%%", "2026%"},
         })
    {
        CAPTURE(given.prefix);
        CHECK(stet::expand_placeholders(given.prefix, {.time = early}) == given.expanded);
    }
}

TEST_CASE("a date is written by its pattern")
{
    for (const row& given : {
             row{"%date%", "2026-03-04"},
             row{"%date:yyyy-MM-dd%", "2026-03-04"},
             row{"%date:yyyyMMdd_hhmmss%", "20260304_050607"},
             row{"%date:yy-M-d h-m-s%", "26-3-4 5-6-7"},
             row{"%date:yyyy/MM%", "2026/03"},
             row{"%date:%", ""},
             row{"%date:y%", "y"}, // one or three are no year
             row{"%date:yyy%", "yyy"},
             row{"%date:yyyyyy%", "202626"},
             row{"%date:MMM%", "033"},
             row{"%date:Q--%", "Q--"},
         })
    {
        CAPTURE(given.prefix);
        CHECK(stet::expand_placeholders(given.prefix, {.time = early}) == given.expanded);
    }
    CHECK(stet::expand_placeholders("%date:yy M d h m s%", {.time = late}) == "26 12 31 23 59 58");
    CHECK(stet::expand_placeholders("%date:yy yyyy%", {.time = stet::calendar_time{.year = 905}}) ==
          "05 0905");
    CHECK(stet::expand_placeholders("%date:yyyy M d h m s%", {.time = stet::calendar_time{}}) ==
          "0000 0 0 0 0 0");
}

TEST_CASE("without a time its fields stay")
{
    for (const std::string_view prefix :
         {"%year%", "%month%", "%day%", "%hour%", "%minute%", "%second%", "%date%", "%date:yyyy%"})
    {
        CAPTURE(prefix);
        CHECK(stet::expand_placeholders(prefix, {}) == prefix);
    }
    CHECK(stet::expand_placeholders("%year%%width%", {.width = 3}) == "%year%3");
}

TEST_CASE("a prefix mentions the time exactly when a field of it needs one")
{
    for (const std::string_view prefix :
         {"%year%", "a/%month%", "%day%x", "%hour%", "%minute%", "%second%", "%date%", "%date:yyyy%"})
    {
        CAPTURE(prefix);
        CHECK(stet::detail::mentions_time(prefix));
    }
    for (const std::string_view prefix : {"", "ComfyUI", "year", "%width%", "100%"}) {
        CAPTURE(prefix);
        CHECK_FALSE(stet::detail::mentions_time(prefix));
    }
}
