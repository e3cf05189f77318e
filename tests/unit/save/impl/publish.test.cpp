// SPDX-License-Identifier: MIT
#include "support/parsed_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/exact_target.hpp>
#include <stet/save/impl/publish.ipp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

using stet::errc;
using support::scratch_directory;

namespace {

constexpr std::array<float, 2> values{1, 2};

/// A plan of one tensor, with the dict it borrows.
class small_plan {
public:
    small_plan() : plan_(stet::make_plan(dict_)) { REQUIRE(plan_); }
    small_plan(const small_plan&) = delete;
    small_plan& operator=(const small_plan&) = delete;
    ~small_plan() = default;

    const stet::plan& operator*() const noexcept { return *plan_; }

private:
    std::map<std::string, stet::tensor_view> dict_{{"w", *stet::view_of(values, {2})}};
    stet::result<stet::plan>                 plan_;
};

auto next_in(const scratch_directory& here)
{
    return [&here] {
        return stet::numbered_target::take(stet::native_file_system(), here.path(),
                                           {.folder = "", .stem = "M"}, stet::durability::none);
    };
}

} // namespace

TEST_CASE("a name that is taken while the file is written is tried again, a hundred times and not for ever")
{
    const scratch_directory    here;
    const small_plan           plan;
    std::vector<std::uint64_t> tried;
    const auto                 refused = stet::detail::save_under_free_name(
        *plan, {}, next_in(here),
        [&](stet::numbered_target& target, auto) -> stet::result<stet::saved_checkpoint> {
            tried.push_back(target.number());
            return stet::error{.code = errc::name_taken}.about("M");
        });
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::name_taken);
    CHECK(tried == std::vector<std::uint64_t>(100, 1));
    CHECK(here.entries().empty());
}

TEST_CASE("any other failure ends the attempts, and so does one to take a name")
{
    const scratch_directory here;
    const small_plan        plan;
    int                     calls = 0;
    const auto              full = stet::detail::save_under_free_name(
        *plan, {}, next_in(here), [&](stet::numbered_target&, auto) -> stet::result<stet::saved_checkpoint> {
            ++calls;
            return stet::error{.code = errc::disk_full};
        });
    CHECK(full.error().code == errc::disk_full);
    CHECK(calls == 1);

    const auto none = stet::detail::save_under_free_name(
        *plan, {},
        [&]() -> stet::result<stet::numbered_target> { return stet::error{.code = errc::counter_exhausted}; },
        [&](stet::numbered_target&, auto use) { return use({}); });
    CHECK(none.error().code == errc::counter_exhausted);
}

TEST_CASE("unsound metadata is refused before a name is taken")
{
    const small_plan plan;
    int              taken = 0;
    const auto       refused = stet::detail::save_under_free_name(
        *plan, {.metadata = {{"k", "\xFF"}}},
        [&]() -> stet::result<stet::numbered_target> {
            ++taken;
            return stet::error{};
        },
        [&](stet::numbered_target&, auto use) { return use({}); });
    CHECK(refused.error().code == errc::invalid_metadata_utf8);
    CHECK(taken == 0);
}

TEST_CASE("what is claimed is written, published and told")
{
    const scratch_directory here;
    const small_plan        plan;
    const auto              saved = stet::detail::save_under_free_name(
        *plan, {}, next_in(here), [&](stet::numbered_target& target, auto use) {
            return use({.path = target.file().path(), .stem = "M", .number = target.number(), .digits = "1"});
        });
    REQUIRE(saved);
    CHECK(saved->number == 1);
    CHECK(support::parse_checkpoint(here.content("M_00001_.safetensors")));
}
