// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/file_to_edit.hpp"
#include "support/short_memory.hpp"
#include "support/stored_file.hpp"

#include <stet/edit/impl/next_header.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::edit::renaming;
using support::failure;
using support::file_content;
using support::file_to_edit;
using support::stored_file;
using support::text_map;

namespace {

using names = std::vector<std::string>;

/// A file and the header it was read from.
class opened {
public:
    explicit opened(std::string file)
        : file_(std::move(file)), read_(stet::read_checkpoint(std::as_bytes(std::span(file_))))
    {
        REQUIRE(read_);
    }
    opened(const opened&) = delete;
    opened& operator=(const opened&) = delete;
    ~opened() = default;

    const stet::checkpoint_header& header() const { return read_->header(); }
    std::string                    data() const { return file_.substr(header().data_begin()); }

    stet::result<stet::detail::next_header> spell(const stet::edit::changes& wanted, std::uint64_t room = 0,
                                                  const stet::allocator& memory = stet::heap()) const
    {
        return stet::detail::spell_next_header(header(), wanted, {}, room, memory);
    }

    /// The whole file that the next header begins.
    std::string whole(const stet::detail::next_header& next) const
    {
        return std::string(reinterpret_cast<const char*>(next.all.data()), next.all.size()) + data();
    }

    names dropped(const stet::edit::changes& wanted) const
    {
        const auto next = spell(wanted);
        REQUIRE(next);
        const file_content now(whole(*next));
        for (const std::string& key : next->dropped)
            CHECK(now.metadata.count(key) == 0);
        return next->dropped;
    }

private:
    std::string                         file_;
    stet::result<stet::checkpoint_view> read_;
};

text_map metadata_after(const opened& file, const stet::edit::changes& wanted)
{
    const auto next = file.spell(wanted);
    REQUIRE(next);
    return file_content(file.whole(*next)).metadata;
}

} // namespace

TEST_CASE("metadata is set, removed and given as a whole, and ordered by key")
{
    const opened file(file_to_edit({{"a", "1"}, {"b", "2"}, {"__spacer", "    "}}, 100));
    const std::array<std::string_view, 2> gone{"b", "nowhere"};
    CHECK(metadata_after(file, {}) == text_map{{"a", "1"}, {"b", "2"}});
    CHECK(metadata_after(file, {.set = {{"c", "3"}, {"a", "0"}}}) ==
          text_map{{"a", "0"}, {"b", "2"}, {"c", "3"}});
    CHECK(metadata_after(file, {.remove = gone}) == text_map{{"a", "1"}});
    CHECK(metadata_after(file, {.set = {{"b", "4"}}, .remove = gone}) == text_map{{"a", "1"}, {"b", "4"}});
    CHECK(metadata_after(file, {.metadata = {{"z", "9"}}}) == text_map{{"z", "9"}});
    CHECK(metadata_after(file, {.metadata = {{"z", "9"}, {"b", "5"}}, .set = {{"y", "8"}}, .remove = gone}) ==
          text_map{{"y", "8"}, {"z", "9"}});
    const auto next = file.spell({.set = {{"c", "3"}}});
    REQUIRE(next);
    CHECK(file.whole(*next).substr(8).starts_with(R"({"__metadata__":{"a":"1","b":"2","c":"3"},"first":{)"));
}

TEST_CASE("a spacer that is set is written, for it was asked for")
{
    const opened file(file_to_edit({{"__spacer", "    "}}, 100));
    CHECK(metadata_after(file, {.set = {{"__spacer", " "}}}) == text_map{{"__spacer", " "}});
}

TEST_CASE("a file has an object of metadata when it has some, had an empty one, or is to have one")
{
    const auto has = [](const opened& file, const stet::edit::changes& wanted) {
        const auto next = file.spell(wanted);
        REQUIRE(next);
        return file_content(file.whole(*next)).has_metadata;
    };
    const opened                          with(file_to_edit({{"a", "1"}}));
    const opened                          without(file_to_edit({}));
    const opened                          with_none(stored_file(R"({"__metadata__":{}})"));
    const std::array<std::string_view, 1> gone{"a"};
    const text_map                        none;
    CHECK(has(with, {}));
    CHECK_FALSE(has(with, {.remove = gone}));
    CHECK(has(with, {.metadata = none}));
    CHECK_FALSE(has(without, {}));
    CHECK(has(with_none, {}));
}

TEST_CASE("tensors get other names at once, and keep their order")
{
    const opened                  file(file_to_edit({{"a", "1"}}));
    const std::array<renaming, 3> swapped{
        {{"first", "second"}, {"second", "first"}, {"third", "\xC3\xA9 \"quoted\""}}};
    const auto next = file.spell({.rename = swapped});
    REQUIRE(next);
    const file_content now(file.whole(*next));
    CHECK(now.names == names{"second", "first", "\xC3\xA9 \"quoted\""});
    CHECK(now.data == file.data());
}

TEST_CASE("a name that is not there, not free or not allowed is refused")
{
    const opened file(file_to_edit({}));
    const auto   code = [&file](std::string_view from, std::string_view to) {
        const std::array<renaming, 1> one{{{from, to}}};
        const auto                    next = file.spell({.rename = one});
        if (!next)
            CHECK((next.error().subject() == from || next.error().subject() == to));
        return failure(next);
    };
    CHECK(code("nowhere", "x") == "no_such_tensor");
    CHECK(code("first", "second") == "duplicate_name");
    CHECK(code("first", "__metadata__") == "reserved_name");
    CHECK(code("first", "\xFF") == "invalid_utf8");
    CHECK(code("first", "first") == "none");
    CHECK(failure(file.spell({.set = {{"a", "\xFF"}}})) == "invalid_metadata_utf8");
    CHECK(failure(file.spell({.set = {{"a", "1"}, {"a", "2"}}})) == "duplicate_metadata_key");
    CHECK(failure(file.spell({.metadata = {{"a", "1"}, {"a", "2"}}})) == "duplicate_metadata_key");
}

TEST_CASE("a header that fits keeps its size, another grows by steps that leave every tensor's alignment")
{
    for (const std::uint64_t room : {0U, 100U, 5000U}) {
        const opened        file(file_to_edit({{"a", ""}}, room));
        const std::uint64_t before = file.header().data_begin();
        for (const std::size_t size : {0U, 1U, 99U, 108U, 4000U, 6000U, 20'000U}) {
            for (const std::uint64_t more : {0U, 1000U, 10'000U}) {
                CAPTURE(room, size, more);
                const std::string text(size, 'x');
                const auto        next = file.spell({.set = {{"a", text}}}, more);
                REQUIRE(next);
                const file_content now(file.whole(*next));
                CHECK(now.metadata.at("a") == text);
                CHECK(now.data == file.data());
                CHECK(now.data_begin == next->all.size());
                CHECK(now.room == now.data_begin - 8 - next->text_size);
                if (8 + next->text_size <= before) {
                    CHECK(now.data_begin == before);
                } else {
                    CHECK(now.data_begin % 4096 == before % 4096);
                    CHECK(now.room >= more);
                    CHECK(now.room < more + 4096);
                }
            }
        }
    }
}

TEST_CASE("a header of a file that is not aligned is aligned once it has to move its data")
{
    const opened file(stored_file(R"({"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", "abc"));
    REQUIRE(file.header().data_begin() % 8 != 0);
    const auto same = file.spell({});
    REQUIRE(same);
    CHECK(same->all.size() == file.header().data_begin());
    const auto grown = file.spell({.set = {{"a", "1"}}}, 3);
    REQUIRE(grown);
    const file_content now(file.whole(*grown));
    CHECK(now.data_begin % 8 == 0);
    CHECK(now.room >= 3);
    CHECK(now.room < 3 + 8);
    CHECK(now.data == "abc");
}

TEST_CASE("any form of header becomes the one that every reader takes")
{
    const opened file(stored_file("\n { \"t\" : { \"shape\":[3] ,\"dtype\":\"U8\",\"data_offsets\":[0,3] } ,"
                                  "\"__metadata__\": null }\t\n",
                                  "abc"));
    const auto   next = file.spell({});
    REQUIRE(next);
    const std::string now = file.whole(*next);
    CHECK(now.substr(8).starts_with(R"({"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}} )"));
    CHECK(now.size() == 8 + file.header().text().size() + 3);
}

TEST_CASE("a header beyond the format's limit is refused, and room beyond it, too")
{
    const opened      file(file_to_edit({}));
    const std::string huge(static_cast<std::size_t>(stet::max_header_size), 'x');
    CHECK(failure(file.spell({.set = {{"a", huge}}})) == "header_too_large");
    CHECK(failure(file.spell({.set = {{"a", "1"}}}, stet::max_header_size)) == "header_too_large");
    CHECK(failure(file.spell({.set = {{"a", "1"}}}, UINT64_MAX)) == "header_too_large");
    CHECK(failure(file.spell({}, UINT64_MAX)) == "none"); // it fits as it is
    const auto fits = file.spell({.set = {{"a", "1"}}}, stet::max_header_size - 1000);
    REQUIRE(fits);
    CHECK(fits->all.size() <= 8 + stet::max_header_size);
    CHECK(fits->all.size() % 8 == 0);
}

TEST_CASE("what an edit makes untrue is dropped and told, and nothing else")
{
    const std::array<std::string_view, 1> ss_gone{"ss_tag"};
    const std::array<std::string_view, 1> other_gone{"title"};
    const std::array<renaming, 1>         same_order{{{"first", "a"}}};
    const std::array<renaming, 1>         other_order{{{"first", "zzz"}}};
    const std::array<renaming, 1>         no_other{{{"first", "first"}}};
    const opened                          file(file_to_edit({{"modelspec.hash_sha256", "0x1"},
                                                             {"sshs_legacy_hash", "2"},
                                                             {"sshs_model_hash", "3"},
                                                             {"ss_tag", "4"},
                                                             {"title", "5"}}));
    CHECK(file.dropped({}).empty());
    CHECK(file.dropped({.set = {{"title", "new"}}}).empty());
    CHECK(file.dropped({.remove = other_gone}).empty());
    CHECK(file.dropped({.set = {{"ss_tag", "4"}}}).empty());
    CHECK(file.dropped({.rename = no_other}).empty());
    CHECK(file.dropped({.set = {{"ss_tag", "other"}}}) == names{"sshs_legacy_hash"});
    CHECK(file.dropped({.set = {{"ss_new", ""}}}) == names{"sshs_legacy_hash"});
    CHECK(file.dropped({.remove = ss_gone}) == names{"sshs_legacy_hash"});
    CHECK(file.dropped({.rename = same_order}) == names{"sshs_legacy_hash"});
    CHECK(file.dropped({.rename = other_order}) == names{"sshs_legacy_hash", "sshs_model_hash"});
    // What is given anew is the giver's word.
    CHECK(file.dropped({.set = {{"sshs_legacy_hash", "6"}}, .rename = same_order}).empty());
    CHECK(file.dropped({.metadata = {{"sshs_legacy_hash", "2"}}}).empty());
}

TEST_CASE("a manifest is dropped with any change, and kept where there is none or it is only reserved")
{
    const opened signed_file(file_to_edit({{"c2pa:manifest", "2Do="}, {"title", "1"}}));
    const opened reserved(file_to_edit({{"c2pa:manifest", "AAAA"}, {"title", "1"}}));
    CHECK(signed_file.dropped({.set = {{"title", "2"}}}) == names{"c2pa:manifest"});
    CHECK(signed_file.dropped({.set = {{"title", "1"}}}).empty());
    CHECK(signed_file.dropped({}).empty());
    CHECK(signed_file.dropped({.set = {{"c2pa:manifest", "3Do="}}}).empty());
    CHECK(reserved.dropped({.set = {{"title", "2"}}}).empty());
    CHECK(metadata_after(reserved, {.set = {{"title", "2"}}}).at("c2pa:manifest") == "AAAA");
}

TEST_CASE("filling a slot changes its bytes and nothing else, whatever the form of the header")
{
    const opened file(stored_file("\n{ \"__metadata__\":{\"slot\" : \"1234\", \"\\u0061\":\"b\"}}  \n"));
    const auto   next = stet::detail::fill_header(file.header(), "slot", "\xC3\xA9pq", stet::heap());
    REQUIRE(next);
    CHECK(file.whole(*next) ==
          stored_file("\n{ \"__metadata__\":{\"slot\" : \"\xC3\xA9pq\", \"\\u0061\":\"b\"}}  \n"));
    CHECK(next->text_size == file.header().text().size() - 3);
    const auto code = [&file](std::string_view key, std::string_view text) {
        return failure(stet::detail::fill_header(file.header(), key, text, stet::heap()));
    };
    CHECK(code("slot", "abc") == "slot_size_mismatch");
    CHECK(code("slot", "abcde") == "slot_size_mismatch");
    CHECK(code("slot", "ab\"d") == "invalid_metadata_value");
    CHECK(code("slot", "ab\\d") == "invalid_metadata_value");
    CHECK(code("slot", "ab\nd") == "invalid_metadata_value");
    CHECK(code("slot", "ab\xFF"
                       "d") == "invalid_metadata_value");
    CHECK(code("a", "c") == "missing_slot");
    CHECK(code("x", "c") == "missing_slot");
}

TEST_CASE("a header's memory comes from the allocator that is given, and what it refuses is an error")
{
    const opened                          file(file_to_edit({{"a", "1"}, {"c2pa:manifest", "2Do="}}));
    const std::array<renaming, 1>         other{{{"first", "zzz"}}};
    const std::array<std::string_view, 1> gone{"a"};
    const std::size_t needed = support::allocations_needed([&](const stet::allocator& memory) {
        return failure(file.spell({.set = {{"b", "2"}}, .remove = gone, .rename = other}, 0, memory));
    });
    CHECK(needed > 8);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return failure(stet::detail::fill_header(file.header(), "a", "2", memory));
          }) == 1);
}
