// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"
#include "support/short_memory.hpp"

#include <stet/layout/layout.hpp>
#include <stet/vocabulary/impl/name_table.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using stet::placed_name;
using stet::detail::name_table;

placed_name cut(std::string_view text, std::size_t at)
{
    return {.prefix = text.substr(0, at), .stem = text.substr(at)};
}

/// What the names' hashes are: the table's own, or such as somebody chose who knew its seed.
enum class hashes { own, all_alike, neighbours, pairs };

/// A table with the names it speaks of. Counts how often a name is looked at.
struct named_table {
    explicit named_table(hashes chosen = hashes::own, const stet::allocator& memory = stet::heap())
        : kind(chosen), table(memory)
    {
    }

    hashes                   kind;
    std::vector<std::string> names{};
    name_table               table;
    mutable std::uint64_t    looks = 0;

    auto name_at() const
    {
        return [this](std::uint32_t at) {
            ++looks;
            return placed_name{.stem = names[at]};
        };
    }
    std::uint32_t hash(std::string_view name) const
    {
        if (kind == hashes::own)
            return table.hash(name);
        if (kind == hashes::all_alike)
            return 7;
        std::uint32_t number = 0;
        for (const char c : name)
            number = c >= '0' && c <= '9' ? number * 10 + static_cast<std::uint32_t>(c - '0') : number;
        return kind == hashes::pairs ? number / 2 : number;
    }
    bool add(const std::string& name)
    {
        names.push_back(name);
        return table.insert(placed_name{.stem = names.back()}, hash(name),
                            static_cast<std::uint32_t>(names.size() - 1), name_at());
    }
    std::uint32_t find(std::string_view name, std::size_t at = 0) const
    {
        return table.find(cut(name, at), hash(name), name_at());
    }
    void remove(std::string_view name) { table.remove(placed_name{.stem = name}, hash(name), name_at()); }
};

std::string layer_name(std::size_t i)
{
    return "blocks." + std::to_string(i) + ".attention.weight";
}

constexpr hashes every_kind[]{hashes::own, hashes::all_alike, hashes::neighbours, hashes::pairs};

} // namespace

TEST_CASE("a name's hash does not depend on where it is cut, and on the table")
{
    const name_table  one(stet::heap());
    const name_table  other(stet::heap());
    const std::string text = "clip_g.transformer.text_model.weight";
    for (std::size_t at = 0; at <= text.size(); ++at)
        CHECK(one.hash(text.substr(0, at), text.substr(at)) == one.hash(text));
    CHECK(one.seed() != other.seed());
    CHECK(one.hash(text) != other.hash(text));
}

TEST_CASE("nothing is found in an empty table")
{
    const named_table empty;
    CHECK(empty.find("a") == name_table::none);
    CHECK(empty.find("") == name_table::none);
}

TEST_CASE("a name is found however it is cut, another is not")
{
    named_table given;
    CHECK(given.add("clip_g.transformer.weight"));
    CHECK(given.add(""));
    for (std::size_t at = 0; at <= std::string_view("clip_g.transformer.weight").size(); ++at)
        CHECK(given.find("clip_g.transformer.weight", at) == 0);
    CHECK(given.find("") == 1);
    CHECK(given.find("clip_g.transformer.weigh") == name_table::none);
    CHECK(given.find("clip_g.transformer.weight.") == name_table::none);
}

TEST_CASE("thousands of names are found at their positions, whatever their hashes, and nothing else")
{
    constexpr std::size_t count = 5'000;
    for (const hashes kind : every_kind) {
        named_table given(kind);
        for (std::size_t i = 0; i < count; ++i)
            REQUIRE(given.add(layer_name(i)));
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::string name = layer_name(i);
            wrong += given.find(name, i % (name.size() + 1)) == i ? 0U : 1U;
            wrong += given.find(layer_name(count + i)) == name_table::none ? 0U : 1U;
        }
        CAPTURE(static_cast<int>(kind));
        CHECK(wrong == 0);
    }
}

TEST_CASE("names chosen to collide cost each a few looks at others, however many there are")
{
    constexpr std::size_t count = 32'000;
    for (const hashes kind : every_kind) {
        named_table   given(kind);
        std::uint64_t most = 0;
        const auto    looks_of = [&](auto&& step) {
            given.looks = 0;
            step();
            most = std::max(most, given.looks);
        };
        REQUIRE(given.table.reserve(count));
        for (std::size_t i = 0; i < count; ++i)
            looks_of([&] { REQUIRE(given.add(layer_name(i))); });
        for (std::size_t i = 0; i < count; i += 7) {
            looks_of([&] { given.find(layer_name(i)); });
            looks_of([&] { given.find(layer_name(count + i)); }); // not there
            looks_of([&] { given.remove(layer_name(i)); });
        }
        // Eight in the cells, and twice a way down a tree of at most twice the logarithm's height.
        CAPTURE(static_cast<int>(kind));
        CHECK(most <= 8U + 4U * std::bit_width(count));
    }
}

TEST_CASE("what does not fit into the cells is kept when the table grows")
{
    for (const hashes kind : every_kind) {
        named_table given(kind);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < 700; ++i) {
            REQUIRE(given.add(layer_name(i * 64))); // neighbours that share their place in a small table
            for (std::size_t k = 0; k <= i; k += 13)
                wrong += given.find(layer_name(k * 64)) == k ? 0U : 1U;
        }
        CAPTURE(static_cast<int>(kind));
        CHECK(wrong == 0);
    }
}

TEST_CASE("any sequence of additions and removals agrees with a map")
{
    for (const hashes kind : every_kind) {
        support::dice                        dice(2);
        named_table                          given(kind);
        std::map<std::string, std::uint32_t> expected;
        std::size_t                          wrong = 0;
        for (int step = 0; step < 20'000; ++step) {
            const std::string name = layer_name(dice.below(300));
            const auto        known = expected.find(name);
            wrong +=
                given.find(name) == (known == expected.end() ? name_table::none : known->second) ? 0U : 1U;
            if (known == expected.end()) {
                expected.emplace(name, static_cast<std::uint32_t>(given.names.size()));
                REQUIRE(given.add(name));
            } else {
                given.remove(name);
                expected.erase(known);
            }
        }
        CAPTURE(static_cast<int>(kind));
        CHECK(wrong == 0);
    }
}

TEST_CASE("a name set again takes the new position and tells the old one")
{
    for (const hashes kind : every_kind) {
        constexpr std::uint32_t count = 40;
        named_table             given(kind);
        for (std::uint32_t i = 0; i < 2 * count; ++i)
            given.names.push_back(layer_name(i % count));
        for (std::uint32_t i = 0; i < 2 * count; ++i) {
            std::uint32_t earlier = 1;
            REQUIRE(given.table.set(placed_name{.stem = given.names[i]}, given.hash(given.names[i]), i,
                                    earlier, given.name_at()));
            CHECK(earlier == (i < count ? name_table::none : i - count));
        }
        for (std::uint32_t i = 0; i < count; ++i)
            CHECK(given.find(layer_name(i)) == i + count);
    }
}

TEST_CASE("a cleared table has forgotten its names and keeps its room")
{
    for (const hashes kind : every_kind) {
        support::counting_heap heap;
        named_table            given(kind, heap.allocator());
        for (std::size_t i = 0; i < 100; ++i)
            REQUIRE(given.add(layer_name(i)));
        given.table.clear();
        const std::size_t allocations = heap.allocations();
        for (std::size_t i = 0; i < 100; ++i)
            CHECK(given.find(layer_name(i)) == name_table::none);
        REQUIRE(given.add(layer_name(5)));
        CHECK(given.find(layer_name(5)) == 100);
        CHECK(heap.allocations() == allocations);
    }
}

TEST_CASE("a table with room for its names needs no memory while they are added")
{
    support::counting_heap heap;
    named_table            given(hashes::neighbours, heap.allocator());
    CHECK(given.table.reserve(1'000));
    const std::size_t allocations = heap.allocations();
    for (std::size_t i = 0; i < 1'000; ++i)
        REQUIRE(given.add(layer_name(i)));
    CHECK(heap.allocations() == allocations);
    CHECK(given.table.reserve(5'000)); // names are in it, it grows by itself
    CHECK(heap.allocations() == allocations);
    CHECK(given.find(layer_name(999)) == 999);
    heap.fail_from(0);
    name_table starved(heap.allocator());
    CHECK_FALSE(starved.reserve(1));
    CHECK(starved.find(placed_name{.stem = "a"}, 0, given.name_at()) == name_table::none);
}

TEST_CASE("a table without memory says so, finds what it had and gives all memory back")
{
    for (const hashes kind : every_kind) {
        const std::size_t needed =
            support::allocations_needed([kind](const stet::allocator& memory) -> std::string_view {
                named_table given(kind, memory);
                for (std::size_t i = 0; i < 1'000; ++i) {
                    if (given.add(layer_name(i * 32)))
                        continue;
                    std::size_t wrong = 0;
                    for (std::size_t k = 0; k < i; ++k) {
                        wrong += given.find(layer_name(k * 32)) == k ? 0U : 1U;
                        given.remove(layer_name(k * 32));
                        wrong += given.find(layer_name(k * 32)) == name_table::none ? 0U : 1U;
                    }
                    CHECK(wrong == 0);
                    return "out_of_memory";
                }
                return "none";
            });
        CHECK(needed > 4);
    }
}

TEST_CASE("room is made once for as many names as were asked for")
{
    support::counting_heap heap;
    named_table            given(hashes::own, heap.allocator());
    REQUIRE(given.table.reserve(100));
    REQUIRE(given.table.reserve(100));
    REQUIRE(given.table.reserve(3));
    CHECK(heap.allocations() == 1);
}
