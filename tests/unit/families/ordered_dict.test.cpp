// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/rearranged.hpp"
#include "support/short_memory.hpp"

#include <stet/families/rearrangement.hpp>
#include <stet/tensor/strided.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using stet::ordered_dict;
using stet::placed_name;

/// The same dict, written down as plainly as can be.
class plain_dict {
public:
    std::vector<std::pair<std::string, std::uint64_t>> entries{};

    bool set(const std::string& name, std::uint64_t value)
    {
        for (auto& [known, held] : entries) {
            if (known == name) {
                held = value;
                return true;
            }
        }
        entries.emplace_back(name, value);
        return false;
    }
    bool remove(const std::string& name)
    {
        return std::erase_if(entries, [&](const auto& entry) { return entry.first == name; }) != 0;
    }
    std::size_t rename_prefix(const std::string& from, const std::string& to)
    {
        std::vector<std::string> matching;
        for (const auto& [name, value] : entries) {
            if (name.starts_with(from))
                matching.push_back(name);
        }
        std::size_t collisions = 0;
        for (const std::string& name : matching) {
            const auto found =
                std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == name; });
            const std::uint64_t value = found->second;
            entries.erase(found);
            collisions += set(to + name.substr(from.size()), value) ? 1U : 0U;
        }
        return collisions;
    }
};

/// A view that is told from others by its size.
stet::tensor_view sized(std::uint64_t size)
{
    return {.type = stet::dtype::u8, .shape = {size}, .size = size};
}

std::vector<std::pair<std::string, std::uint64_t>> content(const ordered_dict& dict)
{
    std::vector<std::pair<std::string, std::uint64_t>> all;
    for (const ordered_dict::entry& entry : dict.entries()) {
        if (entry.is_present)
            all.emplace_back(entry.name.text(), dict.tensor(entry).size);
    }
    return all;
}

/// A dict with the texts its names need.
struct owned_dict {
    explicit owned_dict(std::initializer_list<std::pair<std::string_view, std::uint64_t>> given = {})
    {
        for (const auto& [name, size] : given)
            CHECK(dict.set({.stem = name}, sized(size)));
    }

    ordered_dict             dict{stet::heap()};
    stet::detail::arena      texts{stet::heap()};
    std::vector<std::string> collisions{};

    void rename(std::string_view from, std::string_view to)
    {
        CHECK(dict.rename_prefix(from, to, texts, [this](const placed_name& name) {
            collisions.push_back(name.text());
            return stet::result<void>();
        }));
    }
};

using entries = std::vector<std::pair<std::string, std::uint64_t>>;
using texts = std::vector<std::string>;

} // namespace

TEST_CASE("a dict keeps the order in which its names were first set")
{
    owned_dict given({{"b", 1}, {"a", 2}, {"c", 3}});

    const auto replaced = given.dict.set({.stem = "b"}, sized(9));
    const auto fresh = given.dict.set({.stem = "d"}, sized(4));

    CHECK((replaced && *replaced));
    CHECK((fresh && !*fresh));
    CHECK(content(given.dict) == entries{{"b", 9}, {"a", 2}, {"c", 3}, {"d", 4}});
}

TEST_CASE("a removed name that is set again comes last")
{
    owned_dict given({{"b", 1}, {"a", 2}});

    CHECK(given.dict.remove({.stem = "b"}));
    CHECK_FALSE(given.dict.remove({.stem = "b"}));
    CHECK_FALSE(given.dict.remove({.stem = "never there"}));
    CHECK(given.dict.find({.stem = "b"}) == nullptr);
    const auto again = given.dict.set({.stem = "b"}, sized(3));

    CHECK((again && !*again));
    CHECK(content(given.dict) == entries{{"a", 2}, {"b", 3}});
}

TEST_CASE("a name is the same one however it is cut")
{
    owned_dict given({{"model.w", 1}});

    CHECK(given.dict.find({.prefix = "model.", .stem = "w"}) != nullptr);
    const auto replaced = given.dict.set({.prefix = "mod", .stem = "el.w"}, sized(2));
    CHECK((replaced && *replaced));
    CHECK(given.dict.remove({.prefix = "model.w"}));
    CHECK(content(given.dict).empty());
}

TEST_CASE("names and tensors that lie in the dict itself may be set")
{
    owned_dict given({{"first", 7}});
    CHECK(given.dict.remove({.stem = "first"}));
    std::vector<std::string> names;
    for (int i = 0; i < 400; ++i)
        names.push_back("name " + std::to_string(i));
    for (const std::string& name : names) {
        const ordered_dict::entry& first = given.dict.entries()[0];
        CHECK(given.dict.set({.stem = name}, given.dict.tensor(first)));
        CHECK(given.dict.set(given.dict.entries()[0].name, given.dict.tensor(given.dict.entries()[0])));
        REQUIRE(given.dict.remove({.stem = "first"}));
    }

    const auto all = content(given.dict);
    REQUIRE(all.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
        CHECK((all[i].first == names[i] && all[i].second == 7));
}

TEST_CASE("a shared tensor stays where it is, a set one is copied")
{
    owned_dict   given({{"a", 1}});
    ordered_dict other(stet::heap());
    const auto&  kept = *given.dict.entries()[0].tensor;
    const auto   fresh = other.share({.stem = "shared"}, kept);
    CHECK((fresh && !*fresh));
    CHECK(other.set({.stem = "copied"}, other.tensor(other.entries()[0])));
    CHECK(other.entries()[0].tensor == &kept);
    CHECK(other.entries()[1].tensor != &kept);
    const auto replaced = other.share({.stem = "copied"}, kept);
    CHECK((replaced && *replaced));
    CHECK(content(other) == entries{{"shared", 1}, {"copied", 1}});
}

TEST_CASE("tensors kept for a dict outlive the one they were set in")
{
    ordered_dict kept(stet::heap());
    CHECK(kept.set({.stem = "own"}, sized(1)));
    {
        owned_dict passing({{"a", 2}, {"b", 3}});
        for (const ordered_dict::entry& entry : passing.dict.entries())
            CHECK(kept.share(entry.name, *entry.tensor));
        kept.keep_tensors_of(passing.dict);
    }
    const ordered_dict moved = std::move(kept);
    CHECK(content(moved) == entries{{"own", 1}, {"a", 2}, {"b", 3}});
}

TEST_CASE("a dict with room for its names keeps them where they are while they are set")
{
    support::counting_heap   heap;
    std::vector<std::string> names;
    for (int i = 0; i < 500; ++i)
        names.push_back(std::to_string(i));
    const owned_dict given({{"a", 1}});
    ordered_dict     dict(heap.allocator());
    CHECK(dict.reserve(names.size()));
    const std::size_t allocations = heap.allocations();
    for (const std::string& name : names)
        REQUIRE(dict.share({.stem = name}, *given.dict.entries()[0].tensor));
    CHECK(heap.allocations() == allocations);
    CHECK(content(dict).size() == names.size());
}

TEST_CASE("a tensor keeps its shape and strides however many axes it has")
{
    const std::array<int, 10>         shape{2, 1, 1, 1, 1, 1, 1, 1, 1, 3};
    const std::array<int, 10>         spacing{1, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    const std::array<std::uint8_t, 6> bytes{1, 2, 3, 4, 5, 6};
    owned_dict                        given;
    CHECK(given.dict.set({.stem = "deep"}, *stet::strided_view(bytes, shape, spacing)));
    CHECK(given.dict.set({.stem = "turned"}, *stet::strided_view(bytes, {3, 2}, {1, 3})));

    const auto deep = given.dict.tensor(given.dict.entries()[0]);
    REQUIRE(deep.shape.size() == 10);
    CHECK((deep.shape[0] == 2 && deep.shape[9] == 3 && deep.strides[9] == 2));
    CHECK(support::poured(given.dict.tensor(given.dict.entries()[1])) == "\1\4\2\5\3\6");
}

TEST_CASE("a tensor whose axes are gone or no axes is refused by its name")
{
    owned_dict given;
    const auto expired = given.dict.set({.prefix = "clip_g.", .stem = "w"},
                                        {.type = stet::dtype::u8, .shape = std::array<int, 9>{}, .size = 0});
    REQUIRE_FALSE(expired);
    CHECK(expired.error().code == stet::errc::borrowed_axes_expired);
    CHECK(expired.error().subject() == "clip_g.w");
    CHECK(support::failure(given.dict.set({.stem = "w"}, {.shape = {-1, 0}, .size = 0})) ==
          "negative_dimension");
    CHECK(support::failure(
              given.dict.set({.stem = "w"}, {.shape = {1}, .strides = std::array<int, 9>{}, .size = 1})) ==
          "borrowed_axes_expired");
    CHECK(content(given.dict).empty());
}

TEST_CASE("renamed names move behind the others")
{
    owned_dict given({{"clip_g.a", 1}, {"x", 2}, {"clip_gX", 3}, {"clip_l.b", 4}, {"clip_g", 5}});
    given.rename("clip_g", "e.1");

    CHECK(content(given.dict) == entries{{"x", 2}, {"clip_l.b", 4}, {"e.1.a", 1}, {"e.1X", 3}, {"e.1", 5}});
    CHECK(given.collisions.empty());
}

TEST_CASE("an empty beginning is that of every name")
{
    owned_dict given({{"b", 1}, {"", 2}, {"a", 3}});
    given.rename("", "p.");
    CHECK(content(given.dict) == entries{{"p.b", 1}, {"p.", 2}, {"p.a", 3}});
    given.rename("p.", "");
    CHECK(content(given.dict) == entries{{"b", 1}, {"", 2}, {"a", 3}});
    given.rename("", "");
    CHECK(content(given.dict) == entries{{"b", 1}, {"", 2}, {"a", 3}});
    CHECK(given.collisions.empty());
}

TEST_CASE("names that meet while they are renamed end as they do in Python")
{
    SECTION("the one renamed first takes the other's place and moves on with it")
    {
        owned_dict given({{"a", 1}, {"p.a", 2}});
        given.rename("", "p.");
        CHECK(content(given.dict) == entries{{"p.p.a", 1}});
        CHECK(given.collisions == texts{"p.a"});
    }
    SECTION("the other way round they do not meet")
    {
        owned_dict given({{"p.a", 2}, {"a", 1}});
        given.rename("", "p.");
        CHECK(content(given.dict) == entries{{"p.p.a", 2}, {"p.a", 1}});
        CHECK(given.collisions.empty());
    }
    SECTION("what an earlier rename gave a beginning is taken along by a later one")
    {
        owned_dict given({{"clip_g.a", 1}, {"clip_l.b", 2}});
        given.rename("clip_g", "clip_l");
        given.rename("clip_l", "z");
        CHECK(content(given.dict) == entries{{"z.b", 2}, {"z.a", 1}});
        CHECK(given.collisions.empty());
    }
    SECTION("a name that does not match keeps its place and gets the tensor")
    {
        owned_dict given({{"z.a", 1}, {"y", 2}, {"p.a", 3}});
        given.rename("p.", "z.");
        CHECK(content(given.dict) == entries{{"z.a", 3}, {"y", 2}});
        CHECK(given.collisions == texts{"z.a"});
    }
    SECTION("every one is told")
    {
        owned_dict given({{"z.a", 1}, {"z.b", 2}, {"p.a", 3}, {"p.b", 4}});
        given.rename("p.", "z.");
        CHECK(content(given.dict) == entries{{"z.a", 3}, {"z.b", 4}});
        CHECK(given.collisions == texts{"z.a", "z.b"});
    }
}

TEST_CASE("a refusal of a name that was there ends the renaming")
{
    owned_dict given({{"z.a", 1}, {"p.a", 3}, {"p.b", 4}});
    const auto renamed =
        given.dict.rename_prefix("p.", "z.", given.texts, [](const placed_name&) -> stet::result<void> {
            return stet::error{.code = stet::errc::name_collision};
        });

    CHECK(support::failure(renamed) == "name_collision");
    CHECK(given.dict.find({.stem = "p.b"}) != nullptr);
}

TEST_CASE("any sequence of operations leaves what it leaves of a plain list")
{
    support::dice                  dice(3);
    const std::vector<std::string> words{"",       "a",      "p.",       "p.a",     "p.p.",
                                         "clip_g", "clip_l", "clip_g.a", "x.clip_g"};
    const auto word = [&]() -> const std::string& { return words[dice.below(words.size())]; };
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        owned_dict               given;
        plain_dict               expected;
        std::vector<std::string> names;
        names.reserve(60);
        std::size_t collisions = 0;
        for (std::uint64_t step = 0; step < 60; ++step) {
            const auto  what = dice.below(6);
            const auto& name = names.emplace_back(word() + word());
            if (what < 4) {
                const std::size_t at = dice.below(name.size() + 1);
                const auto        replaced = given.dict.set({.prefix = std::string_view(name).substr(0, at),
                                                             .stem = std::string_view(name).substr(at)},
                                                            sized(step));
                REQUIRE(replaced);
                CHECK(*replaced == expected.set(name, step));
            } else if (what == 4) {
                CHECK(given.dict.remove({.stem = name}) == expected.remove(name));
            } else {
                const std::string& from = word();
                const std::string& to = word();
                given.rename(from, to);
                collisions += expected.rename_prefix(from, to);
            }
            CHECK(content(given.dict) == expected.entries);
        }
        CHECK(given.collisions.size() == collisions);
    }
}

TEST_CASE("whether a name begins so does not depend on where it is cut")
{
    constexpr std::string_view name = "clip_g.transformer";
    for (std::size_t at = 0; at <= name.size(); ++at) {
        const placed_name given{.prefix = name.substr(0, at), .stem = name.substr(at)};
        CHECK(ordered_dict::begins_with(given, ""));
        CHECK(ordered_dict::begins_with(given, "clip_g"));
        CHECK(ordered_dict::begins_with(given, name));
        CHECK_FALSE(ordered_dict::begins_with(given, "clip_l"));
        CHECK_FALSE(ordered_dict::begins_with(given, "clip_g.transformer."));
    }
}

TEST_CASE("the rest of a name is borrowed where it lies in one piece and joined where it does not")
{
    constexpr std::string_view name = "clip_g.transformer";
    stet::detail::arena        texts(stet::heap());
    for (std::size_t at = 0; at <= name.size(); ++at) {
        for (std::size_t skipped = 0; skipped <= name.size(); ++skipped) {
            CAPTURE(at, skipped);
            const auto rest = ordered_dict::without_beginning(
                {.prefix = name.substr(0, at), .stem = name.substr(at)}, skipped, texts);
            REQUIRE(rest);
            CHECK(*rest == name.substr(skipped));
            if (skipped >= at)
                CHECK(rest->data() == name.data() + skipped);
        }
    }
}

TEST_CASE("a dict without memory says so and gives all memory back")
{
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i)
        names.push_back("clip_g." + std::to_string(i));
    const std::size_t needed =
        support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
            ordered_dict        dict(memory);
            stet::detail::arena own(memory);
            for (std::size_t i = 0; i < names.size(); ++i) {
                if (auto set = dict.set({.stem = names[i]}, sized(i)); !set)
                    return support::failure(set);
            }
            const auto unseen = [](const placed_name&) { return stet::result<void>(); };
            if (auto renamed = dict.rename_prefix("clip_g", "x", own, unseen); !renamed)
                return support::failure(renamed);
            // Now the rest of each name lies in two pieces, which need memory to be joined.
            if (auto renamed = dict.rename_prefix("", "y", own, unseen); !renamed)
                return support::failure(renamed);
            CHECK(content(dict).size() == names.size());
            return "none";
        });
    CHECK(needed > 15);
}

TEST_CASE("a dict without memory for an index looks through its names")
{
    texts names;
    for (int i = 0; i < 40; ++i)
        names.push_back("clip_g." + std::to_string(i));
    support::counting_heap heap;
    ordered_dict           dict(heap.allocator());
    for (std::size_t i = 0; i < names.size(); ++i)
        REQUIRE(dict.append({.stem = names[i]}, sized(i)));
    const auto size_of = [&](std::string_view name) {
        const ordered_dict::entry* const found = dict.find({.stem = name});
        return found == nullptr ? UINT64_MAX : dict.tensor(*found).size;
    };
    heap.fail_from(heap.allocations());
    CHECK(size_of(names[7]) == 7);
    CHECK(size_of("clip_g.40") == UINT64_MAX);
    CHECK(dict.remove({.stem = names[3]}));
    CHECK_FALSE(dict.remove({.stem = names[3]}));
    CHECK(size_of(names[3]) == UINT64_MAX);
    const stet::tensor_view other = sized(100);
    const auto              replaced = dict.share({.stem = names[5]}, other);
    CHECK((replaced && *replaced));
    const auto added = dict.share({.stem = "new"}, other);
    CHECK((added && !*added));
    CHECK(size_of("new") == 100);

    heap.fail_from(SIZE_MAX); // the index is built after all, without the name that is gone
    CHECK(size_of(names[3]) == UINT64_MAX);
    CHECK(size_of(names[5]) == 100);
    CHECK(size_of(names[39]) == 39);
    CHECK(heap.allocations() > 3);
}

TEST_CASE("a renaming tells that memory runs out wherever it does")
{
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i)
        names.push_back(std::to_string(i));
    const stet::tensor_view tensor = sized(1);
    for (const bool may_meet : {true, false}) {
        for (std::size_t level = 0; level < 50; ++level) {
            const std::size_t needed =
                support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
                    ordered_dict        dict(memory);
                    stet::detail::arena own(memory);
                    if (own.text((std::size_t{16} << 10U) - 16 * level) == nullptr)
                        return "out_of_memory";
                    if (may_meet) {
                        if (auto set = dict.share({.stem = "new."}, tensor); !set)
                            return support::failure(set);
                    }
                    for (const std::string& name : names) {
                        if (auto set = dict.share({.prefix = "old.name.", .stem = name}, tensor); !set)
                            return support::failure(set);
                    }
                    return support::failure(dict.rename_prefix(
                        "old.", "new.", own, [](const placed_name&) { return stet::result<void>(); }));
                });
            CHECK(needed > 4);
        }
    }
}
