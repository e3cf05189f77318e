// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"
#include "support/short_memory.hpp"

#include <stet/families/impl/name_index.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using stet::placed_name;
using stet::detail::name_index;

placed_name cut(std::string_view text, std::size_t at)
{
    return {.prefix = text.substr(0, at), .stem = text.substr(at)};
}

std::uint64_t hash_of(const placed_name& name)
{
    return stet::detail::name_hash(name).value();
}

/// An index with the names it speaks of.
struct indexed_names {
    explicit indexed_names(const stet::allocator& memory = stet::heap()) : index(memory) {}

    std::vector<std::string> names{};
    name_index               index;

    auto name_at() const
    {
        return [this](std::uint32_t at) { return placed_name{.stem = names[at]}; };
    }
    bool add(const std::string& name)
    {
        names.push_back(name);
        return index.insert({.stem = name}, static_cast<std::uint32_t>(names.size() - 1), name_at());
    }
    std::uint32_t find(std::string_view name, std::size_t at = 0) const
    {
        return index.find(cut(name, at), name_at());
    }
};

std::string layer_name(std::size_t i)
{
    return "blocks." + std::to_string(i / 3) + ".attention." +
           (i % 3 == 0   ? "q"
            : i % 3 == 1 ? "k"
                         : "v") +
           ".weight";
}

} // namespace

TEST_CASE("a name's hash does not depend on where it is cut")
{
    support::dice dice(1);
    for (std::size_t size = 0; size < 80; ++size) {
        std::string text(size, '\0');
        for (char& c : text)
            c = static_cast<char>(dice.below(256));
        const std::uint64_t whole = hash_of({.stem = text});
        for (std::size_t at = 0; at <= size; ++at) {
            CAPTURE(size, at);
            CHECK(hash_of(cut(text, at)) == whole);
        }
    }
}

TEST_CASE("names that differ in one character, in length or in NULs have other hashes")
{
    std::set<std::uint64_t> seen;
    std::size_t             count = 0;
    for (std::size_t size = 1; size <= 40; ++size) {
        const std::string zeros(size, '\0');
        seen.insert(hash_of({.stem = zeros}));
        ++count;
        for (std::size_t at = 0; at < size; ++at) {
            for (const char c : {'\x01', 'a', '\x80', '\xFF'}) {
                std::string changed = zeros;
                changed[at] = c;
                seen.insert(hash_of({.stem = changed}));
                ++count;
            }
        }
    }
    CHECK(seen.size() == count);
}

TEST_CASE("nothing is found in an empty index")
{
    const indexed_names empty;
    CHECK(empty.find("a") == name_index::none);
    CHECK(empty.find("") == name_index::none);
}

TEST_CASE("a name is found however it is cut, another is not")
{
    indexed_names given;
    CHECK(given.add("clip_g.transformer.weight"));
    CHECK(given.add(""));
    for (std::size_t at = 0; at <= std::string_view("clip_g.transformer.weight").size(); ++at)
        CHECK(given.find("clip_g.transformer.weight", at) == 0);
    CHECK(given.find("") == 1);
    CHECK(given.find("clip_g.transformer.weigh") == name_index::none);
    CHECK(given.find("clip_g.transformer.weight.") == name_index::none);
}

TEST_CASE("thousands of names are found at their positions, and nothing else")
{
    constexpr std::size_t count = 20'000;
    indexed_names         given;
    for (std::size_t i = 0; i < count; ++i)
        REQUIRE(given.add(layer_name(i)));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = layer_name(i);
        wrong += given.find(name, i % (name.size() + 1)) == i ? 0U : 1U;
        wrong += given.find(layer_name(count + i)) == name_index::none ? 0U : 1U;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a removed name is not found, those behind it still are, and it can be added anew")
{
    constexpr std::size_t count = 3'000;
    indexed_names         given;
    for (std::size_t i = 0; i < count; ++i)
        REQUIRE(given.add(layer_name(i)));
    for (std::size_t i = 0; i < count; i += 2)
        given.index.remove({.stem = layer_name(i)}, static_cast<std::uint32_t>(i));

    std::size_t wrong = 0;
    for (std::size_t i = 0; i < count; ++i)
        wrong += given.find(layer_name(i)) == (i % 2 == 0 ? name_index::none : static_cast<std::uint32_t>(i))
                     ? 0U
                     : 1U;
    CHECK(wrong == 0);

    for (std::size_t i = 0; i < count; i += 2)
        REQUIRE(given.add(layer_name(i)));
    for (std::size_t i = 0; i < count; ++i)
        wrong += given.find(layer_name(i)) == (i % 2 == 0 ? count + i / 2 : i) ? 0U : 1U;
    CHECK(wrong == 0);
}

TEST_CASE("any sequence of additions and removals agrees with a map")
{
    support::dice                        dice(2);
    indexed_names                        given;
    std::map<std::string, std::uint32_t> expected;
    std::size_t                          wrong = 0;
    for (int step = 0; step < 30'000; ++step) {
        const std::string name = layer_name(dice.below(300));
        const auto        known = expected.find(name);
        wrong += given.find(name) == (known == expected.end() ? name_index::none : known->second) ? 0U : 1U;
        if (known == expected.end()) {
            expected.emplace(name, static_cast<std::uint32_t>(given.names.size()));
            REQUIRE(given.add(name));
        } else {
            given.index.remove({.stem = name}, known->second);
            expected.erase(known);
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("an index with room for its names needs no memory while they are added")
{
    support::counting_heap heap;
    indexed_names          given(heap.allocator());
    CHECK(given.index.reserve(1'000));
    const std::size_t allocations = heap.allocations();
    for (std::size_t i = 0; i < 1'000; ++i)
        REQUIRE(given.add(layer_name(i)));
    CHECK(heap.allocations() == allocations);
    CHECK(given.index.reserve(5'000)); // names are in it, it grows by itself
    CHECK(given.find(layer_name(999)) == 999);
    heap.fail_from(0);
    name_index starved(heap.allocator());
    CHECK_FALSE(starved.reserve(1));
    CHECK(starved.find({.stem = "a"}, given.name_at()) == name_index::none);
}

TEST_CASE("an index without memory says so, finds what it had and gives all memory back")
{
    const std::size_t needed =
        support::allocations_needed([](const stet::allocator& memory) -> std::string_view {
            indexed_names given(memory);
            for (std::size_t i = 0; i < 1'000; ++i) {
                if (given.add(layer_name(i)))
                    continue;
                for (std::size_t k = 0; k < i; ++k)
                    CHECK(given.find(layer_name(k)) == k);
                return "out_of_memory";
            }
            return "none";
        });
    CHECK(needed > 4);
}

TEST_CASE("room is made once for as many names as were asked for")
{
    support::counting_heap heap;
    indexed_names          given(heap.allocator());
    REQUIRE(given.index.reserve(100));
    REQUIRE(given.index.reserve(100));
    REQUIRE(given.index.reserve(3));
    CHECK(heap.allocations() == 1);
}

TEST_CASE("names of one tag in one place of the table are told apart")
{
    const std::string one = "blocks.792908";
    const std::string other = "blocks.3715078";
    const auto        place_and_tag = [](const std::string& name) {
        const std::uint64_t hash = hash_of({.stem = name});
        return std::pair(hash % 64, hash >> 32U);
    };
    REQUIRE(place_and_tag(one) == place_and_tag(other));
    indexed_names given;
    REQUIRE(given.add(one));
    CHECK(given.find(other) == name_index::none);
    REQUIRE(given.add(other));
    CHECK(given.find(one) == 0);
    CHECK(given.find(other) == 1);
}
