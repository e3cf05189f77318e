// SPDX-License-Identifier: MIT
#include <stet/carry/carried.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>

using stet::carry::entry_kind;
using stet::carry::entry_rule;
using stet::carry::kind_of;

static_assert(kind_of("config") == entry_kind::meaning && kind_of("format") == entry_kind::meaning);
static_assert(kind_of("_quantization_metadata") == entry_kind::meaning);
static_assert(kind_of("ss_network_dim") == entry_kind::meaning && kind_of("ss_") == entry_kind::meaning);
static_assert(kind_of("modelspec.prediction_type") == entry_kind::meaning);
static_assert(kind_of("modelspec.title") == entry_kind::whole_file &&
              kind_of("prompt") == entry_kind::whole_file);
static_assert(kind_of("modelspec.hash_sha256") == entry_kind::data_digest &&
              kind_of("sshs_model_hash") == entry_kind::data_digest);
static_assert(kind_of("sshs_legacy_hash") == entry_kind::file_digest &&
              kind_of("c2pa:manifest") == entry_kind::file_digest);
static_assert(kind_of("configuration") == entry_kind::unknown && kind_of("") == entry_kind::unknown &&
              kind_of("x.modelspec.title") == entry_kind::unknown &&
              kind_of("Config") == entry_kind::unknown);

TEST_CASE("rules of one's own come before those known")
{
    static constexpr std::array<entry_rule, 2> own{
        {{"my_", entry_kind::meaning, true}, {"config", entry_kind::whole_file}}};
    CHECK(kind_of("my_key", own) == entry_kind::meaning);
    CHECK(kind_of("config", own) == entry_kind::whole_file);
    CHECK(kind_of("format", own) == entry_kind::meaning);
    CHECK(kind_of("my_key") == entry_kind::unknown);
}

TEST_CASE("a rule for a beginning that stands behind one for a whole key does not hide it")
{
    for (const entry_rule& rule : stet::detail::entry_rules) {
        CAPTURE(rule.key);
        CHECK(kind_of(rule.key) == rule.kind);
    }
}
