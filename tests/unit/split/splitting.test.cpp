// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/full_log.hpp"

#include <stet/split/splitting.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::array<float, 9> values{};

/// Names, each with a tensor of its own.
void fill(stet::ordered_dict& dict, std::initializer_list<std::string_view> names)
{
    std::size_t at = 0;
    for (const std::string_view name : names) {
        const auto view = stet::view_of(std::span(values).subspan(at++, 1), {1});
        REQUIRE(view);
        REQUIRE(dict.set({.stem = name}, *view));
    }
}

std::vector<std::string> names_of(const stet::ordered_dict& dict)
{
    std::vector<std::string> names;
    for (const stet::ordered_dict::entry& entry : dict.entries()) {
        if (entry.is_present)
            names.push_back(entry.name.text());
    }
    return names;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("taking a prefix moves its names, in order, and leaves the others")
{
    stet::change_log   log(stet::heap());
    stet::splitting    work(log, stet::strictness::strict);
    stet::ordered_dict out(stet::heap());
    fill(work.rest, {"p.b", "x", "p.a", "p", "pp.a"});
    REQUIRE(work.take("p.", "q.", out));
    CHECK(names_of(out) == names{"q.b", "q.a"});
    CHECK(names_of(work.rest) == names{"x", "p", "pp.a"});
    const stet::ordered_dict::entry* const moved = out.find({.stem = "q.a"});
    CHECK((moved != nullptr && out.tensor(*moved).data == &values[2]));
}

TEST_CASE("a longer claim keeps its names only in strict conduct")
{
    for (const auto how : {stet::strictness::strict, stet::strictness::as_comfyui}) {
        stet::change_log   log(stet::heap());
        stet::splitting    work(log, how);
        stet::ordered_dict out(stet::heap());
        fill(work.rest, {"p.a", "p.vision.a"});
        REQUIRE(work.claim("p.vision."));
        REQUIRE(work.claim("p."));
        REQUIRE(work.take("p.", "", out));
        CHECK(names_of(out) == (work.is_strict() ? names{"a"} : names{"a", "vision.a"}));
        REQUIRE(work.take("p.vision.", "v.", out));
        CHECK(names_of(out) == (work.is_strict() ? names{"a", "v.a"} : names{"a", "vision.a"}));
    }
}

TEST_CASE("two names that become one are refused, or the later wins and is reported")
{
    for (const auto how : {stet::strictness::strict, stet::strictness::as_comfyui}) {
        stet::change_log   log(stet::heap());
        stet::splitting    work(log, how);
        stet::ordered_dict out(stet::heap());
        fill(work.rest, {"p.a", "q.a"});
        REQUIRE(work.take("p.", "", out));
        const auto taken = work.take("q.", "", out);
        if (work.is_strict()) {
            REQUIRE_FALSE(taken);
            CHECK(taken.error().code == stet::errc::name_collision);
            CHECK(taken.error().subject() == "a");
            continue;
        }
        REQUIRE(taken);
        const stet::ordered_dict::entry* const later = out.find({.stem = "a"});
        CHECK((later != nullptr && out.tensor(*later).data == &values[1]));
        REQUIRE(log.changes.size() == 1);
        CHECK(log.changes[0].what == stet::change::kind::replaced);
    }
}

TEST_CASE("a rename moves the name to the end and tells whether it was there")
{
    stet::change_log log(stet::heap());
    stet::splitting  work(log, stet::strictness::strict);
    fill(work.rest, {"a", "b"});
    const auto renamed = work.rename(work.rest, {.stem = "a"}, {.prefix = "c.", .stem = "a"});
    REQUIRE(renamed);
    CHECK(*renamed);
    CHECK(names_of(work.rest) == names{"b", "c.a"});
    const auto missing = work.rename(work.rest, {.stem = "a"}, {.stem = "d"});
    REQUIRE(missing);
    CHECK_FALSE(*missing);
}

TEST_CASE("taking and renaming tell that memory runs out whatever is full")
{
    const stet::tensor_view  tensor{};
    std::vector<std::string> names;
    for (int i = 0; i < 20; ++i)
        names.push_back(std::to_string(i));
    const auto take_and_rename = [&](stet::change_log&      log,
                                     const stet::allocator& memory) -> std::string_view {
        const std::size_t  before = log.changes.size();
        stet::splitting    work(log, stet::strictness::as_comfyui);
        stet::ordered_dict out(memory);
        for (const std::string& name : names) {
            for (const std::string_view prefix : {"p.q.", "p.r."}) {
                if (auto set = work.rest.share({.prefix = prefix, .stem = name}, tensor); !set)
                    return support::failure(set);
            }
        }
        if (auto taken = work.take("p.", "", out); !taken) // joins what is left of each name
            return support::failure(taken);
        for (const std::string& name : names) { // of two names one
            const auto renamed =
                work.rename(out, {.prefix = "q.", .stem = name}, {.prefix = "r.", .stem = name});
            if (!renamed)
                return support::failure(renamed);
            CHECK(*renamed);
        }
        CHECK(log.changes.size() == before + names.size());
        return "none";
    };
    CHECK(support::fewest_allocations_with_full_log(20, take_and_rename) > 4);
}
