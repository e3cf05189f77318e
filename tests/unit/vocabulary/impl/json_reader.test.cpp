// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/short_memory.hpp"

#include <stet/vocabulary/impl/json_reader.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

using stet::errc;
using stet::detail::json_bytes;
using stet::detail::json_kind;
using stet::detail::json_reader;

namespace {

stet::result<stet::detail::json_tree> read(std::string_view text, json_bytes taken = json_bytes::utf8)
{
    return json_reader(text, taken, stet::heap()).run();
}

/// Or where it is refused.
std::string refused(std::string_view text, json_bytes taken = json_bytes::utf8)
{
    const auto tree = read(text, taken);
    return tree ? "taken" : std::to_string(tree.error().actual);
}

} // namespace

TEST_CASE("values stand in the order in which they begin, each with what follows it")
{
    const auto tree = read(R"( {"a": [1, 2.5], "b": {}, "c": null} )");
    REQUIRE(tree);
    REQUIRE(tree->nodes.size() == 9);
    CHECK(tree->nodes[0].kind == json_kind::object);
    CHECK(tree->nodes[0].begin == 3);
    CHECK(tree->nodes[0].next == 9);
    CHECK_FALSE(tree->nodes[0].is_repeating);
    CHECK(tree->text_of(tree->nodes[1]) == "a");
    CHECK(tree->nodes[2].kind == json_kind::array);
    CHECK(tree->nodes[2].begin == 2);
    CHECK(tree->nodes[2].next == 5);
    CHECK(tree->nodes[3].kind == json_kind::integer);
    CHECK(tree->text_of(tree->nodes[4]) == "2.5");
    CHECK(tree->nodes[4].kind == json_kind::real);
    CHECK(tree->nodes[6].next == 7);
    CHECK(tree->nodes[8].kind == json_kind::null);
}

TEST_CASE("escapes are what they stand for, halves of surrogate pairs three bytes")
{
    const auto text = [](std::string_view written) {
        const auto tree = read(written);
        return tree ? std::string(tree->text_of(tree->nodes[0])) : "refused";
    };
    CHECK(text(R"("")").empty());
    CHECK(text(R"("plain")") == "plain");
    CHECK(text(R"("\"\\\/\b\f\n\r\t|")") == "\"\\/\b\f\n\r\t|");
    CHECK(text(R"("a\u0041\u00e9\u20AC\ud83d\ude00z")") == "aA\u00E9\u20AC\U0001F600z");
    CHECK(text(R"("\ud83d")") == "\xED\xA0\xBD");
    CHECK(text(R"("\ude00\ud83d\ud83d\ude00")") == "\xED\xB8\x80\xED\xA0\xBD\U0001F600");
    CHECK(text(R"("\ud83d\n")") == "\xED\xA0\xBD\n");
    CHECK(text("\"\x7F\u00E9\"") == "\x7F\u00E9");
}

TEST_CASE("the byte at fault is told")
{
    CHECK(refused("") == "0");
    CHECK(refused("[1,]") == "3");
    CHECK(refused("{\"a\" 1}") == "5");
    CHECK(refused("{a: 1}") == "1");
    CHECK(refused("[1 2]") == "3");
    CHECK(refused("[1] x") == "4");
    CHECK(refused("\"\n\"") == "1");
    CHECK(refused("\"\\x\"") == "1");
    CHECK(refused("\"\\u12g4\"") == "1");
    CHECK(refused("\"\\u123") == "1");
    CHECK(refused("\"a") == "2");
    CHECK(refused("-") == "0");
    CHECK(refused("'a'") == "0");
    CHECK(refused("\xEF\xBB\xBF{}") == "0");
    CHECK(refused(std::string_view("{}\0", 3)) == "2");
}

TEST_CASE("halves of surrogate pairs in UTF-8 are taken where they are asked for")
{
    constexpr std::string_view half = "\"\xED\xA0\xBD\"";
    CHECK(refused(half) == "1");
    CHECK(refused(half, json_bytes::utf8_and_surrogates) == "taken");
    CHECK(refused("\"\xED\xA0", json_bytes::utf8_and_surrogates) == "1");
    CHECK(refused("\"\xFF\"", json_bytes::utf8_and_surrogates) == "1");
    CHECK(refused("\"\xC0\x80\"", json_bytes::utf8_and_surrogates) == "1");
}

TEST_CASE("of members of one name the first has the place and the last the value")
{
    const auto tree = read(R"({"a": 1, "\u0061": [2], "b": 3, "a": 4})");
    REQUIRE(tree);
    CHECK(tree->nodes[0].is_repeating);
    CHECK(tree->nodes[0].begin == 2);
    REQUIRE(tree->nodes[1].next != stet::detail::no_json);
    CHECK(tree->text_of(tree->nodes[tree->nodes[1].next]) == "4");
    CHECK(tree->nodes[3].next == stet::detail::no_json);
    CHECK_FALSE(read(R"({"a": {"a": 1}, "b": 1})")->nodes[0].is_repeating);
}

TEST_CASE("levels are counted, and cost no stack")
{
    constexpr std::size_t most = stet::detail::most_json_levels;
    CHECK(refused(std::string(most, '[') + std::string(most, ']')) == "taken");
    const auto deeper = read(std::string(100'000, '['));
    REQUIRE_FALSE(deeper);
    CHECK(deeper.error().code == errc::json_too_deep);
    CHECK(deeper.error().actual == most);
}

TEST_CASE("memory grows with the text, and refused memory is an error")
{
    const auto peak = [](std::size_t count) {
        std::string text = "{";
        for (std::size_t i = 0; i < count; ++i)
            text += (i == 0 ? "\"" : ", \"") + std::to_string(i) + "\\n\": [0,0]";
        text += '}';
        support::counting_heap heap;
        CHECK(json_reader(text, json_bytes::utf8, heap.allocator()).run());
        return heap.peak_bytes() / text.size();
    };
    CHECK(peak(20'000) <= peak(200) + 16);
    CHECK(support::allocations_needed([](const stet::allocator& memory) -> std::string_view {
              const auto tree =
                  json_reader(R"({"a\n": [{}, "\t"], "a\n": 2})", json_bytes::utf8, memory).run();
              return tree ? "none" : tree.error().code == errc::out_of_memory ? "out_of_memory" : "another";
          }) >= 4);
}
