// SPDX-License-Identifier: MIT
#include <stet/metadata/impl/iso_8601.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <vector>

using stet::detail::is_iso_8601;

namespace {

using texts = std::vector<std::string_view>;

texts chosen(const texts& given, bool are_dates)
{
    texts all;
    for (const std::string_view text : given) {
        if (is_iso_8601(text) == are_dates)
            all.push_back(text);
    }
    return all;
}

texts dates(const texts& given)
{
    return chosen(given, true);
}

texts not_dates(const texts& given)
{
    return chosen(given, false);
}

} // namespace

static_assert(is_iso_8601("2024-05-31T18:13:38Z"));
static_assert(!is_iso_8601("31.05.2024"));

TEST_CASE("a date is a year, a month or a day, with or without separators")
{
    CHECK(not_dates({"2024", "0000", "9999", "2024-05", "2024-05-31", "20240531"}) == texts{});
    CHECK(dates({"",
                 " ",
                 "-",
                 "2",
                 "202",
                 "20245",
                 "202405",
                 "2024-",
                 "2024-5",
                 "2024-5-31",
                 "2024-05-",
                 "2024-05-3",
                 "2024-05-311",
                 "2024-0531",
                 "202405-31",
                 "202405311",
                 "-2024",
                 "+2024-05-31",
                 "24-05-31",
                 "2024/05/31",
                 "31-05-2024",
                 " 2024-05-31",
                 "2024-05-31 ",
                 "2024-05-31\n",
                 "May 2024",
                 "now",
                 "2024\xE2\x80\x90"
                 "05\xE2\x80\x90"
                 "31"}) == texts{});
}

TEST_CASE("only days that exist are dates")
{
    CHECK(not_dates({"2024-01-31", "2024-02-29", "2000-02-29", "0000-02-29", "2023-02-28", "2024-03-31",
                     "2024-04-30", "2024-06-30", "2024-09-30", "2024-11-30", "2024-12-31"}) == texts{});
    CHECK(dates({"2024-00", "2024-13", "2024-01-00", "2024-01-32", "2024-02-30", "2023-02-29", "1900-02-29",
                 "2100-02-29", "2024-03-32", "2024-04-31", "2024-06-31", "2024-09-31", "2024-11-31",
                 "2024-12-32", "20230229"}) == texts{});
}

TEST_CASE("a date may count the days of the year")
{
    CHECK(not_dates({"2024-001", "2024-366", "2023-365", "2024366", "2024053", "2024-366T10:00",
                     "2024366T1000"}) == texts{});
    CHECK(dates({"2024-000", "2024-367", "2023-366", "1900-366", "2024-36"}) == texts{});
}

TEST_CASE("a date may be a week or a day of one")
{
    CHECK(not_dates({"2024-W01", "2024W01", "2024-W22-5", "2024W225", "2024-W52-7", "2020-W53", "2015-W53-4",
                     "0004-W53", "1976-W53", "2024-W22-5T18:13"}) == texts{});
    CHECK(dates({"2024-W00", "2024-W53", "2023-W53", "2014-W53", "2024-W1", "2024-W22-0", "2024-W22-8",
                 "2024-W225", "2024W22-5", "2024-w22", "2024-W22-", "2024-W", "2024-W22T18:13",
                 "2024-W22-55"}) == texts{});
}

TEST_CASE("a day may have a time, down to fractions")
{
    CHECK(not_dates({"2024-05-31T18", "2024-05-31T18:13", "2024-05-31T18:13:38", "2024-05-31T18:13:38.5",
                     "2024-05-31T18:13:38,123456789", "2024-05-31T18.5", "2024-05-31T18:13.25", "20240531T18",
                     "20240531T1813", "20240531T181338", "20240531T181338.001", "2024-05-31T00:00:00",
                     "2024-05-31T23:59:59", "2024-06-30T23:59:60"}) == texts{});
    CHECK(dates({"2024T18:13",         "2024-05T18:13",           "2024-05-31T",
                 "2024-05-31 18:13",   "2024-05-31t18:13",        "2024-05-31T1",
                 "2024-05-31T18:",     "2024-05-31T18:1",         "2024-05-31T18:13:",
                 "2024-05-31T18:13:3", "2024-05-31T18:13:38.",    "2024-05-31T18:13:38,Z",
                 "2024-05-31T25:00",   "2024-05-31T18:60",        "2024-05-31T18:13:61",
                 "2024-05-31T181338",  "20240531T18:13:38",       "2024-05-31T18:13:38:00",
                 "20240531T18133",     "2024-05-31T18:13:38.5.5", "2024-05-31T-1:00"}) == texts{});
}

TEST_CASE("the end of a day is its hour 24, exactly")
{
    CHECK(not_dates({"2024-05-31T24", "2024-05-31T24:00", "2024-05-31T24:00:00.000", "20240531T2400"}) ==
          texts{});
    CHECK(dates({"2024-05-31T24:01", "2024-05-31T24:00:01", "2024-05-31T24:00:00.001", "2024-05-31T24.5"}) ==
          texts{});
}

TEST_CASE("a time may have a zone")
{
    CHECK(not_dates({"2024-05-31T18:13:38Z", "2024-05-31T18Z", "2024-05-31T18:13:38+02:00",
                     "2024-05-31T18:13:38-09:30", "2024-05-31T18:13+02", "2024-05-31T18:13:38.5+00:00",
                     "20240531T181338+0200", "20240531T181338-09", "2024-05-31T24:00Z"}) == texts{});
    CHECK(dates({"2024-05-31Z", "2024-05-31+02:00", "2024-05-31T18:13:38z", "2024-05-31T18:13:38ZZ",
                 "2024-05-31T18:13:38+", "2024-05-31T18:13:38+2", "2024-05-31T18:13:38+24:00",
                 "2024-05-31T18:13:38+02:60", "2024-05-31T18:13:38+02:", "2024-05-31T18:13:38+0200",
                 "20240531T181338+02:00", "2024-05-31T18:13:38 Z", "2024-05-31T18:13:38+02:00:00",
                 "2024-05-31T18:13:38UTC"}) == texts{});
}

TEST_CASE("a moment is written as a date that reads back as one")
{
    const stet::calendar_time moment{.year = 2024, .month = 5, .day = 3, .hour = 8, .minute = 1, .second = 9};
    CHECK(stet::detail::iso_8601(moment) == "2024-05-03T08:01:09");
    CHECK(is_iso_8601(stet::detail::iso_8601(moment)));
    CHECK_FALSE(is_iso_8601(stet::detail::iso_8601({.year = 10'000, .month = 1, .day = 1})));
    CHECK_FALSE(is_iso_8601(stet::detail::iso_8601({})));
}
