// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/read/impl/name_table.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using repeats = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

struct filled {
    explicit filled(std::vector<std::string> names) : all(std::move(names)) {}

    /// collide: every hash is the same
    bool build(bool collide = false)
    {
        return table.build(
            static_cast<std::uint32_t>(all.size()),
            [this](std::uint32_t i) { return std::string_view(all[i]); },
            [&](std::uint32_t i) { return collide ? 7U : stet::detail::text_hash(all[i]); },
            [this](std::uint32_t gone, std::uint32_t kept) { repeated.emplace_back(gone, kept); });
    }
    std::uint32_t find(std::string_view name) const
    {
        return table.find(name, [this](std::uint32_t i) { return std::string_view(all[i]); });
    }

    std::vector<std::string> all;
    repeats                  repeated{};
    stet::detail::name_table table{stet::heap()};
};

std::vector<std::string> numbered(std::size_t count)
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i)
        names.push_back("blocks." + std::to_string(i) + ".weight");
    return names;
}

} // namespace

TEST_CASE("every name that was entered is found and no other")
{
    for (const std::size_t count :
         {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{5000}})
    {
        filled names(numbered(count));
        REQUIRE(names.build());
        for (std::uint32_t i = 0; i < count; ++i)
            CHECK(names.find(names.all[i]) == i);
        CHECK(names.find("blocks.") == stet::detail::name_table::none);
        CHECK(names.find("") == stet::detail::name_table::none);
        CHECK(names.repeated.empty());
    }
}

TEST_CASE("nothing is found in a table that was never built")
{
    CHECK(filled({}).find("a") == stet::detail::name_table::none);
}

TEST_CASE("of equal names the last stays")
{
    filled names({"a", "b", "a", "c", "a"});

    REQUIRE(names.build());

    CHECK(names.repeated == repeats{{0, 2}, {2, 4}});
    CHECK(names.find("a") == 4);
    CHECK(names.find("b") == 1);
}

TEST_CASE("names made to collide are sorted instead")
{
    auto all = numbered(3000);
    all[100] = all[2900];
    all[200] = all[2900];
    filled names(all);

    REQUIRE(names.build(true));

    for (std::uint32_t i = 0; i < all.size(); ++i)
        CHECK(names.find(all[i]) == (i == 100 || i == 200 ? 2900 : i));
    CHECK(names.find("blocks") == stet::detail::name_table::none);
    CHECK(names.find("zzz") == stet::detail::name_table::none);
    CHECK(names.repeated == repeats{{100, 200}, {100, 200}, {200, 2900}});
}

TEST_CASE("a second build forgets the first")
{
    filled names(numbered(3000));
    REQUIRE(names.build(true));
    names.all = {"a"};

    REQUIRE(names.build());

    CHECK(names.find("a") == 0);
    CHECK(names.find("blocks.1.weight") == stet::detail::name_table::none);
}

TEST_CASE("an exhausted allocator is reported by the table")
{
    const auto all = numbered(2000);
    const auto run = [&all](stet::allocator memory) {
        stet::detail::name_table table(memory);
        const bool               built = table.build(
            2000, [&all](std::uint32_t i) { return std::string_view(all[i]); },
            [](std::uint32_t) { return 7U; }, [](std::uint32_t, std::uint32_t) {});
        return std::string_view(built ? "none" : "out_of_memory");
    };
    CHECK(support::allocations_needed(run) == 2);
}

TEST_CASE("a name that only has the hash of another is not found")
{
    stet::detail::name_table table(stet::heap());
    const auto               name_at = [](std::uint32_t) { return std::string_view("there"); };
    REQUIRE(table.build(
        1, name_at, [](std::uint32_t) { return stet::detail::text_hash("asked for"); },
        [](std::uint32_t, std::uint32_t) {}));
    CHECK(table.find("asked for", name_at) == stet::detail::name_table::none);
}
