// SPDX-License-Identifier: MIT
// Each call of a save that is hashed, and patches its header at the end, fails once, with whichever writer.
#include "support/every_writer.hpp"
#include "support/failing_replacement.hpp"
#include "support/faulty_file_system.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/hashes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

using support::faulty_file_system;
using support::file_call;
using support::mixed_checkpoint;
using support::scratch_directory;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> metadata{
    {{"format", "pt"}, {"ss_a", "1"}}};

/// Everything that stands in the header, and nothing that takes long beside it.
stet::save_options options_for(const support::named_writer& way)
{
    return {.metadata = metadata,
            .durability = way.durability,
            .order = way.order,
            .writer = way.writer,
            .hashes = stet::hashes::while_saving{
                .kinds = {.tensors = true}, .modelspec_field = true, .sshs_fields = true}};
}

/// Fails the calls 1, 1 + step ... of a hashed save by each writer, in each of the ways, and looks at what is left.
/// Returns how many were failed.
std::size_t fail_calls(std::initializer_list<int> os_codes, std::size_t step)
{
    const mixed_checkpoint      sample;
    const support::every_writer writers({}, sample.pages(), std::size_t{1} << 20U);
    std::size_t                 all_faults = 0;
    for (const support::named_writer& way : writers.list()) {
        const auto plan = sample.plan({.order = way.order});
        REQUIRE(plan);
        const scratch_directory first;
        stet::save_options      options = options_for(way);
        REQUIRE(stet::save(*plan, first / "x", options));
        const std::string expected = first.content("x");
        const auto        save = [&](const std::string& path, const stet::file_system& calls) {
            options.file_system = &calls;
            return stet::save(*plan, stet::exact_path{path, stet::existing_file::replace}, options);
        };
        CAPTURE(way.name);
        std::size_t faults = 0;
        for (const int os_code : os_codes)
            faults += support::fail_replacements(support::quick_place(), expected, os_code, step, save,
                                                 [](const auto&) {});
        std::printf("hashed, %s: %zu faults injected\n", way.name, faults);
        CHECK(faults > 10 * os_codes.size() / step);
        all_faults += faults;
    }
    return all_faults;
}

} // namespace

TEST_CASE("whichever call of a hashed save fails, the old file is intact or the new one whole")
{
    CHECK(fail_calls({EIO, EINTR}, 1) > 200);
}

TEST_CASE("a call of a hashed save that fails leaves no two threads at the same data", "[thread]")
{
    CHECK(fail_calls({EIO}, 3) > 30);
}

TEST_CASE("a header that cannot be patched leaves no file, and none with the wrong hash", "[thread]")
{
    const mixed_checkpoint sample;
    for (const int os_code : {EIO, ENOSPC, EBADF}) {
        const scratch_directory here;
        faulty_file_system      faulty;
        faulty.fail_each(file_call::write_at, os_code); // the usual way writes by it only what is patched
        stet::save_options options = options_for({.name = "plain"});
        options.file_system = &faulty.calls();
        const auto saved = sample.save(stet::exact_path{here / "x"}, options);
        REQUIRE_FALSE(saved);
        CHECK(saved.error().os_code == os_code);
        CHECK(saved.error().subject() == here / "x");
        CHECK(here.entries().empty());
    }
}

TEST_CASE("a header that is patched a few bytes at a time is patched whole", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    REQUIRE(sample.save(stet::exact_path{here / "whole"}, options_for({.name = "plain"})));
    faulty_file_system faulty;
    faulty.shorten_writes(7);
    stet::save_options options = options_for({.name = "plain"});
    options.file_system = &faulty.calls();
    REQUIRE(sample.save(stet::exact_path{here / "pieces"}, options));
    CHECK(here.content("pieces") == here.content("whole"));
}
