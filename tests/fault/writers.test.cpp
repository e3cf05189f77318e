// SPDX-License-Identifier: MIT
// Each call that the writers make fails once, on whichever thread it is made.
#include "support/every_writer.hpp"
#include "support/failing_replacement.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/writers/background_save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <vector>

using support::mixed_checkpoint;

namespace {

/// Saves the plan by the writer, here or in the background.
stet::result<void> save(const stet::plan& plan, const std::string& path, const stet::save_options& options,
                        bool in_background)
{
    const stet::exact_path where{path, stet::existing_file::replace};
    if (!in_background) {
        const auto saved = stet::save(plan, where, options);
        return saved ? stet::result<void>() : saved.error();
    }
    stet::worker_threads  pool(1);
    stet::background_save saving(plan, where, options, pool.jobs());
    return saving.wait() ? stet::result<void>() : saving.wait().error();
}

/// Fails the calls 1, 1 + step ... of a save by each writer, in each of the ways, and looks at what is left.
/// Returns how many were failed.
std::size_t fail_calls(std::initializer_list<int> os_codes, std::size_t step)
{
    const mixed_checkpoint             sample;
    const support::every_writer        writers({}, sample.pages(), std::size_t{1} << 20U);
    std::size_t                        all_faults = 0;
    std::vector<support::named_writer> ways = {{.name = "in the background"}};
    for (const support::named_writer& way : writers.list())
        ways.push_back(way);
    for (const support::named_writer& way : ways) {
        const std::string  expected = sample.file(way.order);
        const auto         plan = sample.plan({.order = way.order});
        const bool         in_background = &way == ways.data();
        std::size_t        faults = 0;
        std::size_t        survived = 0;
        stet::save_options options{.durability = way.durability, .writer = way.writer};
        REQUIRE(plan);
        const auto save_here = [&](const std::string& path, const stet::file_system& calls) {
            options.file_system = &calls;
            return save(*plan, path, options, in_background);
        };
        CAPTURE(way.name);
        for (const int os_code : os_codes) {
            const auto look = [&](const stet::result<void>& saved) {
                survived += saved ? 1U : 0U;
                if (!saved && !stet::detail::is_not_offered(os_code))
                    CHECK(saved.error().code == stet::detail::errc_of(os_code));
            };
            faults += support::fail_replacements(support::temporary_place(), expected, os_code, step,
                                                 save_here, look);
        }
        std::printf("%s: %zu faults injected, %zu of them survived\n", way.name, faults, survived);
        CHECK(faults > 8 * os_codes.size() / step);
        all_faults += faults;
    }
    return all_faults;
}

} // namespace

TEST_CASE("whichever call of whichever writer fails, the old file is intact or the new one whole")
{
    CHECK(fail_calls({EIO, ENOSPC, EINVAL, EINTR, EAGAIN}, 1) > 500);
}

TEST_CASE("a call of whichever writer that fails leaves no two threads at the same data", "[thread]")
{
    CHECK(fail_calls({EIO}, 2) > 50);
}
