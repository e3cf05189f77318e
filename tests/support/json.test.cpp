// SPDX-License-Identifier: MIT
#include "support/json.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using support::json_value;
using support::parse_json;

TEST_CASE("the JSON reader tells the kinds of values apart")
{
    const auto value = parse_json(" [ null , true,false , 7 , -7 , 2.5e1 , \"x\" , [] , {} ]\n");
    REQUIRE(value);
    REQUIRE(value->elements() != nullptr);
    const json_value::array& all = *value->elements();
    REQUIRE(all.size() == 9);

    CHECK(all[0].is_null());
    CHECK(all[1].boolean() == true);
    CHECK(all[2].boolean() == false);
    CHECK(all[3].integer() == 7U);
    CHECK(all[3].signed_integer() == 7);
    CHECK_FALSE(all[4].integer());
    CHECK(all[4].signed_integer() == -7);
    CHECK_FALSE(all[5].integer());
    CHECK(all[5].number() == 25.0);
    REQUIRE(all[6].string() != nullptr);
    CHECK(*all[6].string() == "x");
    REQUIRE(all[7].elements() != nullptr);
    CHECK(all[7].elements()->empty());
    REQUIRE(all[8].members() != nullptr);
    CHECK(all[8].members()->empty());

    CHECK_FALSE(all[0].boolean());
    CHECK_FALSE(all[0].number());
    CHECK(all[0].string() == nullptr);
    CHECK(all[0].elements() == nullptr);
    CHECK(all[0].members() == nullptr);
    CHECK(all[0].find("x") == nullptr);
}

TEST_CASE("the JSON reader keeps integers of 64 bits exactly")
{
    CHECK(parse_json("18446744073709551615")->integer() == UINT64_MAX);
    CHECK(parse_json("9007199254740993")->integer() == 9007199254740993U);
    CHECK(parse_json("-9223372036854775808")->signed_integer() == INT64_MIN);
    CHECK(parse_json("9223372036854775807")->signed_integer() == INT64_MAX);
    CHECK_FALSE(parse_json("9223372036854775808")->signed_integer());
    CHECK_FALSE(parse_json("18446744073709551616")->integer());
    CHECK(parse_json("18446744073709551616")->number() == 18446744073709551616.0);
    CHECK_FALSE(parse_json("-9223372036854775809")->signed_integer());
    CHECK_FALSE(parse_json("1.0")->integer());
    CHECK(parse_json("-0")->number() == 0.0);
    CHECK(parse_json("0")->integer() == 0U);
}

TEST_CASE("the JSON reader keeps the order of members and finds them by key")
{
    const auto value = parse_json(R"({"z":1, "a":{"deep":[2]}, "":3})");
    REQUIRE(value);
    REQUIRE(value->members() != nullptr);

    std::string order;
    for (const support::json_member& one : *value->members())
        order += one.key + ";";
    CHECK(order == "z;a;;");
    REQUIRE(value->at("a").at("deep").items().size() == 1);
    for (const json_value& deep : value->at("a").at("deep").items())
        CHECK(deep.integer() == 2U);
    CHECK(value->at("").integer() == 3U);
    CHECK(value->find("b") == nullptr);
    CHECK(value->at("b").at("deep").is_null());
    CHECK(value->at("z").text().empty());
}

TEST_CASE("the JSON reader decodes every escape to UTF-8")
{
    const auto value = parse_json(R"("\"\\\/\b\f\n\r\t|\u0041\u00e9\u20AC\ud83d\ude00\u0000end")");
    REQUIRE(value);
    REQUIRE(value->string() != nullptr);

    using namespace std::string_view_literals;
    CHECK(value->text() == "\"\\/\b\f\n\r\t|A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\0end"sv);
    CHECK(parse_json(R"("\udbff\udfff\uffff")")->text() == "\xF4\x8F\xBF\xBF\xEF\xBF\xBF");
    CHECK(parse_json("\"\xC3\xA9\x7F\"")->text() == "\xC3\xA9\x7F");
}

TEST_CASE("the JSON reader refuses what is not JSON")
{
    using namespace std::string_view_literals;
    for (const std::string_view text : {
             ""sv,
             " "sv,
             "{"sv,
             "[1,]"sv,
             "[1 2]"sv,
             "[,1]"sv,
             "{,}"sv,
             "{\"a\":1,}"sv,
             "{\"a\"}"sv,
             "{a:1}"sv,
             "{\"a\":1 \"b\":2}"sv,
             "{1:2}"sv,
             "1 2"sv,
             "{}x"sv,
             "{}\0"sv,
             "\xEF\xBB\xBF{}"sv,
             "nul"sv,
             "True"sv,
             "NaN"sv,
             "Infinity"sv,
             "+1"sv,
             "-"sv,
             "01"sv,
             "-01"sv,
             ".5"sv,
             "1."sv,
             "1e"sv,
             "1e+"sv,
             "0x1"sv,
             "'a'"sv,
             "\"a"sv,
             "\"a\nb\""sv,
             "\"\\x41\""sv,
             "\"\\u12\""sv,
             "\"\\u12g4\""sv,
             "\"\\ud800\""sv,
             "\"\\ud800x\""sv,
             "\"\\ud800\\u0041\""sv,
             "\"\\udc00\""sv,
             "\"\\\""sv,
             "[1] // no"sv,
             "{\"a\":1,\"a\":2}"sv,
             "{\"a\":1,\"\\u0061\":2}"sv,
         })
    {
        CAPTURE(text);
        CHECK_FALSE(parse_json(text));
    }
}

TEST_CASE("the JSON reader stops at five hundred levels")
{
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };

    CHECK(parse_json(nested(500)));
    CHECK_FALSE(parse_json(nested(501)));
    CHECK_FALSE(parse_json(std::string(100'000, '[')));
}
