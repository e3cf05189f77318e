// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/comfyui/comfyui_target.hpp>
#include <stet/vocabulary/impl/json_reader.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

using namespace std::string_view_literals;
using stet::errc;
using stet::comfyui::redump_json;
using support::counting_heap;

namespace {

/// Or what is wrong with the text, and where.
std::string redumped(std::string_view text)
{
    const auto made = redump_json(text);
    if (made)
        return std::string(made->view());
    std::string refused = made.error().code == errc::invalid_json ? "invalid at " : "failed at ";
    return refused += std::to_string(made.error().actual);
}

std::string quoted(std::string_view text)
{
    std::string all(1, '"');
    all += text;
    return all += '"';
}

std::string repeated(std::string_view piece, std::size_t count)
{
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += piece;
    return all;
}

} // namespace

static_assert(std::is_same_v<decltype(redump_json("")), stet::result<stet::detail::json_text>>);
static_assert(noexcept(redump_json(std::string_view())));

TEST_CASE("words stay as they are")
{
    for (const std::string_view word : {"true", "false", "null", "NaN", "Infinity", "-Infinity"})
        CHECK(redumped(word) == word);
    CHECK(redumped("[NaN,-Infinity,true]") == "[NaN, -Infinity, true]");
}

TEST_CASE("space between what belongs together becomes Python's")
{
    CHECK(redumped(" \t\r\n[ 1 ,\n2 ]\t") == "[1, 2]");
    CHECK(redumped(R"({"a" :1,"b":  [ ] ,"c":{ }})") == R"({"a": 1, "b": [], "c": {}})");
    CHECK(redumped("[[],{},[ [ ] ]]") == "[[], {}, [[]]]");
    CHECK(redumped(R"([{"a":[{"b":1}]},2])") == R"([{"a": [{"b": 1}]}, 2])");
    CHECK(redumped("\"\\t  ,: \"") == "\"\\t  ,: \"");
}

TEST_CASE("space is space, tab, line feed and carriage return, nothing else")
{
    for (const char c : {'\0', '\v', '\f', '\b', '\x1F', '\x7F'}) {
        CHECK(redumped(std::string("[") + c + "1]") == "invalid at 1");
        CHECK(redumped(std::string("1") + c) == "invalid at 1");
        CHECK(redumped(std::string(1, c)) == "invalid at 0");
    }
    CHECK(redumped("\xC2\xA0"
                   "1") == "invalid at 0");
    CHECK(redumped("\xEF\xBB\xBF"
                   "1") == "invalid at 0");
}

TEST_CASE("integers stay exact, of any size up to Python's limit")
{
    for (const std::string_view integer :
         {"0", "1", "-1", "18446744073709551616", "-123456789012345678901234567890"})
        CHECK(redumped(integer) == integer);
    CHECK(redumped("-0") == "0");

    const std::string longest(stet::detail::most_json_integer_digits, '9');
    CHECK(redumped(longest) == longest);
    CHECK(redumped("-" + longest) == "-" + longest);
    CHECK(redumped("9" + longest) == "invalid at 0");
    CHECK(redumped("[1,-9" + longest + "]") == "invalid at 3");
    CHECK(redumped("9" + longest + ".0") == "Infinity");
    CHECK(redumped("0." + longest + "9") == "1.0");
}

TEST_CASE("numbers with a fraction or an exponent take Python's form")
{
    CHECK(redumped("[1.50,1E5,-0.0,1e16,0.00001,1e400,-1e400]") ==
          "[1.5, 100000.0, -0.0, 1e+16, 1e-05, Infinity, -Infinity]");
}

TEST_CASE("what is no number is refused where it ends")
{
    CHECK(redumped("01") == "invalid at 1");
    CHECK(redumped("-") == "invalid at 0");
    CHECK(redumped("-NaN") == "invalid at 0");
    CHECK(redumped("+1") == "invalid at 0");
    CHECK(redumped(".5") == "invalid at 0");
    CHECK(redumped("1.") == "invalid at 1");
    CHECK(redumped("[1.e5]") == "invalid at 2");
    CHECK(redumped("1e") == "invalid at 1");
    CHECK(redumped("1_000") == "invalid at 1");
    CHECK(redumped("0x10") == "invalid at 1");
    CHECK(redumped("\xD9\xA1") == "invalid at 0");
}

TEST_CASE("every character of ASCII is written as Python does")
{
    for (int code = 0x20; code < 0x80; ++code) {
        const char c = static_cast<char>(code);
        if (c == '"' || c == '\\')
            continue;
        const std::string expected = c == 0x7F ? "\\u007f" : std::string(1, c);
        CHECK(redumped(quoted({&c, 1})) == quoted(expected));
        // Among others, which are looked at eight at a time.
        const std::string around = "12345678";
        CHECK(redumped(quoted(around + c + around)) == quoted(around + expected + around));
    }
    for (int code = 0; code < 0x20; ++code)
        CHECK(redumped("\"a" + std::string(1, static_cast<char>(code)) + "\"") == "invalid at 2");
}

TEST_CASE("characters beyond ASCII are escaped in UTF-16, in lower case")
{
    CHECK(redumped("\"\xC2\x80\xC3\xA9\xDF\xBF\"") == R"("\u0080\u00e9\u07ff")");
    CHECK(redumped("\"\xE0\xA0\x80\xE6\x97\xA5\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\"") ==
          R"("\u0800\u65e5\ud7ff\ue000\uffff")");
    CHECK(redumped("\"\xF0\x90\x80\x80\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF\"") ==
          R"("\ud800\udc00\ud83d\ude00\udbff\udfff")");
}

TEST_CASE("an escape is written in Python's form")
{
    CHECK(redumped(R"("\"\\\/\b\f\n\r\t")") == R"("\"\\/\b\f\n\r\t")");
    CHECK(redumped(R"("\u0022\u005c\u002F\u0008\u000c\u000A\u000d\u0009")") == R"("\"\\/\b\f\n\r\t")");
    CHECK(redumped(R"("\u0041\u007e\u007F\u0080\u0000\u001F")") == R"("A~\u007f\u0080\u0000\u001f")");
    CHECK(redumped(R"("\u00E9\uABCD\uefAB")") == R"("\u00e9\uabcd\uefab")");
}

TEST_CASE("surrogates stay, with or without their other half")
{
    CHECK(redumped(R"("\uD83D\uDE00")") == R"("\ud83d\ude00")");
    CHECK(redumped(R"("\ud83d")") == R"("\ud83d")");
    CHECK(redumped(R"("\ude00\uD83Dx\ud83d\ud83d\ude00")") == R"("\ude00\ud83dx\ud83d\ud83d\ude00")");
}

TEST_CASE("what is no escape is refused at its backslash")
{
    for (const std::string_view escape :
         {R"(\x41)", R"(\')", R"(\U00e9)", R"(\u12)", R"(\u12g4)", R"(\u+123)", R"(\u 123)", R"(\a)", R"(\0)",
          R"(\v)", "\\\n", "\\\xC3\xA9"})
        CHECK(redumped("\"ab" + std::string(escape) + "\"") == "invalid at 3");
    CHECK(redumped("\"\\\0\""sv) == "invalid at 1");
    CHECK(redumped("\"\\") == "invalid at 1");
    CHECK(redumped("\"\\u00e") == "invalid at 1");
}

TEST_CASE("bytes that are no UTF-8 are refused where they stand")
{
    for (const std::string_view bytes :
         {"\x80", "\xC3", "\xC0\x80", "\xE6\x97", "\xED\xA0\x80", "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xFF"})
        CHECK(redumped("\"a" + std::string(bytes) + "\"") == "invalid at 2");
    CHECK(redumped("\"\xE6\x97") == "invalid at 1");
}

TEST_CASE("a key given twice keeps its first place and its last value")
{
    CHECK(redumped(R"({"a":1,"b":2,"a":3})") == R"({"a": 3, "b": 2})");
    CHECK(redumped(R"({"a":{"x":1},"a":{"y":2,"y":[{"z":1,"z":2}]},"b":0})") ==
          R"({"a": {"y": [{"z": 2}]}, "b": 0})");
    CHECK(redumped(R"([{"a":1,"a":2},{"a":1}])") == R"([{"a": 2}, {"a": 1}])");
    CHECK(redumped("{\"\xC3\xA9\":1,\"\\u00E9\":2}") == R"({"\u00e9": 2})");
    CHECK(redumped("{\"\xF0\x9F\x98\x80\":1,\"\\ud83d\\ude00\":2,\"\\ud83d\":3}") ==
          R"({"\ud83d\ude00": 2, "\ud83d": 3})");
    CHECK(redumped(R"({"\/\u0061":1,"/a":2})") == R"({"/a": 2})");
    CHECK(redumped(R"({"1":1,"1.0":2,"true":3})") == R"({"1": 1, "1.0": 2, "true": 3})");
}

TEST_CASE("what is no list and no object is refused at the byte that is wrong")
{
    for (const auto& [text, at] : {
             std::pair{""sv, 0}, {"  ", 2},      {"[", 1},
             {"{", 1},           {"]", 0},       {"}", 0},
             {"[1,]", 3},        {"[,1]", 1},    {"[1 2]", 3},
             {"[1", 2},          {"[1}", 2},     {"{\"a\":1]", 6},
             {"{\"a\":1,}", 7},  {"{,}", 1},     {"{\"a\" 1}", 5},
             {"{\"a\":}", 5},    {"{\"a\"}", 4}, {"{a:1}", 1},
             {"{1:1}", 1},       {"{'a':1}", 1}, {"{\"a\":1 \"b\":2}", 7},
             {"{\"a\"::1}", 5},  {"1 2", 2},     {"[]]", 2},
             {"{}{}", 2},        {"\"a", 2},     {"nul", 0},
             {"nulll", 4},       {"True", 0},    {"[infinity]", 1},
             {"// c\n1", 0},     {"[1/**/]", 2},
         })
        CHECK(redumped(text) == "invalid at " + std::to_string(at));
}

TEST_CASE("as many levels as Python takes are taken, one more is refused")
{
    constexpr std::size_t most = stet::detail::most_json_levels;
    for (const auto& [begin, inside, end] : {std::array{"["sv, ""sv, "]"sv}, {"{\"a\": ", "1", "}"}}) {
        const std::string text = repeated(begin, most) + std::string(inside) + repeated(end, most);
        CHECK(redumped(text) == text);
        CHECK(redumped("[" + text + ", " + text + "]") ==
              "failed at " + std::to_string(1 + begin.size() * (most - 1)));

        const auto refused = redump_json("[" + text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::json_too_deep);
        CHECK(refused.error().expected == most);
        CHECK(refused.error().actual == 1 + begin.size() * (most - 1));
    }
    // Only what has not ended counts.
    const std::string side_by_side = "[" + repeated("[{}], ", 2 * most) + "0]";
    CHECK(redumped(side_by_side) == side_by_side);
}

TEST_CASE("an endless opening of lists needs no memory to be refused")
{
    counting_heap heap;
    const auto    refused = redump_json(repeated("[", 1'000'000), heap.allocator());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::json_too_deep);
    CHECK(heap.peak_bytes() < 1'100'000);
}

TEST_CASE("memory stays within a multiple of the text")
{
    for (const std::string& text :
         {"{" + repeated("\"\":0,", 20'000) + "\"\":0}", "[" + repeated("1e15,", 20'000) + "0]",
          "\"" + std::string(100'000, '\x7F') + "\"", "[" + repeated("{\"\":0,\"\":0},", 10'000) + "0]"})
    {
        counting_heap heap;
        {
            const auto made = redump_json(text, heap.allocator());
            REQUIRE(made);
            CHECK(heap.live_blocks() == 1);
            CHECK(heap.live_bytes() <= text.size() * 9);
        }
        CHECK(heap.peak_bytes() <= text.size() * 24);
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
    }
}

TEST_CASE("a JSON text that finds no memory is refused, whichever allocation fails")
{
    const std::string text = "[" + repeated(R"({"a":{"b":[1e15,2e15],"b":"\u007f"},"c":1,"a":[[{}]]},)", 40) +
                             "\"" + std::string(500, '\x7F') + "\"]";
    counting_heap unlimited;
    REQUIRE(redump_json(text, unlimited.allocator()));
    CHECK(unlimited.allocations() > 5);
    for (std::size_t fails = 0; fails < unlimited.allocations(); ++fails) {
        counting_heap heap;
        heap.fail_from(fails);
        const auto refused = redump_json(text, heap.allocator());
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::out_of_memory);
        CHECK(refused.error().expected > 0);
        CHECK(heap.live_blocks() == 0);
    }
}

TEST_CASE("a text that outgrows its room at any token tells that memory runs out")
{
    struct tail {
        std::string_view given, written;
    };
    constexpr tail tails[] = {
        {R"("s"])", R"("s"])"},
        {"true]", "true]"},
        {"-1.5]", "-1.5]"},
        {"{}]", "{}]"},
        {"[[[[]]]]]", "[[[[]]]]]"},
        {R"({"k":{"l":-1}}])", R"({"k": {"l": -1}}])"},
        {R"({"k":[],"l":null,"m":false}])", R"({"k": [], "l": null, "m": false}])"},
    };
    for (const tail& last : tails) {
        for (std::size_t items = 0; items < 40; ++items) {
            const std::string given = "[" + repeated("1,", items) + std::string(last.given);
            const std::size_t needed = support::allocations_needed(
                [&](const stet::allocator& memory) { return support::failure(redump_json(given, memory)); });
            CHECK(needed >= 2);
            CHECK(redumped(given) == "[" + repeated("1, ", items) + std::string(last.written));
        }
    }
}
