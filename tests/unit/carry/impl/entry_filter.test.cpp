// SPDX-License-Identifier: MIT
#include <stet/carry/impl/entry_filter.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using names = std::vector<std::string>;

TEST_CASE("entries are taken or named, each by its kind")
{
    stet::carry::passed_on           said;
    const stet::carry::carry_options options{.keeps_whole_file = false};
    stet::detail::entry_filter       filter(options, said);
    CHECK(filter.takes("config"));
    CHECK_FALSE(filter.takes("prompt"));
    CHECK_FALSE(filter.takes("modelspec.hash_sha256"));
    CHECK_FALSE(filter.takes("sshs_legacy_hash"));
    CHECK(filter.takes("x"));
    CHECK(said.left_out == names{"prompt"});
    CHECK(said.dropped_digests == names{"modelspec.hash_sha256", "sshs_legacy_hash"});
    CHECK(said.unknown == names{"x"});
}

TEST_CASE("a key that is seen to otherwise is passed over without a word")
{
    stet::carry::passed_on           said;
    const stet::carry::carry_options options{};
    stet::detail::entry_filter       filter(options, said);
    const stet::metadata_list        source{{"x", "1"}, {"format", "pt"}, {"", "2"}};
    REQUIRE(filter.take(source, "x"));
    REQUIRE(filter.kept().size() == 2);
    CHECK(filter.kept()[0].first == "format");
    CHECK(said.unknown == names{""});
    REQUIRE(filter.take(source));
    CHECK(filter.kept().size() == 3);
}
