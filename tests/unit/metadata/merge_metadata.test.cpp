// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/metadata/merge_metadata.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using stet::merge_metadata;

namespace {

using text_map = std::map<std::string, std::string>;
using pairs = std::vector<std::pair<std::string, std::string>>;

/// `key=text;` of every entry, or the name of the error.
std::string shown(const stet::result<stet::metadata_list>& merged)
{
    if (!merged)
        return std::string(support::failure(merged));
    std::string all;
    for (const auto& [key, text] : *merged)
        all += std::string(key) + "=" + std::string(text) + ";";
    return all;
}

} // namespace

static_assert(!std::is_invocable_v<decltype(merge_metadata), text_map, stet::metadata_view,
                                   stet::function_ref<bool(std::string_view)>>);

static_assert(stet::detail::is_model_spec_key("modelspec.title") &&
              stet::detail::is_model_spec_key("modelspec."));
static_assert(!stet::detail::is_model_spec_key("modelspec") && !stet::detail::is_model_spec_key("title") &&
              !stet::detail::is_model_spec_key("x.modelspec.title"));
static_assert(stet::detail::is_digest_key("modelspec.hash_sha256") &&
              stet::detail::is_digest_key("modelspec.hash_md5") &&
              stet::detail::is_digest_key("sshs_model_hash") &&
              stet::detail::is_digest_key("sshs_legacy_hash"));
static_assert(!stet::detail::is_digest_key("modelspec.title") &&
              !stet::detail::is_digest_key("ss_sd_model_hash") &&
              !stet::detail::is_digest_key("sshs_model_hash_") && !stet::detail::is_digest_key(""));

TEST_CASE("entries of the source are kept under one's own")
{
    const pairs source{{"prompt", "old"}, {"format", "pt"}, {"z", "last"}};
    const pairs own{{"title", "mine"}, {"prompt", "new"}, {"a", "first"}};

    CHECK(shown(merge_metadata(source, own)) == "a=first;format=pt;prompt=new;title=mine;z=last;");
    CHECK(shown(merge_metadata(own, source)) == "a=first;format=pt;prompt=old;title=mine;z=last;");
}

TEST_CASE("the result does not depend on the order of the entries")
{
    const pairs source{{"b", "1"}, {"a", "2"}, {"c", "3"}};
    const pairs turned{{"c", "3"}, {"b", "1"}, {"a", "2"}};
    const pairs own{{"b", "own"}, {"a\x01", "own"}};

    CHECK(shown(merge_metadata(source, own)) == "a=2;a\x01=own;b=own;c=3;");
    CHECK(shown(merge_metadata(turned, own)) == shown(merge_metadata(source, own)));
}

TEST_CASE("an empty or absent side leaves the other as it is")
{
    const pairs some{{"b", "1"}, {"a", "2"}};
    const pairs none;

    CHECK(shown(merge_metadata(some, none)) == "a=2;b=1;");
    CHECK(shown(merge_metadata(none, some)) == "a=2;b=1;");
    CHECK(shown(merge_metadata({}, some)) == "a=2;b=1;");
    CHECK(shown(merge_metadata(some, {})) == "a=2;b=1;");
    CHECK(shown(merge_metadata({}, {})).empty());
    CHECK(shown(merge_metadata(some, some)) == "a=2;b=1;");
}

TEST_CASE("what is dropped is dropped from the source alone")
{
    const pairs source{
        {"modelspec.hash_sha256", "0x1"}, {"sshs_model_hash", "2"}, {"modelspec.title", "old"}};
    const pairs own{{"modelspec.hash_sha256", "0x3"}};

    CHECK(shown(merge_metadata(source, own, stet::detail::is_digest_key)) ==
          "modelspec.hash_sha256=0x3;modelspec.title=old;");
    CHECK(shown(merge_metadata(source, own, stet::detail::is_model_spec_key)) ==
          "modelspec.hash_sha256=0x3;sshs_model_hash=2;");
    std::string asked;
    const auto  merged = merge_metadata(source, own, [&asked](std::string_view key) {
        asked += key;
        asked += ';';
        return true;
    });
    CHECK(shown(merged) == "modelspec.hash_sha256=0x3;");
    CHECK(asked == "modelspec.hash_sha256;sshs_model_hash;modelspec.title;");
}

TEST_CASE("the texts are the result's own")
{
    const auto merged = [] {
        const pairs source{{"a", "from the source"}};
        const pairs own{{"b", "from one's own"}};
        return merge_metadata(source, own);
    }();

    CHECK(shown(merged) == "a=from the source;b=from one's own;");
}

TEST_CASE("a key given twice in one dict is refused, unless it is dropped")
{
    const pairs twice{{"a", "1"}, {"b", "2"}, {"a", "3"}};
    const pairs none;
    const auto  is_a = [](std::string_view key) { return key == "a"; };

    for (const auto& merged :
         {merge_metadata(twice, none), merge_metadata(none, twice), merge_metadata(none, twice, is_a)})
    {
        REQUIRE_FALSE(merged);
        CHECK(support::failure(merged) == "duplicate_metadata_key");
        CHECK(merged.error().subject() == "a");
    }
    CHECK(shown(merge_metadata(twice, none, is_a)) == "b=2;");
}

TEST_CASE("metadata that is not UTF-8 is refused, unless it is dropped")
{
    const pairs faulty{{"a", "\xFF"}, {"b", "2"}};
    const pairs none;

    CHECK(shown(merge_metadata(faulty, none)) == "invalid_metadata_utf8");
    CHECK(shown(merge_metadata(none, faulty)) == "invalid_metadata_utf8");
    CHECK(merge_metadata(none, faulty).error().subject() == "a");
    CHECK(shown(merge_metadata(faulty, none, [](std::string_view key) { return key == "a"; })) == "b=2;");
}

TEST_CASE("merged metadata is metadata")
{
    const text_map                                           source{{"b", "1"}, {"a", "2"}};
    const std::array<std::pair<const char*, const char*>, 1> own{{{"c", "3"}}};
    const auto                                               merged = merge_metadata(source, own);
    REQUIRE(merged);

    const auto entries = stet::detail::sorted_entries(*merged, stet::heap());
    REQUIRE(entries);
    REQUIRE(entries->size() == 3);
    CHECK((*entries)[0].key == "a");
    CHECK((*entries)[2].text == "3");
    const pairs more{{"d", "4"}};
    CHECK(shown(merge_metadata(*merged, more)) == "a=2;b=1;c=3;d=4;");
}
