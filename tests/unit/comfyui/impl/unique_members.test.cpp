// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"

#include <stet/comfyui/impl/unique_members.hpp>
#include <stet/vocabulary/impl/text_hash.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

using stet::detail::json_text_builder;
using stet::detail::unique_members;
using support::counting_heap;

namespace {

/// Writes JSON and tells the members as the object is written.
class writer {
public:
    explicit writer(unique_members& members) : members_(members) {}

    void begin()
    {
        text_ += '{';
        firsts_.push_back({.first = members_.open_count(), .count = 0});
    }

    /// After a failure nothing is written any more.
    void key(std::string_view name)
    {
        if (!good_)
            return;
        if (firsts_.back().count++ != 0) {
            members_.end_member(text_);
            text_ += ", ";
        }
        const std::size_t begin = text_.size();
        text_ += '"';
        text_ += name;
        text_ += '"';
        good_ = members_.add(text_, begin);
        text_ += ": ";
    }

    void value(std::string_view value) { text_ += value; }

    void end()
    {
        if (!good_)
            return;
        if (firsts_.back().count != 0) {
            members_.end_member(text_);
            good_ = members_.end_object(text_, firsts_.back().first);
        }
        firsts_.pop_back();
        text_ += '}';
    }

    bool               good() const noexcept { return good_; }
    const std::string& text() const noexcept { return text_; }

    std::string unique() const
    {
        json_text_builder out(stet::heap());
        if (!out.make_room(text_.size()))
            return "no memory";
        members_.put_unique(text_, out);
        return std::string(out.view());
    }

private:
    struct object {
        std::size_t first;
        std::size_t count;
    };

    unique_members&     members_;
    std::string         text_{};
    std::vector<object> firsts_{};
    bool                good_ = true;
};

using member_list = std::vector<std::pair<std::string, std::string>>;

std::string unique(const member_list& given, std::uint64_t seed = 5)
{
    unique_members members(stet::heap(), seed);
    writer         out(members);
    out.begin();
    for (const auto& [key, value] : given) {
        out.key(key);
        out.value(value);
    }
    out.end();
    CHECK(out.good());
    CHECK(members.open_count() == 0);
    return out.unique();
}

/// The same, by looking through all that came before.
std::string naively_unique(const member_list& given)
{
    member_list kept;
    for (const auto& [key, value] : given) {
        const auto same = [&wanted = key](const auto& entry) { return entry.first == wanted; };
        const auto found = std::find_if(kept.begin(), kept.end(), same);
        if (found == kept.end())
            kept.emplace_back(key, value);
        else
            found->second = value;
    }
    std::string text = "{";
    for (const auto& [key, value] : kept) {
        text += text.size() == 1 ? "\"" : ", \"";
        text += key;
        text += "\": ";
        text += value;
    }
    return text + "}";
}

/// Key and value of each level, the object inside it and a second value under another key.
void put_nested(writer& out, std::size_t levels)
{
    for (std::size_t i = 0; i < levels; ++i) {
        out.begin();
        out.key("a");
        out.value("0");
        out.key("b");
        out.value("1");
        out.key("a");
    }
    out.value("\"inside\"");
    for (std::size_t i = 0; i < levels; ++i) {
        out.key("b");
        out.value("2");
        out.end();
    }
}

constexpr std::uint64_t known_seed = 1;

std::uint32_t key_hash(const std::string& key)
{
    return static_cast<std::uint32_t>(stet::detail::text_hash('"' + key + '"', known_seed));
}

/// Two keys whose hashes agree under a known seed: among a hundred thousand there are some.
std::pair<std::string, std::string> colliding_keys()
{
    std::unordered_map<std::uint32_t, std::string> seen;
    for (std::uint64_t i = 0;; ++i) {
        const std::string key = std::to_string(i);
        const auto [found, is_new] = seen.emplace(key_hash(key), key);
        if (!is_new)
            return {found->second, key};
    }
}

} // namespace

TEST_CASE("keys of one hash are told apart")
{
    const auto [a, b] = colliding_keys();
    CHECK(a != b);
    CHECK(key_hash(a) == key_hash(b));

    for (const member_list& given :
         {member_list{{a, "1"}, {b, "2"}}, member_list{{b, "1"}, {a, "2"}, {b, "3"}},
          member_list{{a, "1"}, {b, "2"}, {a, "3"}, {b, "4"}}})
        CHECK(unique(given, known_seed) == naively_unique(given));
}

TEST_CASE("keys that differ are left alone")
{
    unique_members members(stet::heap());
    writer         out(members);
    out.begin();
    for (const std::string_view key :
         {"", "a", "b", "ab", "aa", "A", "12345678", "123456789", "12345678 ", "1234567"})
    {
        out.key(key);
        out.value("1");
    }
    out.end();
    CHECK_FALSE(members.any_replaced());
    CHECK(out.unique() == out.text());
}

TEST_CASE("the last value takes the place of the first key")
{
    CHECK(unique({{"a", "1"}, {"a", "2"}}) == R"({"a": 2})");
    CHECK(unique({{"a", "1"}, {"b", "2"}, {"a", "3"}}) == R"({"a": 3, "b": 2})");
    CHECK(unique({{"a", "1"}, {"b", "2"}, {"b", "3"}}) == R"({"a": 1, "b": 3})");
    CHECK(unique({{"b", "1"}, {"a", "2"}, {"c", "3"}, {"a", "4"}, {"b", "5"}}) ==
          R"({"b": 5, "a": 4, "c": 3})");
    CHECK(unique({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"b", "long"}, {"d", "4"}}) ==
          R"({"a": 1, "b": long, "c": 3, "d": 4})");
    CHECK(unique({{"", "1"}, {"", "2"}, {"", "3"}}) == R"({"": 3})");
}

TEST_CASE("values given in the reverse order of their keys are put into that of the keys")
{
    CHECK(unique({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"c", "4"}, {"b", "5"}, {"a", "6"}}) ==
          R"({"a": 6, "b": 5, "c": 4})");
    CHECK(unique({{"x", "0"}, {"y", "1"}, {"z", "2"}, {"y", "3"}, {"x", "4"}, {"w", "5"}}) ==
          R"({"x": 4, "y": 3, "z": 2, "w": 5})");
}

TEST_CASE("objects inside each other are made unique at every level")
{
    for (const std::size_t levels : {1U, 2U, 3U, 50U}) {
        unique_members members(stet::heap());
        writer         out(members);
        put_nested(out, levels);
        std::string expected = "\"inside\"";
        for (std::size_t i = 0; i < levels; ++i)
            expected = R"({"a": )" + expected + R"(, "b": 2})";
        CHECK(out.good());
        CHECK(out.unique() == expected);
    }
}

TEST_CASE("what was replaced inside a replaced value is gone with it")
{
    unique_members members(stet::heap());
    writer         out(members);
    out.begin();
    out.key("a");
    put_nested(out, 3);
    out.key("b");
    put_nested(out, 1);
    out.key("a");
    out.value("[]");
    out.end();
    CHECK(out.unique() == R"({"a": [], "b": {"a": "inside", "b": 2}})");
}

TEST_CASE("objects of many sizes agree with a search through all members")
{
    support::dice dice(17);
    for (std::size_t round = 0; round < 400; ++round) {
        const std::size_t count = 1 + dice.below(round < 300 ? 20 : 200);
        const std::size_t keys = 1 + dice.below(2 * count);
        member_list       given;
        for (std::size_t i = 0; i < count; ++i) {
            std::string key = std::to_string(dice.below(keys));
            if (round % 3 == 0)
                key.insert(0, "a beginning that all keys share ");
            given.emplace_back(std::move(key), std::to_string(dice.below(1'000'000'000) >> dice.below(30)));
        }
        CHECK(unique(given) == naively_unique(given));
    }
}

TEST_CASE("members that find no memory are reported, whichever allocation fails")
{
    const auto write = [](counting_heap& heap) {
        unique_members members(heap.allocator());
        writer         out(members);
        put_nested(out, 20);
        return out.good();
    };
    counting_heap unlimited;
    REQUIRE(write(unlimited));
    CHECK(unlimited.allocations() > 3);
    for (std::size_t fails = 0; fails < unlimited.allocations(); ++fails) {
        counting_heap heap;
        heap.fail_from(fails);
        CHECK_FALSE(write(heap));
        CHECK(heap.live_blocks() == 0);
    }
    CHECK(unlimited.live_blocks() == 0);
    CHECK(unlimited.wrong_deallocations() == 0);
}
