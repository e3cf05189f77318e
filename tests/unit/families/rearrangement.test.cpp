// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/rearranged.hpp"
#include "support/short_memory.hpp"

#include <stet/families/rearrangement.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace {

using stet::change;
using stet::strictness;

static_assert(!std::is_copy_constructible_v<stet::rearrangement> &&
              std::is_move_constructible_v<stet::rearrangement>);
static_assert(std::is_trivially_copyable_v<change>);

} // namespace

TEST_CASE("a name set twice is refused in strict conduct")
{
    support::tensor_pool pool;
    stet::change_log     log(stet::heap());
    stet::rearrangement  work(log, 0, strictness::strict);

    CHECK(work.is_strict());
    CHECK(work.set_new(work.dict, {.stem = "model.a"}, pool.one(1)));
    const auto again = work.set_new(work.dict, {.prefix = "model.", .stem = "a"}, pool.one(2));

    REQUIRE_FALSE(again);
    CHECK(again.error().code == stet::errc::name_collision);
    CHECK(again.error().subject() == "model.a");
    CHECK(log.changes.empty());
}

TEST_CASE("a name set twice is reported in ComfyUI's conduct, and the later tensor stays")
{
    support::tensor_pool pool;
    stet::change_log     log(stet::heap());
    stet::rearrangement  work(log, 3, strictness::as_comfyui);

    CHECK_FALSE(work.is_strict());
    const support::named_tensors given{{"a", pool.one(1)}, {"b", pool.one(2)}, {"a", pool.one(3)}};
    CHECK(support::fill(work, given));

    CHECK(support::names(work.dict) == "a;b;");
    CHECK(support::floats(support::tensor_named(work.dict, "a")) == std::vector<float>{3});
    CHECK(support::text_of(log.changes) == "replaced a;");
    REQUIRE(log.changes.size() == 1);
    CHECK(log.changes[0].component == 3);
}

TEST_CASE("only a key that is there is left out and reported")
{
    support::tensor_pool         pool;
    stet::change_log             log(stet::heap());
    stet::rearrangement          work(log, 1, strictness::strict);
    const support::named_tensors given{{"a", pool.one(1)}, {"b", pool.one(2)}};
    CHECK(support::fill(work, given));

    CHECK(work.leave_out({.stem = "a"}));
    CHECK(work.leave_out({.stem = "a"}));
    CHECK(work.leave_out({.stem = "c"}));

    CHECK(support::names(work.dict) == "b;");
    CHECK(support::text_of(log.changes) == "left out a;");
}

TEST_CASE("names that meet in a renaming are refused in strict conduct and all reported in ComfyUI's")
{
    support::tensor_pool         pool;
    const support::named_tensors given{
        {"z.a", pool.one(1)}, {"z.b", pool.one(2)}, {"p.a", pool.one(3)}, {"p.b", pool.one(4)}};

    stet::change_log    strict_log(stet::heap());
    stet::rearrangement strict(strict_log, 0, strictness::strict);
    CHECK(support::fill(strict, given));
    const auto refused = strict.rename_prefix("p.", "z.");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == stet::errc::name_collision);
    CHECK(refused.error().subject() == "z.a");

    stet::change_log    log(stet::heap());
    stet::rearrangement work(log, 0, strictness::as_comfyui);
    CHECK(support::fill(work, given));
    CHECK(work.rename_prefix("p.", "z."));
    CHECK(support::names(work.dict) == "z.a;z.b;");
    CHECK(support::text_of(log.changes) == "replaced z.a;replaced z.b;");
}

TEST_CASE("what a log owns outlives the rearrangement")
{
    stet::change_log log(stet::heap());
    {
        support::tensor_pool pool;
        stet::rearrangement  work(log, 0, strictness::strict);
        char* const          text = work.own().text(1);
        REQUIRE(text != nullptr);
        *text = 'x';
        CHECK(work.log(change::kind::added, {.stem = {text, 1}}));
    }
    CHECK(support::text_of(log.changes) == "added x;");
}

TEST_CASE("rearranging without memory says so and gives all memory back")
{
    support::tensor_pool   pool;
    support::named_tensors given;
    for (int i = 0; i < 70; ++i) {
        given.emplace_back("p." + std::to_string(i), pool.one(1));
        given.emplace_back("z." + std::to_string(i), pool.one(2));
    }
    const std::size_t needed =
        support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
            stet::change_log    log(memory);
            stet::rearrangement work(log, 0, strictness::as_comfyui);
            if (auto filled = support::fill(work, given); !filled)
                return support::failure(filled);
            if (auto done = work.leave_out({.stem = "p.0"}); !done)
                return support::failure(done);
            const auto renamed = work.rename_prefix("p.", "z.");
            if (renamed)
                CHECK(log.changes.size() == 70);
            return support::failure(renamed);
        });
    CHECK(needed > 10);
}

TEST_CASE("sharing a tensor without memory says so")
{
    std::vector<std::string> names;
    for (int i = 0; i < 100; ++i)
        names.push_back(std::to_string(i));
    const stet::tensor_view tensor{};
    const std::size_t       needed =
        support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
            stet::change_log    log(memory);
            stet::rearrangement work(log, 0, strictness::as_comfyui);
            for (const std::string& name : names) {
                if (auto shared = work.share_new(work.dict, {.stem = name}, tensor); !shared)
                    return support::failure(shared);
            }
            return "none";
        });
    CHECK(needed > 4);
}
