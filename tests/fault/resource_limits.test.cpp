// SPDX-License-Identifier: MIT
#include <stet/save/save.hpp>

#if !defined(_WIN32)

#include "support/child_process.hpp"
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

using stet::errc;
using stet::exact_path;
using stet::existing_file;
using stet::numbered;
using support::faulty_file_system;
using support::file_call;
using support::sample_checkpoint;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

/// What a child reports: 0 when the save failed with this code and a sentence about the name.
int compare(const stet::result<stet::saved_checkpoint>& saved, errc code, std::string_view name)
{
    if (saved)
        return 1;
    if (saved.error().code != code)
        return 2;
    return stet::message(saved.error()).find(name) == std::string::npos ? 3 : 0;
}

bool limit(decltype(RLIMIT_FSIZE) resource, rlim_t most)
{
    const rlimit limits{.rlim_cur = most, .rlim_max = most};
    return ::setrlimit(resource, &limits) == 0;
}

} // namespace

TEST_CASE("a limit on the size of files is an error and leaves the old file and nothing else")
{
    const scratch_directory here;
    here.put("old", "old");
    const std::string old_path = here / "old";
    const std::string new_path = here / "new";
    for (const bool sets_aside : {true, false}) {
        const int outcome = support::in_child([&] {
            // Without this the system ends the process.
            if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR || !limit(RLIMIT_FSIZE, 5000))
                return 10;
            const sample_checkpoint sample(1, 100'000);
            faulty_file_system      faulty;
            if (!sets_aside)
                faulty.fail_each(file_call::preallocate, ENOTSUP);
            const stet::save_options options{.file_system = &faulty.calls()};
            const auto first = sample.save(numbered{.root = here.path(), .prefix = "M"}, options);
            if (const int wrong = compare(first, errc::file_too_large, "M_00001_.safetensors"); wrong != 0)
                return wrong;
            if (const int wrong =
                    compare(sample.save(exact_path{new_path}, options), errc::file_too_large, new_path);
                wrong != 0)
                return wrong;
            const auto last = sample.save(exact_path{old_path, existing_file::replace}, options);
            return compare(last, errc::file_too_large, old_path);
        });
        CAPTURE(sets_aside);
        CHECK(outcome == 0);
        CHECK(here.entries() == names{"old"});
        CHECK(here.content("old") == "old");
    }
}

TEST_CASE("a process without descriptors left gets an error, and the same save succeeds once there are some")
{
    const scratch_directory here;
    here.put("old", "old");
    here.make_folder("a/b");
    const std::string old_path = here / "old";
    int               failures = 0;
    for (rlim_t spare = 0; spare < 10; ++spare) {
        const int outcome = support::in_child([&] {
            const int lowest = ::dup(0);
            if (lowest < 0 || ::close(lowest) != 0)
                return 10;
            if (!limit(RLIMIT_NOFILE, static_cast<rlim_t>(lowest) + spare))
                return 11;
            const sample_checkpoint sample;
            const auto              first = sample.save(numbered{.root = here.path(), .prefix = "a/b/M"});
            const auto              second = sample.save(exact_path{old_path, existing_file::replace});
            if (!first && compare(first, errc::too_many_open_files, here.path()) != 0)
                return 12;
            if (!second && compare(second, errc::too_many_open_files, here.path()) != 0)
                return 13;
            return first && second ? 0 : 1;
        });
        CAPTURE(spare);
        if (outcome == 0) {
            CHECK(here.entries("a/b") == names{"M_00001_.safetensors"});
            break;
        }
        ++failures;
        CHECK(outcome == 1);
        CHECK(here.entries() == names{"a", "old"});
        here.remove("a/b/M_00001_.safetensors");
        CHECK(here.entries("a/b").empty());
    }
    CHECK(failures >= 2);
    CHECK(failures < 10);
    CHECK(sample_checkpoint().is_in(here.content("old")));
}

#endif
