// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"

#include <stet/header/header.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace metadata_test {

/// Iterators that make their entries up, which nothing keeps alive.
struct passing_entries {
    struct iterator {
        std::pair<std::string, std::string> operator*() const;
        iterator&                           operator++();
        friend bool                         operator!=(const iterator&, const iterator&);
    };
    iterator begin() const;
    iterator end() const;
};

} // namespace metadata_test

namespace {

using text_map = std::map<std::string, std::string>;
using pairs = std::vector<std::pair<std::string, std::string>>;

static_assert(stet::detail::metadata_dict<text_map> && stet::detail::metadata_dict<pairs> &&
              stet::detail::metadata_dict<std::unordered_map<std::string, std::string>> &&
              stet::detail::metadata_dict<std::map<std::string_view, const char*>> &&
              stet::detail::metadata_dict<std::array<std::pair<const char*, const char*>, 2>>);
static_assert(!stet::detail::metadata_dict<int> && !stet::detail::metadata_dict<std::vector<std::string>> &&
              !stet::detail::metadata_dict<std::map<std::string, int>> &&
              !stet::detail::metadata_dict<std::map<int, std::string>> &&
              !stet::detail::metadata_dict<metadata_test::passing_entries>);

static_assert(std::is_convertible_v<const text_map&, stet::metadata_view>);
static_assert(!std::is_constructible_v<stet::metadata_view, text_map> &&
              !std::is_constructible_v<stet::metadata_view, const text_map>);
static_assert(std::is_trivially_copyable_v<stet::metadata_view> &&
              sizeof(stet::metadata_view) == 4 * sizeof(void*));
static_assert(!stet::metadata_view().is_present());

/// `key=text;` of every entry, or the name of the error.
std::string sorted(const stet::metadata_view& given)
{
    const auto entries = stet::detail::sorted_entries(given, stet::heap());
    if (!entries)
        return std::string(support::failure(entries));
    std::string all;
    for (const stet::detail::metadata_entry& entry : *entries)
        all += std::string(entry.key) + "=" + std::string(entry.text) + ";";
    return all;
}

} // namespace

TEST_CASE("no metadata and empty metadata are told apart")
{
    const text_map empty;

    CHECK_FALSE(stet::metadata_view().is_present());
    CHECK(stet::metadata_view(empty).is_present());
    CHECK(sorted({}).empty());
    CHECK(sorted(empty).empty());
}

TEST_CASE("metadata is shown in place, in the dict's own order")
{
    const pairs given{{"z", "1"}, {"a", "2"}};
    std::string seen;
    const auto  visited = stet::metadata_view(given).each([&](std::string_view key, std::string_view text) {
        seen += std::string(key) + "=" + std::string(text) + ";";
        CHECK((key.data() == given[0].first.data() || key.data() == given[1].first.data()));
        CHECK((text.data() == given[0].second.data() || text.data() == given[1].second.data()));
        return stet::result<void>();
    });

    CHECK(visited);
    CHECK(seen == "z=1;a=2;");
    CHECK(stet::metadata_view().each([](std::string_view, std::string_view) -> stet::result<void> {
        return stet::error{.code = stet::errc::cancelled};
    }));
}

TEST_CASE("an error ends the visit of metadata")
{
    const pairs given{{"z", "1"}, {"a", "2"}};
    std::size_t calls = 0;
    const auto  visited =
        stet::metadata_view(given).each([&](std::string_view, std::string_view) -> stet::result<void> {
            ++calls;
            return stet::error{.code = stet::errc::cancelled};
        });

    CHECK(support::failure(visited) == "cancelled");
    CHECK(calls == 1);
}

TEST_CASE("entries are ordered by key, byte by byte")
{
    pairs             given{{"", "0"},
                            {"A", "1"},
                            {"a", "2"},
                            {"aa", "3"},
                            {"a\x7F", "4"},
                            {"a\xC3\xA9", "5"},
                            {"b", "6"},
                            {std::string("b\0", 2), "7"},
                            {"b\x01", "8"},
                            {"\xEF\xBF\xBD", "9"},
                            {"\xF0\x90\x80\x80", "10"}};
    const std::string expected = sorted(given);
    CHECK(expected.starts_with("=0;A=1;a=2;aa=3;a\x7F=4;a\xC3\xA9=5;b=6;"));
    CHECK(expected.ends_with("b\x01=8;\xEF\xBF\xBD=9;\xF0\x90\x80\x80=10;"));

    std::reverse(given.begin(), given.end());
    CHECK(sorted(given) == expected);
    std::rotate(given.begin(), given.begin() + 4, given.end());
    CHECK(sorted(given) == expected);
    CHECK(sorted(std::as_const(given)) == expected);

    const std::unordered_map<std::string, std::string> hashed(given.begin(), given.end());
    CHECK(sorted(hashed) == expected);
}

TEST_CASE("a metadata key given twice is refused")
{
    const pairs twice{{"format", "pt"}, {"a", "b"}, {"format", "pt"}};
    const auto  entries = stet::detail::sorted_entries(twice, stet::heap());

    REQUIRE_FALSE(entries);
    CHECK(entries.error().code == stet::errc::duplicate_metadata_key);
    CHECK(entries.error().subject() == "format");

    const pairs similar{{"format", "pt"}, {"Format", "pt"}, {"format ", "pt"}, {"forma", "pt"}};
    CHECK(stet::detail::sorted_entries(similar, stet::heap()));
}

TEST_CASE("metadata that is not UTF-8 is refused by its key")
{
    const pairs in_key{{"fine", "fine"}, {"bad\xFF", "fine"}};
    const pairs in_text{{"fine", "fine"}, {"prompt", "\xED\xA0\x80"}};
    for (const pairs& given : {in_key, in_text}) {
        const auto entries = stet::detail::sorted_entries(given, stet::heap());
        REQUIRE_FALSE(entries);
        CHECK(entries.error().code == stet::errc::invalid_metadata_utf8);
        CHECK(entries.error().subject() == given[1].first);
    }
}

TEST_CASE("a list written in the call is metadata, sorted as any other; an empty view is none")
{
    const std::string title = "a title";
    CHECK(sorted({{"title", title}, {"format", "pt"}}) == "format=pt;title=a title;");
    CHECK(sorted({{"format", "pt"}}) == "format=pt;");
    CHECK(sorted({{"k", "1"}, {"k", "2"}}) == "duplicate_metadata_key");
    CHECK_FALSE(stet::metadata_view{}.is_present());
    CHECK(stet::metadata_view(std::initializer_list<std::pair<std::string_view, std::string_view>>{})
              .is_present());
}

TEST_CASE("sorting metadata without memory reports it and gives all memory back")
{
    pairs given;
    for (int i = 0; i < 50; ++i)
        given.emplace_back("key " + std::to_string(i), "text");
    for (std::size_t allowed = 0;; ++allowed) {
        REQUIRE(allowed < 50);
        support::counting_heap heap;
        heap.fail_from(allowed);
        bool succeeded = false;
        {
            const auto entries = stet::detail::sorted_entries(given, heap.allocator());
            succeeded = static_cast<bool>(entries);
            if (!succeeded)
                CHECK(support::failure(entries) == "out_of_memory");
        }
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
        if (succeeded) {
            CHECK(allowed > 1);
            break;
        }
    }
}
