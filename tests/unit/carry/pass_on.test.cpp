// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/carry/carry_metadata.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>
#include <vector>

using stet::carry::pass_on;
using names = std::vector<std::string>;

namespace {

stet::metadata_list source()
{
    return {{"config", "{}"}, {"sshs_model_hash", "ab"}, {"modelspec.title", "t"}, {"sshs_legacy_hash", "c"},
            {"mine", "m"},    {"format", "pt"}};
}

/// `key=text;` of every entry.
std::string shown(const stet::metadata_list& list)
{
    std::string all;
    for (const auto& [key, text] : list)
        all += key + "=" + text + ";";
    return all;
}

} // namespace

TEST_CASE("metadata goes to another file by the rule for each key")
{
    const stet::metadata_list given = source();
    const auto                said = pass_on(given);
    REQUIRE(said);
    CHECK(shown(said->metadata) == "config={};format=pt;mine=m;modelspec.title=t;");
    CHECK(said->dropped_digests == names{"sshs_model_hash", "sshs_legacy_hash"});
    CHECK(said->unknown == names{"mine"});
    CHECK(said->left_out.empty());
}

TEST_CASE("what describes the whole file can be left out, and is named")
{
    const stet::metadata_list given = source();
    const auto                said = pass_on(given, {}, {.keeps_whole_file = false});
    REQUIRE(said);
    CHECK(shown(said->metadata) == "config={};format=pt;mine=m;");
    CHECK(said->left_out == names{"modelspec.title"});
}

TEST_CASE("digests of data that is the same still hold; those of the header do not")
{
    const stet::metadata_list given = source();
    const auto                said = pass_on(given, {}, {.data_is_same = true});
    REQUIRE(said);
    CHECK(shown(said->metadata) == "config={};format=pt;mine=m;modelspec.title=t;sshs_model_hash=ab;");
    CHECK(said->dropped_digests == names{"sshs_legacy_hash"});
}

TEST_CASE("one's own entries are there whatever the rules say")
{
    const stet::metadata_list given = source();
    const stet::metadata_list own{{"sshs_model_hash", "new"}, {"format", "x"}, {"a", "b"}};
    const auto                said = pass_on(given, own);
    REQUIRE(said);
    CHECK(shown(said->metadata) == "a=b;config={};format=x;mine=m;modelspec.title=t;sshs_model_hash=new;");
    CHECK(said->dropped_digests.size() == 2);
}

TEST_CASE("a faulty entry is an error unless it is dropped")
{
    const stet::metadata_list faulty{{"config", "\xFF"}};
    CHECK(support::failure(pass_on(faulty)) == "invalid_metadata_utf8");
    const stet::metadata_list twice{{"config", "a"}, {"config", "b"}};
    CHECK(support::failure(pass_on(twice)) == "duplicate_metadata_key");
    const stet::metadata_list dropped{{"sshs_model_hash", "\xFF"}};
    CHECK(pass_on(dropped));
    const std::array<stet::carry::entry_rule, 1> rules{{{"config", stet::carry::entry_kind::file_digest}}};
    CHECK(pass_on(faulty, {}, {.rules = rules}));
}

TEST_CASE("a file without metadata hands none on")
{
    const auto said = pass_on({});
    REQUIRE(said);
    CHECK(said->metadata.empty());
}
