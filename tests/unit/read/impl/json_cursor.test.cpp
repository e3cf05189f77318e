// SPDX-License-Identifier: MIT
#include <stet/read/impl/json_cursor.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using stet::detail::json_cursor;

namespace {

/// Whether all of the text is one value.
bool is_value(std::string_view text)
{
    json_cursor cursor(text);
    if (!cursor.skip_value(0))
        return false;
    cursor.skip_space();
    return cursor.at_end();
}

std::string unescaped(std::string_view quoted)
{
    json_cursor                     cursor(quoted);
    stet::detail::json_string_piece piece;
    if (!cursor.string(piece) || !cursor.at_end())
        return "refused";
    std::string text(piece.written.size(), '\0');
    text.resize(stet::detail::unescape(piece.written, text.data()));
    CHECK(piece.has_escapes == (piece.written.find('\\') != std::string_view::npos));
    return text;
}

std::string nested(std::size_t levels)
{
    return std::string(levels, '[') + std::string(levels, ']');
}

} // namespace

TEST_CASE("values of every kind are passed over")
{
    for (const char* const text :
         {"null", "true", "false", "0", "-1.5e3", "\"a\\n\"", "[]", "{}", "[1,[2],{}]",
          "{\"a\":{\"b\":[]},\"c\":null}", " [ 1 , 2 ] ", "{ \"a\" : 1 }\n"})
    {
        INFO(text);
        CHECK(is_value(text));
    }
}

TEST_CASE("what is no JSON is not passed over")
{
    for (const char* const text :
         {"",           " ",     "nul",     "True",     "[",      "]",          "{",
          "}",          "[1",    "[1,]",    "[,1]",     "[1 2]",  "{\"a\"}",    "{\"a\":}",
          "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1", "[1}",    "{\"a\":1]",  "01",
          "1.",         "\"a",   "\"\\x\"", "\"\n\"",   "NaN",    "// a",       "1 2",
          "\f1",        "{1}",   "{[]}",    "{{}}",     "{null}", "{\"a\":1,2}"}) // a value in a name's place
    {
        INFO(text);
        CHECK_FALSE(is_value(text));
    }
}

TEST_CASE("127 arrays and objects may lie inside each other")
{
    CHECK(is_value(nested(127)));
    CHECK_FALSE(is_value(nested(128)));
    CHECK_FALSE(is_value(nested(20'000)));
    const std::string text = nested(125);
    CHECK(json_cursor(text).skip_value(2));
    CHECK_FALSE(json_cursor(text).skip_value(3));
}

TEST_CASE("many arrays beside each other are no depth")
{
    std::string text = "[";
    for (int i = 0; i < 1000; ++i)
        text += "[],{},";
    CHECK(is_value(text + "[]]"));
}

TEST_CASE("escapes become the characters they stand for")
{
    CHECK(unescaped(R"("plain")") == "plain");
    CHECK(unescaped(R"("")").empty());
    CHECK(unescaped(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
    CHECK(unescaped(R"("\u0041\u00e9\u6E05")") == "A\xC3\xA9\xE6\xB8\x85");
    CHECK(unescaped(R"("\u00aa\u00AA\u00ff\u00FF\u0099")") == "\xC2\xAA\xC2\xAA\xC3\xBF\xC3\xBF\xC2\x99");
    CHECK(unescaped(R"("\u007f\u0080")") == "\x7F\xC2\x80"); // the last and the first of each length
    CHECK(unescaped(R"("\u07ff\u0800\uffff")") == "\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF");
    CHECK(unescaped(R"("\ud83d\ude00")") == "\xF0\x9F\x98\x80");
    CHECK(unescaped(R"("\ud800\udc00\uDBFF\uDFFF")") == "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
    CHECK(unescaped(R"("a\u0000b")") == std::string("a\0b", 3));
    CHECK(unescaped(R"("\ud7ff\ue000")") == "\xED\x9F\xBF\xEE\x80\x80");
}

TEST_CASE("a malformed escape is refused")
{
    for (const char* const text :
         {R"("\x41")", R"("\u")", R"("\u12")", R"("\u12g4")", R"("\ud800")", R"("\ud800x")", R"("\ud800\n")",
          R"("\ud800\u0041")", R"("\ud800\ud800")", R"("\ud800\ue000")", R"("\udc00")", R"("\udc00\udc00")",
          R"("\ud800\ndc00")", R"("\ud800udc00")", R"("\)", R"("\")", R"("\u00)"})
    {
        INFO(text);
        CHECK(unescaped(text) == "refused");
    }
}

TEST_CASE("a plain integer gives its value, another number none")
{
    const auto natural = [](std::string_view text) {
        json_cursor                     cursor(text);
        stet::detail::json_number_piece piece;
        return cursor.number(piece) && piece.is_natural ? std::to_string(piece.value) : std::string("none");
    };
    CHECK(natural("0") == "0");
    CHECK(natural("281474976710656,") == "281474976710656");
    CHECK(natural("18446744073709551615]") == "18446744073709551615");
    for (const char* const text :
         {"18446744073709551616", "99999999999999999999", "-0", "-1", "1.0", "1e3", "00", "02"})
        CHECK(natural(text) == "none");
}

TEST_CASE("a failure says what is wrong and where")
{
    json_cursor cursor("[1,x]");
    CHECK_FALSE(cursor.skip_value(0));
    CHECK(cursor.at() == 3);
    CHECK(cursor.reason() == "a value is missing or malformed");

    json_cursor cut("[1,");
    CHECK_FALSE(cut.skip_value(0));
    CHECK(cut.at() == 3);
    CHECK(cut.reason() == "it ends in the middle");
}
