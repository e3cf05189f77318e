// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/plan/impl/name_order.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// Records over texts, each cut somewhere. Both pieces have memory of their own, so that no read goes across.
class named_records {
public:
    named_records(const std::vector<std::string>& texts, support::dice& dice)
    {
        for (const std::string_view text : texts) {
            const std::size_t cut = dice.below(text.size() + 1);
            add(keep(text.substr(0, cut)), keep(text.substr(cut)));
        }
    }

    /// All cut after the same prefix, which is one and the same piece of memory.
    named_records(std::string_view prefix, const std::vector<std::string>& stems)
    {
        const std::string_view kept = keep(prefix);
        for (const std::string& stem : stems)
            add(kept, keep(stem));
    }

    const std::vector<stet::record>& records() const noexcept { return records_; }

private:
    std::string_view keep(std::string_view piece)
    {
        // Without a terminating NUL, so that a sanitizer sees a read of one byte too many.
        return {pieces_.emplace_back(piece.begin(), piece.end()).data(), piece.size()};
    }
    void add(std::string_view prefix, std::string_view stem)
    {
        records_.push_back({.name = {.prefix = prefix, .stem = stem}});
    }

    std::deque<std::vector<char>> pieces_;
    std::vector<stet::record>     records_;
};

/// The names in the order found, or what was found instead.
std::vector<std::string> ordered(const named_records& given)
{
    stet::detail::growing_array<std::uint32_t>            order;
    stet::detail::growing_array<stet::detail::name_clash> clashes;
    if (!stet::detail::order_by_name(given.records(), order, clashes))
        return {"failed"};
    if (!clashes.empty())
        return {"clash of " + given.records()[clashes[0].first].name.text()};
    std::vector<std::string> names;
    for (const std::uint32_t index : order)
        names.push_back(given.records()[index].name.text());
    return names;
}

/// Bytewise, as unsigned numbers.
std::vector<std::string> sorted(std::vector<std::string> texts)
{
    std::sort(texts.begin(), texts.end(), [](const std::string& a, const std::string& b) {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
            return static_cast<unsigned char>(x) < static_cast<unsigned char>(y);
        });
    });
    return texts;
}

std::vector<std::string> without_repeats(std::vector<std::string> texts)
{
    texts = sorted(std::move(texts));
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

/// Every pair of neighbours of one name is told once, and equal names are in the order of their records.
void check_clashes(const named_records& given, const std::vector<std::string>& texts)
{
    stet::detail::growing_array<std::uint32_t>            order;
    stet::detail::growing_array<stet::detail::name_clash> clashes;
    REQUIRE(stet::detail::order_by_name(given.records(), order, clashes));

    // A stable sort of the indices is what is wanted.
    std::vector<std::uint32_t> expected(texts.size());
    std::iota(expected.begin(), expected.end(), 0U);
    std::stable_sort(expected.begin(), expected.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::string_view(texts[a]).compare(texts[b]) < 0; // as unsigned bytes
    });
    CHECK(std::equal(expected.begin(), expected.end(), order.begin(), order.end()));

    std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::size_t i = 1; i < expected.size(); ++i) {
        if (texts[expected[i - 1]] == texts[expected[i]])
            pairs.emplace(expected[i - 1], expected[i]);
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> found;
    for (const stet::detail::name_clash& clash : clashes)
        found.emplace(clash.first, clash.second);
    CHECK(clashes.size() == pairs.size());
    CHECK(found == pairs);
}

void shuffle(std::vector<std::string>& texts, support::dice& dice)
{
    for (std::size_t i = texts.size(); i > 1; --i)
        std::swap(texts[i - 1], texts[dice.below(i)]);
}

/// Texts that share long beginnings, are beginnings of each other, and hold NULs and bytes from 0x80 on.
std::vector<std::string> related_texts(std::size_t count, support::dice& dice)
{
    constexpr std::string_view letters("\0\x01.a\x7F\x80\xC3\xFF", 8);
    std::vector<std::string>   texts{""};
    for (std::size_t i = 1; i < count; ++i) {
        std::string text = texts[dice.below(texts.size())];
        if (dice.below(4) == 0)
            text.resize(dice.below(text.size() + 1));
        if (dice.below(8) == 0)
            text.append(dice.below(40), 'p');
        const auto more = dice.below(10);
        for (std::size_t k = 0; k < more; ++k)
            text += letters[dice.below(letters.size())];
        texts.push_back(std::move(text));
    }
    return texts;
}

/// As a large model names its tensors.
std::vector<std::string> model_texts(std::size_t count)
{
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i)
        texts.push_back("model.diffusion_model.transformer_blocks." + std::to_string(i / 4) +
                        ".attention.to_q." + (i % 4 == 0 ? "weight" : "bias" + std::to_string(i % 4)));
    return texts;
}

} // namespace

TEST_CASE("no name and one name are in order")
{
    support::dice dice(1);

    CHECK(ordered(named_records({}, dice)).empty());
    CHECK(ordered(named_records({"only"}, dice)) == std::vector<std::string>{"only"});
    CHECK(ordered(named_records({""}, dice)) == std::vector<std::string>{""});
}

TEST_CASE("two names are ordered as bytes, a beginning before what goes on")
{
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"a", "b"},
        {"", "a"},
        {"a", "ab"},
        {"Z", "a"},
        {"a", std::string("a\0", 2)},
        {std::string("a\0", 2), std::string("a\0\0", 3)},
        {"12345678", "123456789"},
        {"1234567", "12345678"},
        {std::string("12345678\0", 9), "123456781"},
        {"a.10", "a.9"},
        {"\x7F", "\x80"},
        {"a\x7F", "a\xC3\xA9"},
        {"\xEF\xBF\xBD", "\xF0\x90\x80\x80"}, // where UTF-16 would order otherwise
    };
    for (const auto& [low, high] : pairs) {
        for (std::size_t low_cut = 0; low_cut <= low.size(); ++low_cut) {
            for (std::size_t high_cut = 0; high_cut <= high.size(); ++high_cut) {
                CAPTURE(low, high, low_cut, high_cut);
                const std::string_view          first = low;
                const std::string_view          second = high;
                const std::vector<stet::record> records{
                    {.name = {.prefix = second.substr(0, high_cut), .stem = second.substr(high_cut)}},
                    {.name = {.prefix = first.substr(0, low_cut), .stem = first.substr(low_cut)}}};
                stet::detail::growing_array<std::uint32_t>            order;
                stet::detail::growing_array<stet::detail::name_clash> clashes;
                REQUIRE(stet::detail::order_by_name(records, order, clashes));
                CHECK(clashes.empty());
                CHECK((order.size() == 2 && order[0] == 1 && order[1] == 0));
            }
        }
    }
}

TEST_CASE("any names, however cut, are ordered as a sort of the joined texts would")
{
    support::dice dice(2);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        auto       texts = without_repeats(related_texts(2 + dice.below(60), dice));
        const auto expected = texts;
        shuffle(texts, dice);
        CHECK(ordered(named_records(texts, dice)) == expected);
    }
}

TEST_CASE("names of components, each with its own shared prefix, are ordered across the components")
{
    support::dice dice(3);
    for (int round = 0; round < 100; ++round) {
        CAPTURE(round);
        // The prefixes are beginnings of each other and lie at one address.
        const std::string         all_prefixes = "model.diffusion_model.";
        std::set<std::string>     taken;
        std::vector<stet::record> records;
        const auto                stems = without_repeats(related_texts(30, dice));
        std::vector<std::string>  expected;
        for (const std::string& stem : stems) {
            const std::string_view  prefix(all_prefixes.data(), dice.below(all_prefixes.size() + 1));
            const stet::placed_name name{.prefix = prefix, .stem = stem};
            if (!taken.insert(name.text()).second)
                continue;
            records.push_back({.name = name});
            expected.push_back(name.text());
        }
        expected = sorted(std::move(expected));

        stet::detail::growing_array<std::uint32_t>            order;
        stet::detail::growing_array<stet::detail::name_clash> clashes;
        REQUIRE(stet::detail::order_by_name(records, order, clashes));
        REQUIRE(clashes.empty());
        std::vector<std::string> found;
        for (const std::uint32_t index : order)
            found.push_back(records[index].name.text());
        CHECK(found == expected);
    }
}

TEST_CASE("ten thousand names are ordered")
{
    support::dice dice(4);

    SECTION("as a model names them")
    {
        auto       texts = model_texts(10'000);
        const auto expected = sorted(texts);
        shuffle(texts, dice);
        CHECK((ordered(named_records(texts, dice)) == expected));
        CHECK((ordered(named_records("", texts)) == expected));
    }
    SECTION("related at random")
    {
        auto       texts = without_repeats(related_texts(10'000, dice));
        const auto expected = texts;
        shuffle(texts, dice);
        CHECK((ordered(named_records(texts, dice)) == expected));
    }
    SECTION("each the beginning of the next")
    {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < 2'000; ++i)
            texts.push_back(std::string(i, 'a'));
        const auto expected = texts;
        shuffle(texts, dice);
        CHECK((ordered(named_records(texts, dice)) == expected));
    }
}

TEST_CASE("records of one name are found, however they are cut, and stay in their order")
{
    support::dice dice(5);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        auto       texts = without_repeats(related_texts(1 + dice.below(50), dice));
        const auto repeated = dice.below(4);
        for (std::uint64_t i = 0; i < repeated; ++i) {
            const std::string again = texts[dice.below(texts.size())];
            texts.insert(texts.end(), 1 + dice.below(12), again);
        }
        shuffle(texts, dice);
        check_clashes(named_records(texts, dice), texts);
    }
}

TEST_CASE("a name many times among thousands is found as pairs of neighbours")
{
    support::dice dice(8);
    auto          texts = model_texts(3'000);
    texts.insert(texts.end(), 500, texts[1234]);
    texts.insert(texts.end(), 2, texts[77]);
    texts.insert(texts.end(), 9, std::string());
    shuffle(texts, dice);
    check_clashes(named_records(texts, dice), texts);
    check_clashes(named_records("model.", texts), texts);
}

TEST_CASE("three records of one name make two pairs, the earlier record first")
{
    support::dice                                         dice(9);
    const named_records                                   given({"b", "a", "b", "c", "b"}, dice);
    stet::detail::growing_array<std::uint32_t>            order;
    stet::detail::growing_array<stet::detail::name_clash> clashes;
    REQUIRE(stet::detail::order_by_name(given.records(), order, clashes));

    REQUIRE(clashes.size() == 2);
    CHECK((clashes[0].first == 0 && clashes[0].second == 2));
    CHECK((clashes[1].first == 2 && clashes[1].second == 4));
    REQUIRE(order.size() == 5);
    CHECK((order[0] == 1 && order[1] == 0 && order[2] == 2 && order[3] == 4 && order[4] == 3));
}

TEST_CASE("names met twice are told in the order of the records that repeat them")
{
    std::vector<std::string>       texts = model_texts(200);
    const std::vector<std::string> first = texts;
    support::dice                  dice(11);
    shuffle(texts, dice);
    texts.insert(texts.begin(), first.begin(), first.end());
    const named_records given(texts, dice);

    stet::detail::growing_array<std::uint32_t>            order;
    stet::detail::growing_array<stet::detail::name_clash> clashes;
    REQUIRE(stet::detail::order_by_name(given.records(), order, clashes));

    REQUIRE(clashes.size() == 200);
    for (std::uint32_t i = 0; i < 200; ++i) {
        CHECK(clashes[i].second == 200 + i);
        CHECK(texts[clashes[i].first] == texts[clashes[i].second]);
    }
}

TEST_CASE("names laid so that every guess at their median is bad are ordered")
{
    // The smallest nine names stand wherever the guess looks, again and again.
    for (const std::size_t count : {100U, 1000U, 5000U}) {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < count; ++i)
            texts.push_back(std::to_string(100'000 + i));
        std::vector<std::string> laid = texts;
        for (std::size_t from = 0; from + 9 <= count; from += 9) {
            const std::size_t left = count - from;
            for (std::size_t i = 0; i < 8; ++i)
                std::swap(laid[from + i], laid[from + i * (left / 9)]);
            std::swap(laid[from + 8], laid[count - 1]);
        }
        support::dice dice(13);
        CHECK((ordered(named_records(laid, dice)) == texts));
        CHECK((ordered(named_records({texts.rbegin(), texts.rend()}, dice)) == texts));
    }
}

TEST_CASE("one name twice among ten thousand is found")
{
    support::dice dice(6);
    auto          texts = model_texts(10'000);
    texts.push_back(texts[1234]);
    shuffle(texts, dice);

    CHECK(ordered(named_records(texts, dice)) ==
          std::vector<std::string>{"clash of " + model_texts(1235)[1234]});
}

TEST_CASE("ordering names without memory reports it and gives all memory back")
{
    // Groups whose names part after more than eight characters: the list of open groups has to grow.
    std::vector<std::string> texts;
    for (int group = 0; group < 40; ++group) {
        for (int i = 0; i < 30; ++i)
            texts.push_back("block." + std::to_string(100 + group) + ".attention.to_q." +
                            std::to_string(100 + i));
    }
    // One name eight times and one forty-three times: few enough and too many to be looked at one by one.
    texts.insert(texts.end(), 7, "a");
    texts.insert(texts.end(), 42, texts[0]);
    texts.push_back("a");
    const auto    expected = sorted(texts);
    support::dice dice(7);
    shuffle(texts, dice);
    const named_records given(texts, dice);
    for (std::size_t allowed = 0;; ++allowed) {
        REQUIRE(allowed < 100);
        support::counting_heap heap;
        heap.fail_from(allowed);
        bool                     succeeded = false;
        std::vector<std::string> found;
        {
            stet::detail::growing_array<std::uint32_t>            order(heap.allocator());
            stet::detail::growing_array<stet::detail::name_clash> clashes(heap.allocator());
            const auto ordered_names = stet::detail::order_by_name(given.records(), order, clashes);
            succeeded = static_cast<bool>(ordered_names);
            CHECK(support::failure(ordered_names) == (succeeded ? "none" : "out_of_memory"));
            if (succeeded) {
                CHECK(clashes.size() == 49);
                for (const std::uint32_t index : order)
                    found.push_back(given.records()[index].name.text());
            }
        }
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
        if (succeeded) {
            CHECK(allowed > 3);
            CHECK((found == expected));
            break;
        }
    }
}

TEST_CASE("ordering deeply nested names without memory reports it wherever the open groups are full")
{
    // Every level leaves two groups open, the first of some only one.
    constexpr std::size_t levels = 20;
    for (std::size_t with_one = 0; with_one < 4; ++with_one) {
        std::vector<std::string> texts;
        std::string              shared;
        for (std::size_t level = 0; level < levels; ++level) {
            for (int i = 0; i < 15; ++i) {
                if (level >= with_one)
                    texts.push_back(shared + "aaaaaaaa" + std::to_string(i));
                texts.push_back(shared + "cccccccc" + std::to_string(i));
            }
            shared += "bbbbbbbb";
        }
        for (int i = 0; i < 100; ++i)
            texts.push_back(shared + std::to_string(i));
        support::dice       dice(3);
        const named_records given(texts, dice);
        const std::size_t   needed = support::allocations_needed([&](const stet::allocator& memory) {
            stet::detail::growing_array<std::uint32_t>            order(memory);
            stet::detail::growing_array<stet::detail::name_clash> clashes(memory);
            return support::failure(stet::detail::order_by_name(given.records(), order, clashes));
        });
        CHECK(needed > 3);
        CHECK(ordered(given) == sorted(texts));
    }
}
