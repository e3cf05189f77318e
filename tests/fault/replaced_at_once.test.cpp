// SPDX-License-Identifier: MIT
// Two savers replace one file; one of them fails to make that last.
#include <stet/file/folder.hpp>
#include <stet/file/impl/file_lock.hpp>
#include <stet/save/save.hpp>

#if !defined(_WIN32)

#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

using stet::durability;
using stet::exact_path;
using stet::existing_file;
using support::faulty_file_system;
using support::file_call;
using support::sample_checkpoint;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

struct setting {
    bool          has_old = true;
    existing_file existing = existing_file::replace;
    durability    lasting = durability::full; ///< of the one that goes between
    int           lock_error = 0;             ///< of the one that fails, or is gone between
};

/// The other saver's save, and what became of it.
struct other_saver {
    const scratch_directory* here;
    durability               lasting;
    bool                     fails;
    std::size_t              times = 0;
    bool                     is_saved = false;
    bool is_alone = true; ///< nobody was between giving the name and letting others have it

    void save()
    {
        ++times;
        {
            const auto in = stet::folder::open(stet::native_file_system(), here->path());
            const auto lock = stet::detail::file_lock::take(*in, "m", "m");
            is_alone = lock || lock.error().os_code != EBUSY;
        }
        faulty_file_system faulty;
        if (fails)
            faulty.fail(file_call::sync, 2, EIO);
        const std::string path = *here / "m";
        is_saved = bool(sample_checkpoint(2).save(exact_path{path, existing_file::replace},
                                                  {.durability = lasting, .file_system = &faulty.calls()}));
    }
};

} // namespace

TEST_CASE("a saver that cannot make its file last takes no other's away, whenever that one saves")
{
    std::size_t moments = 0;
    for (const setting& given :
         {setting{}, setting{.lasting = durability::none}, setting{.lock_error = ENOTSUP},
          setting{.lock_error = EACCES}, setting{.has_old = false},
          setting{.has_old = false, .existing = existing_file::refuse},
          setting{.has_old = false, .lock_error = ENOTSUP}})
    {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            if (given.has_old)
                here.put("m", "old");
            const std::size_t  open_before = support::open_descriptors();
            faulty_file_system faulty;
            faulty.fail(file_call::sync, 2, EIO); // the folder
            if (given.lock_error != 0)
                faulty.fail_each(file_call::lock_file, given.lock_error);
            other_saver other{.here = &here, .lasting = given.lasting, .fails = false};
            const auto  save = [&] { other.save(); };
            faulty.before_nth(nth, save);
            const std::string path = here / "m";
            const auto        failed =
                sample_checkpoint(1).save(exact_path{path, given.existing}, {.file_system = &faulty.calls()});
            CAPTURE(nth, given.has_old, given.lasting, given.lock_error);
            CHECK_FALSE(failed);
            CHECK(support::open_descriptors() == open_before);
            if (other.times == 0) {
                CHECK(here.entries() == (given.has_old ? names{"m"} : names{}));
                CHECK(here.content("m") == (given.has_old ? "old" : ""));
                break;
            }
            ++moments;
            CHECK(other.is_saved);
            CHECK(here.entries() == names{"m"});
            CHECK(sample_checkpoint(2).is_in(here.content("m")));
        }
    }
    std::printf("%zu moments at which another saver replaces the file\n", moments);
    CHECK(moments > 100);
}

TEST_CASE("a saver is not disturbed by another that fails between its calls")
{
    std::size_t times_alone = 0;
    for (const setting& given : {setting{}, setting{.lasting = durability::none}, setting{.has_old = false}})
    {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            if (given.has_old)
                here.put("m", "old");
            faulty_file_system faulty;
            other_saver        other{.here = &here, .lasting = durability::full, .fails = true};
            const auto         fail = [&] { other.save(); };
            faulty.before_nth(nth, fail);
            const std::string path = here / "m";
            const auto        saved =
                sample_checkpoint(1).save(exact_path{path, existing_file::replace},
                                          {.durability = given.lasting, .file_system = &faulty.calls()});
            CAPTURE(nth, given.has_old, given.lasting);
            CHECK(saved);
            CHECK_FALSE(other.is_saved);
            CHECK(here.entries() == names{"m"});
            // Who finds it locked waits a moment and replaces it then as where names cannot be swapped.
            const bool is_ours = sample_checkpoint(1).is_in(here.content("m"));
            CHECK((is_ours || (!other.is_alone && sample_checkpoint(2).is_in(here.content("m")))));
            if (other.times == 0)
                break;
            times_alone += other.is_alone ? 1U : 0U;
        }
    }
    CHECK(times_alone > 30);
}

#endif
