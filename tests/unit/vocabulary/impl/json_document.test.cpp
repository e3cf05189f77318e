// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/vocabulary/impl/json_document.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

using stet::detail::json_document;
using stet::detail::json_item;
using stet::detail::json_kind;
using stet::detail::json_letters;
using stet::detail::json_member;
using stet::detail::read_json;

namespace {

std::string written(std::string_view text, json_letters letters = json_letters::ascii)
{
    const auto read = read_json(text);
    if (!read)
        return "refused";
    stet::detail::json_text_builder out(stet::heap());
    CHECK(stet::detail::put_json(out, read->root(), letters, stet::heap()));
    return std::string(out.view());
}

} // namespace

TEST_CASE("a value gives what it is, and nothing of what it is not")
{
    const auto read =
        read_json(R"({"t": "x", "n": 7, "r": 1.5, "b": true, "f": false, "z": null, "a": [1]})");
    REQUIRE(read);
    const json_item root = read->root();
    CHECK(root.is_object());
    CHECK(root.size() == 7);
    CHECK(root.find("t")->text() == "x");
    CHECK_FALSE(root.find("t")->natural());
    CHECK_FALSE(root.find("t")->number());
    CHECK(root.find("n")->natural() == 7U);
    CHECK(root.find("n")->number() == 7.0);
    CHECK_FALSE(root.find("r")->natural());
    CHECK(root.find("r")->number() == 1.5);
    CHECK(root.find("r")->kind() == json_kind::real);
    CHECK(root.find("b")->truth());
    CHECK_FALSE(root.find("f")->truth());
    CHECK(root.find("z")->is_null());
    CHECK(root.find("a")->is_array());
    CHECK(root.find("t")->size() == 0);
    CHECK_FALSE(root.find("x"));
    CHECK_FALSE(root.find("a")->find("t"));
    for ([[maybe_unused]] const json_member one : root.find("a")->members())
        FAIL("an array has no members");
    for ([[maybe_unused]] const json_item one : root.items())
        FAIL("an object has no items");
}

TEST_CASE("naturals are those that 64 bits hold, numbers any")
{
    const auto natural = [](std::string_view text) { return read_json(text)->root().natural(); };
    CHECK(natural("18446744073709551615") == UINT64_MAX);
    CHECK_FALSE(natural("18446744073709551616"));
    CHECK_FALSE(natural("-1"));
    CHECK(natural("-0") == 0U);
    CHECK_FALSE(natural("1.0"));
    const auto number = [](std::string_view text) { return read_json(text)->root().number(); };
    CHECK(number("-2.5e-1") == -0.25);
    CHECK(number("-7") == -7.0);
    CHECK(std::isinf(*number("1e999")));
    CHECK(std::isinf(*number("-Infinity")));
    CHECK(*number("-Infinity") < 0);
    CHECK(std::isnan(*number("NaN")));
    CHECK_FALSE(number("null"));
}

TEST_CASE("a member given twice has its first place and its last value")
{
    const auto read = read_json(R"({"a": 1, "b": {"x": 0}, "a": [2, 3], "b": 4, "c": 5})");
    REQUIRE(read);
    CHECK(read->root().repeats());
    CHECK(read->root().size() == 3);
    std::string all;
    for (const json_member one : read->root().members())
        all += std::string(one.name) + '=' + std::string(one.value.text()) + ' ';
    CHECK(all == "a= b=4 c=5 ");
    CHECK(read->root().find("a")->size() == 2);
    CHECK(written(R"({"a": 1, "b": {"x": 0}, "a": [2, 3], "b": 4, "c": 5})") ==
          R"({"a": [2, 3], "b": 4, "c": 5})");
    CHECK_FALSE(read_json(R"({"a": 1})")->root().repeats());
}

TEST_CASE("items are walked one after the other, whatever lies in them")
{
    const auto  read = read_json(R"([[1, [2]], {"a": 3}, 4])");
    std::string kinds;
    for (const json_item one : read->root().items())
        kinds += one.is_array() ? 'a' : one.is_object() ? 'o' : 'n';
    CHECK(kinds == "aon");
}

TEST_CASE("a value is written as Python's json.dumps writes it")
{
    CHECK(written(" [1,{\"a\":[],\"b\":{}} , true,null,-0,-0.0,1E2,NaN]") ==
          R"([1, {"a": [], "b": {}}, true, null, 0, -0.0, 100.0, NaN])");
    constexpr std::string_view text = "\"\u00E9\U0001F600\\ud83d\\u0001\x7F/\"";
    CHECK(written(text) == R"("\u00e9\ud83d\ude00\ud83d\u0001\u007f/")");
    CHECK(written(text, json_letters::utf8) == "\"\u00E9\U0001F600\\ud83d\\u0001\x7F/\"");
}

TEST_CASE("a part of a document is written alone")
{
    const auto                      read = read_json(R"({"a": {"b": [1, 2]}, "c": 3})");
    stet::detail::json_text_builder out(stet::heap());
    REQUIRE(stet::detail::put_json(out, *read->root().find("a"), json_letters::ascii, stet::heap()));
    CHECK(out.view() == R"({"b": [1, 2]})");
}

TEST_CASE("reading and writing without memory is an error")
{
    CHECK(support::allocations_needed([](const stet::allocator& memory) -> std::string_view {
              const auto read = read_json(R"({"a": [{"b": "c\n"}], "a": 1.5})", memory);
              if (!read)
                  return read.error().code == stet::errc::out_of_memory ? "out_of_memory" : "another";
              stet::detail::json_text_builder out(memory);
              return stet::detail::put_json(out, read->root(), json_letters::ascii, memory) ? "none"
                                                                                            : "out_of_memory";
          }) >= 4);
}
