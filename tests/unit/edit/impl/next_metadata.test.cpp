// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/file_to_edit.hpp"

#include <stet/edit/impl/next_metadata.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::detail::lost_truths;
using stet::detail::next_metadata;

namespace {

using entries = std::vector<std::pair<std::string, std::string>>;

entries entries_of(const stet::metadata_view& view)
{
    entries all;
    CHECK(view.each([&](std::string_view key, std::string_view text) -> stet::result<void> {
        all.emplace_back(key, text);
        return {};
    }));
    return all;
}

} // namespace

TEST_CASE("only what an edit makes untrue must go, and a slot that is reserved stays")
{
    const lost_truths all{.manifest = true, .model_hash = true, .legacy_hash = true};
    const lost_truths none;
    for (const std::string_view key : {"c2pa:manifest", "sshs_model_hash", "sshs_legacy_hash"}) {
        CHECK_FALSE(all.may_stay({.key = key, .value = "1"}));
        CHECK(none.may_stay({.key = key, .value = "1"}));
    }
    CHECK(all.may_stay({.key = "c2pa:manifest", .value = "AAAA"}));
    CHECK(all.may_stay({.key = "modelspec.hash_sha256", .value = "0x1"}));
    CHECK_FALSE(lost_truths{.data_hash = true}.may_stay({.key = "modelspec.hash_sha256", .value = "0x1"}));
    CHECK(all.may_stay({.key = "title", .value = "1"}));
    CHECK(lost_truths{.legacy_hash = true}.may_stay({.key = "sshs_model_hash", .value = "1"}));
    CHECK(lost_truths{.model_hash = true}.may_stay({.key = "sshs_legacy_hash", .value = "1"}));
}

TEST_CASE("metadata is made of what stays and what is set, as often as asked")
{
    const std::string file =
        support::file_to_edit({{"__spacer", "  "}, {"a", "1"}, {"b", "2"}, {"sshs_model_hash", "3"}});
    const auto read = stet::read_checkpoint(std::as_bytes(std::span(file)));
    REQUIRE(read);
    const std::array<std::string_view, 2> gone{"x", "b"};
    const stet::edit::changes             wanted{.remove = gone};
    next_metadata                         next(read->header(), wanted, stet::heap());
    REQUIRE(next.prepare());
    std::vector<std::string> dropped;
    for (int times = 0; times < 2; ++times) {
        REQUIRE(next.make({}, dropped));
        CHECK(entries_of(next.view()) == entries{{"a", "1"}, {"sshs_model_hash", "3"}});
        CHECK(dropped.empty());
        REQUIRE(next.make({.model_hash = true}, dropped));
        CHECK(entries_of(next.view()) == entries{{"a", "1"}});
        CHECK(dropped == std::vector<std::string>{"sshs_model_hash"});
    }
}
