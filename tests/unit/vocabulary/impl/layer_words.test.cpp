// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/layer_words.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

using stet::detail::compare_spelled;
using stet::detail::each_member;
using stet::detail::json_walk;
using stet::detail::mean_the_same;
using stet::detail::spelled_letters;

namespace {

/// "name=value " of each member; "!" at the end where the text is no object.
std::string members(std::string_view object)
{
    std::string all;
    const bool  is_object = each_member(object, [&all](std::string_view name, std::string_view value) {
        all += std::string(name) + "=" + std::string(value) + " ";
    });
    return all + (is_object ? "" : "!");
}

std::string letters(std::string_view spelled)
{
    std::string     all;
    spelled_letters left(spelled);
    for (std::string_view piece = left.next(); !piece.empty(); piece = left.next())
        all += piece;
    return all;
}

} // namespace

TEST_CASE("members of an object are found, whatever their values")
{
    CHECK(members(" {}") == "");
    CHECK(members("\xEF\xBB\xBF{\"a\":1}") == "a=1 ");
    CHECK(members(R"({"a": 1 , "b":"x", "c": true})") == R"(a=1 b="x" c=true )");
    CHECK(members(R"({"a": {"b": [1, {"c": "}]"}]}, "d": [], "e": {}})") ==
          R"(a={"b": [1, {"c": "}]"}]} d=[] e={} )");
    CHECK(members(R"({"a\"b": "\\", "c": ""})") == R"(a\"b="\\" c="" )");
}

TEST_CASE("what is no object ends the walk")
{
    for (const std::string_view text : {"", " ", "7", "[]", "null", "{", "{\"", "{\"a", "{\"a\"",
                                        "{\"a\":", "{\"a\":}", "{a: 1}", "{\"a\" 1}", "{,}"})
        CHECK(members(text) == "!");
    CHECK(members(R"({"a": 1)") == "a=1 !");
    CHECK(members(R"({"a": 1, )") == "a=1 !");
    CHECK(members(R"({"a": 1 2})") == "a=1 !");
    CHECK(members(R"({"a": [1, 2})") == "a=[1, 2} !");
}

TEST_CASE("a text as deep as it is long is walked over like any other")
{
    const std::size_t deep = 1 << 20;
    const std::string text = std::string(deep, '[') + std::string(deep, ']') + ",";
    json_walk         walk(text);
    CHECK(walk.value().size() == 2 * deep);
    CHECK(walk.take(','));
    walk = json_walk(std::string_view(text).substr(0, deep));
    CHECK(walk.value().size() == deep);
    CHECK(walk.value().empty());
}

TEST_CASE("a text is read as what its escapes stand for")
{
    CHECK(letters("") == "");
    CHECK(letters("a.b") == "a.b");
    CHECK(letters(R"(a\u002eb\u002Ec)") == "a.b.c");
    CHECK(letters(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
    CHECK(letters(R"(\u0041\u00e9\u20AC)") == "A\xC3\xA9\xE2\x82\xAC");
    CHECK(letters(R"(x\ud83d\ude00y)") == "x\xF0\x9F\x98\x80y");
    CHECK(letters(R"(\u0000)") == std::string_view("\0", 1));
}

TEST_CASE("half of a pair is a letter of its own, and what is no escape stands for itself")
{
    CHECK(letters(R"(\ud83d)") == "\xED\xA0\xBD");
    CHECK(letters(R"(\ude00\ud83d)") == "\xED\xB8\x80\xED\xA0\xBD");
    CHECK(letters(R"(\ud83d\u0041)") == "\xED\xA0\xBD"
                                        "A");
    CHECK(letters(R"(\ud83d\ud83d\ude00)") == "\xED\xA0\xBD\xF0\x9F\x98\x80");
    for (const std::string_view text :
         {"\\", "a\\", "\\x41", "\\u", "\\u00", "\\u004", "\\u00g1", "\\U0041", "\\u 041"})
        CHECK(letters(text) == text);
}

TEST_CASE("a name compares as what it means, wherever the other is cut")
{
    for (const std::string_view spelled : {"a.b", R"(a\u002eb)", R"(\u0061\u002e\u0062)"}) {
        CHECK(compare_spelled(spelled, "a.b") == 0);
        CHECK(compare_spelled(spelled, "", "a.b") == 0);
        CHECK(compare_spelled(spelled, "a", ".b") == 0);
        CHECK(compare_spelled(spelled, "a.b", "") == 0);
        CHECK(compare_spelled(spelled, "a.", "") > 0);
        CHECK(compare_spelled(spelled, "a.b", "c") < 0);
        CHECK(compare_spelled(spelled, "a.", "c") < 0);
        CHECK(compare_spelled(spelled, "a.a", "x") > 0);
    }
    CHECK(compare_spelled("", "") == 0);
    CHECK(compare_spelled("", "", "a") < 0);
    CHECK(compare_spelled(R"(\u00e9)", "z") > 0); // as bytes without a sign
    CHECK(compare_spelled(R"(a\u0000)", "a") > 0);
    CHECK(compare_spelled(R"(a\\b)", R"(a\b)") == 0);
}

TEST_CASE("escapes make no difference to what descriptions mean")
{
    CHECK(mean_the_same(R"({"format": "nvfp4"})", R"({"f\u006frmat": "nv\u0066p4"})"));
    CHECK(mean_the_same(R"({"format": "int8_tensorwise", "convrot": true})",
                        R"({"format": "int8\u005ftensorwise", "p\u0061rams": {"c\u006fnvrot": true}})"));
    CHECK(mean_the_same(R"({"format": "a\/b"})", R"({"format": "a/b"})"));
    CHECK_FALSE(mean_the_same(R"({"format": "nvfp4"})", R"({"format": "nvfp\u0034\u0034"})"));
    CHECK_FALSE(mean_the_same(R"({"format": "int8_tensorwise"})",
                              R"({"format": "int8_tensorw\u0069se", "convrot": true})"));
}

TEST_CASE("descriptions mean the same, however they are spelled")
{
    CHECK(mean_the_same(R"({"format": "nvfp4"})", R"( {"x": 1, "format":"nvfp4", "num_experts": 8})"));
    CHECK(mean_the_same(R"({"format": "nvfp4"})",
                        R"({"full_precision_matrix_mult": false, "format": "nvfp4"})"));
    CHECK(mean_the_same(
        R"({"format": "int8_tensorwise", "convrot": true})",
        R"({"format": "int8_tensorwise", "params": {"convrot": true, "convrot_groupsize": 256}})"));
    CHECK(mean_the_same(R"({"format": "int8_tensorwise", "convrot_groupsize": 64})",
                        R"({"format": "int8_tensorwise"})"));
    CHECK(mean_the_same(R"({"format": "int8_tensorwise", "convrot": false, "params": {"convrot": true}})",
                        R"({"format": "int8_tensorwise"})"));
    CHECK(mean_the_same(R"({"format": "convrot_w4a4", "convrot_groupsize": "64", "convrot": true})",
                        R"({"format": "convrot_w4a4", "convrot_groupsize": 64, "linear_dtype": "int4"})"));
    CHECK(mean_the_same(R"({"format": "asym_w4a8_int8"})",
                        R"({"format": "asym_w4a8_int8", "group_size": 16})"));
    CHECK(mean_the_same(R"({"format": "awq_w4a16"})", R"({"format": "awq_w4a16", "group_size": 64})"));
    CHECK(mean_the_same(R"({"format": "nvfp4", "format": "mxfp8"})", R"({"format": "mxfp8"})"));
    CHECK(mean_the_same(R"({"format": "nvfp4"})", R"({"format": "nvfp4", "group_size": 7, "params": 7})"));
    CHECK(mean_the_same(
        R"({"format": "nvfp4"})",
        R"({"format": "nvfp4", "linear_dtype": "int8", "convrot": true, "convrot_groupsize": 16})"));
    CHECK(mean_the_same("{}", "{}"));
}

TEST_CASE("descriptions of which one makes other numbers do not")
{
    const auto differ = [](std::string_view a, std::string_view b) {
        return !mean_the_same(a, b) && !mean_the_same(b, a);
    };
    CHECK(differ(R"({"format": "float8_e4m3fn"})", R"({"format": "float8_e5m2"})"));
    CHECK(differ(R"({"format": "nvfp4"})", R"({"format": "NVFP4"})"));
    CHECK(differ(R"({"format": "nvfp4"})", "{}"));
    CHECK(differ(R"({"format": "nvfp4"})", R"({"format": null})"));
    CHECK(differ(R"({"format": "nvfp4"})", R"({"format": "nvfp4", "full_precision_matrix_mult": true})"));
    CHECK(differ(R"({"format": "int8_tensorwise"})", R"({"format": "int8_tensorwise", "convrot": true})"));
    CHECK(differ(R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": 64})",
                 R"({"format": "int8_tensorwise", "convrot": true})"));
    CHECK(differ(R"({"format": "convrot_w4a4"})", R"({"format": "convrot_w4a4", "convrot_groupsize": 16})"));
    CHECK(differ(R"({"format": "convrot_w4a4"})", R"({"format": "convrot_w4a4", "linear_dtype": "int8"})"));
    CHECK(differ(R"({"format": "asym_w4a8_int8"})", R"({"format": "asym_w4a8_int8", "group_size": 32})"));
    CHECK(differ(R"({"format": "awq_w4a16"})", R"({"format": "awq_w4a16", "group_size": 16})"));
    for (const std::string_view none : {"", "null", "[]", R"("nvfp4")", R"({"format": "nvfp4")"})
        CHECK(differ(R"({"format": "nvfp4"})", none));
}

TEST_CASE("a format of one's own says which of its members count")
{
    constexpr stet::detail::marker_members grouped{.group_size = true, .usual_group_size = 8};
    constexpr std::string_view             with = R"({"format": "mine", "group_size": 4})";
    constexpr std::string_view             usual = R"({"format": "mine", "group_size": 8})";
    constexpr std::string_view             without = R"({"format": "mine"})";
    CHECK(mean_the_same(with, without));
    CHECK_FALSE(mean_the_same(with, without, &grouped));
    CHECK(mean_the_same(usual, without, &grouped));
}
