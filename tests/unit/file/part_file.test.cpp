// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"
#include "support/text_bytes.hpp"

#include <stet/file/part_file.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include <fcntl.h>
#include <unistd.h>
#endif

using stet::durability;
using stet::errc;
using stet::existing_file;
using stet::folder;
using stet::part_file;
using support::as_bytes;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

static_assert(stet::sink<part_file>);

namespace {

using names = std::vector<std::string>;

/// A part file "x.part" of the path "said" in a scratch directory, behind calls that can fail.
class fixture {
public:
    faulty_file_system faulty{};
    scratch_directory  here{};
    folder             in = *folder::open(faulty.calls(), here.path());

    stet::result<part_file> create() { return part_file::create(in, "x.part", "said"); }

    stet::result<void> publish(part_file& part, existing_file existing, durability lasting)
    {
        return part.publish(in, "x", existing, lasting);
    }
};

} // namespace

TEST_CASE("a part file whose final name was taken can have another one, and its content is synced once")
{
    fixture f;
    auto    part = f.create();
    REQUIRE(part);
    REQUIRE(part->write(as_bytes("content")));
    f.here.put("x", "another's");
    REQUIRE(f.publish(*part, existing_file::refuse, durability::full).error().code == errc::name_taken);
    f.here.put("y.part", "another's");
    const auto refused = part->rename("y.part", "elsewhere");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::name_taken);
    CHECK(refused.error().subject() == "elsewhere");
    CHECK(part->path() == "said");
    REQUIRE(part->rename("z.part", "elsewhere"));
    CHECK(part->path() == "elsewhere");
    CHECK(f.here.entries() == names{"x", "y.part", "z.part"});
    const std::size_t syncs = f.faulty.count(file_call::sync);
    REQUIRE(part->publish(f.in, "z", existing_file::refuse, durability::full));
    CHECK(f.faulty.count(file_call::sync) == syncs + 1); // of the folder
    CHECK(f.here.entries() == names{"x", "y.part", "z"});
    CHECK(f.here.content("z") == "content");
    CHECK(f.here.content("x") == "another's");
}

TEST_CASE("a part file that could not be closed is not published by asking once more")
{
    fixture f;
    auto    part = f.create();
    REQUIRE(part);
    f.faulty.fail(file_call::close, 1, EIO);
    CHECK_FALSE(f.publish(*part, existing_file::refuse, durability::full));
    CHECK_FALSE(f.publish(*part, existing_file::refuse, durability::full));
    CHECK(f.here.entries() == names{"x.part"});
}

TEST_CASE("a part file whose file system has no exclusive rename keeps its name")
{
    fixture f;
    auto    part = f.create();
    REQUIRE(part);
    f.faulty.fail_each(file_call::move, ENOSYS);
    CHECK(part->rename("y.part", "elsewhere").error().code == errc::rename_not_offered);
    CHECK(part->name() == "x.part");
#if !defined(_WIN32) // on Windows a file that is open for writing keeps its name
    f.here.remove("x.part");
    CHECK(part->rename("y.part", "elsewhere").error().code == errc::part_file_lost);
#endif
}

TEST_CASE("a part file that is not published is gone, and closed")
{
    const std::size_t before = support::open_descriptors();
    {
        fixture f;
        {
            auto part = f.create();
            REQUIRE(part);
            CHECK(part->write(as_bytes("content")));
            CHECK(f.here.entries() == names{"x.part"});
            const part_file moved = *std::move(part);
            CHECK(moved.path() == "said");
        }
        CHECK(f.here.entries().empty());
        CHECK(f.faulty.count(file_call::remove) == 1);
    }
    CHECK(support::open_descriptors() == before);
}

#if !defined(_WIN32)

TEST_CASE("a part file is opened past the cache where its file system can, and has the calls for it")
{
    const scratch_directory here;
    stet::file_system       calls = stet::native_file_system();
    calls.open_direct = [](void* context, stet::file_handle folder, const char* name) {
        return stet::native_file_system().create_file(context, folder, (std::string(name) + "2").c_str(),
                                                      0666);
    };
    const auto opened = [&] {
        const auto in = folder::open(calls, here.path());
        REQUIRE(in);
        const auto part = part_file::create(*in, "x.part", "said");
        REQUIRE(part);
        return part->open_direct();
    };
    // That a file of another name would be opened is noticed.
    CHECK(opened().error == ENOTSUP);
    CHECK(here.has("x.part2"));
    calls.write_at = nullptr;
    here.remove("x.part2");
    CHECK(opened().error == ENOTSUP);
    CHECK_FALSE(here.has("x.part2"));
    calls = stet::native_file_system();
    calls.open_direct = nullptr;
    CHECK(opened().error == ENOTSUP);
    // Through the cache it can be opened everywhere.
    calls.open_direct = [](void*, stet::file_handle folder, const char* name) {
        return stet::os_result{::openat(static_cast<int>(folder), name, O_WRONLY | O_CLOEXEC), 0};
    };
    const auto same = opened();
    CHECK(same.error == 0);
    CHECK(::close(static_cast<int>(same.value)) == 0);
}

#endif

#if !defined(_WIN32) // on Windows a file that is open for writing keeps its name

TEST_CASE("a part file whose name is gone does not remove what may bear it next")
{
    fixture f;
    {
        const auto part = f.create();
        REQUIRE(part);
        f.here.remove("x.part");
    }
    CHECK(f.faulty.count(file_call::remove) == 0);
}

#endif

TEST_CASE("a lost part file is told from others while it is open, as its index may be another's soon after")
{
    const fixture* watched = nullptr;
    std::size_t    looks = 0;
    const auto     count = [&] {
        if (looks == 0) // the file; its lock goes last
            looks = watched->faulty.count(file_call::inspect);
    };
    fixture f; // its folder is closed before what is called then goes
    watched = &f;
    auto part = f.create();
    REQUIRE(part);
    f.here.remove("x.part");
    f.faulty.before(file_call::close, count);
    {
        const part_file lost = *std::move(part);
    }
    CHECK(looks > 0);
    CHECK(f.faulty.count(file_call::inspect) == looks);
}

TEST_CASE("a part file never takes the place of anything")
{
    fixture f;
    f.here.put("x.part", "another's");
    const auto part = f.create();
    REQUIRE_FALSE(part);
    CHECK(part.error().code == errc::name_taken);
    CHECK(part.error().subject() == "said");
    CHECK(f.here.content("x.part") == "another's");
}

TEST_CASE("a part file takes all bytes, however few the system takes at a time")
{
    for (const std::size_t most : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
        fixture f;
        f.faulty.shorten_writes(most);
        f.faulty.interrupt_every_other();
        auto part = f.create();
        REQUIRE(part);
        CHECK(part->write(as_bytes("hello ")));
        CHECK(part->write({}));
        CHECK(part->write(as_bytes("world")));
        CHECK(f.publish(*part, existing_file::refuse, durability::full));
        CHECK(f.here.content("x") == "hello world");
        CHECK(f.here.entries() == names{"x"});
    }
}

TEST_CASE("a write at a position that takes less than it is given goes on where it stopped")
{
    for (const std::size_t most : {std::size_t{1}, std::size_t{4}, std::size_t{100}}) {
        fixture f;
        auto    part = f.create();
        REQUIRE(part);
        f.faulty.shorten_writes(most);
        CHECK(part->write_at(6, as_bytes("world")));
        CHECK(part->write_at(0, as_bytes("hello ")));
        CHECK(f.publish(*part, existing_file::refuse, durability::full));
        CHECK(f.here.content("x") == "hello world");
    }
}

TEST_CASE("a write that fails names the path, the bytes and the system's number")
{
    fixture f;
    auto    part = f.create();
    REQUIRE(part);
    f.faulty.fail(file_call::write, 1, ENOSPC);
    const auto written = part->write(as_bytes("12345"));
    REQUIRE_FALSE(written);
    CHECK(written.error().code == errc::disk_full);
    CHECK(written.error().os_code == ENOSPC);
    CHECK(written.error().expected == 5);
    CHECK(written.error().subject() == "said");
}

TEST_CASE("a write that claims an impossible count fails")
{
    for (const std::int64_t claim : {std::int64_t{0}, std::int64_t{-5}, std::int64_t{6}, INT64_MAX}) {
        fixture f;
        auto    part = f.create();
        REQUIRE(part);
        f.faulty.claim_written(claim);
        const auto written = part->write(as_bytes("12345"));
        REQUIRE_FALSE(written);
        CHECK(written.error().code == errc::io_failure);
        CHECK(f.faulty.count(file_call::write) == 1);
    }
}

TEST_CASE("space that cannot be set aside is no failure, space that is not there is one")
{
    struct row {
        int                 os_code;
        std::optional<errc> code;
    };
    for (const row& given :
         {row{ENOTSUP, {}}, row{ENOSYS, {}}, row{EINVAL, {}}, row{EPERM, {}}, row{ENODEV, {}},
          row{ENOSPC, errc::disk_full}, row{EFBIG, errc::file_too_large}, row{EIO, errc::io_failure}})
    {
        fixture f;
        auto    part = f.create();
        REQUIRE(part);
        f.faulty.fail_each(file_call::preallocate, given.os_code);
        const auto set_aside = part->preallocate(1000);
        CAPTURE(given.os_code);
        CHECK(static_cast<bool>(set_aside) == !given.code);
        if (!set_aside) {
            CHECK(set_aside.error().code == given.code);
            CHECK(set_aside.error().expected == 1000);
        }
    }
}

#if !defined(_WIN32) // Windows shares no blocks here

TEST_CASE("an interrupted call to share blocks is made again, and its refusal told")
{
    fixture f;
    auto    part = f.create();
    REQUIRE(part);
    f.faulty.fail(file_call::clone, 1, EINTR);
    // No file shares blocks with itself at the same place.
    CHECK_FALSE(part->clone(part->handle(), 0, 0, stet::clone_alignment));
    CHECK(f.faulty.count(file_call::clone) == 2);
}

#endif

TEST_CASE("where no call shares blocks, none are shared")
{
    const scratch_directory here;
    stet::file_system       calls = stet::native_file_system();
    calls.clone = nullptr;
    const folder in = *folder::open(calls, here.path());
    const auto   part = part_file::create(in, "x.part", "said");
    REQUIRE(part);
    CHECK_FALSE(part->clone(part->handle(), 0, 0, stet::clone_alignment));
}

TEST_CASE("once the size of the file is known every error tells it")
{
    for (const file_call kind : {file_call::write, file_call::sync, file_call::close, file_call::move}) {
        fixture f;
        auto    part = f.create();
        REQUIRE(part);
        CHECK(part->preallocate(1000));
        f.faulty.fail(kind, 1, ENOSPC);
        auto done = part->write(as_bytes("12345"));
        if (done)
            done = f.publish(*part, existing_file::refuse, durability::full);
        CAPTURE(support::file_call_names[static_cast<std::size_t>(kind)]);
        REQUIRE_FALSE(done);
        CHECK(done.error().code == errc::disk_full);
        CHECK(done.error().expected == 1000);
    }
}

TEST_CASE("a mode that is right already is not set, and one that cannot be set is told")
{
    for (const int os_code : {EPERM, ENOSYS, EOPNOTSUPP}) {
        for (const bool is_right : {false, true}) {
            fixture f;
            f.here.put("x", "old");
            std::filesystem::permissions(f.here / "x", std::filesystem::perms(is_right ? 0600 : 0640));
            f.faulty.fail_each(file_call::set_mode, os_code);
            auto part = part_file::create(f.in, "x.part", "said", "x");
            REQUIRE(part);
            CHECK(part->write(as_bytes("new")));
            CHECK(f.publish(*part, existing_file::replace, durability::full));
            CHECK(f.here.content("x") == "new");
            CHECK(part->keeps_access() == (is_right || f.faulty.count(file_call::set_mode) == 0));
        }
    }
}

TEST_CASE("a file that cannot be made to last is an error that says what would do")
{
    for (const int os_code : {EINVAL, EOPNOTSUPP, ENOSYS}) {
        fixture f;
        f.here.put("x", "old");
        {
            auto part = f.create();
            REQUIRE(part);
            f.faulty.fail(file_call::sync, 1, os_code);
            const auto published = f.publish(*part, existing_file::replace, durability::full);
            REQUIRE_FALSE(published);
            CHECK(published.error().code == errc::sync_not_offered);
            CHECK(published.error().os_code == os_code);
            CHECK(stet::message(published.error()).starts_with("'said'"));
        }
        CHECK(f.here.entries() == names{"x"});
        CHECK(f.here.content("x") == "old");
        auto part = f.create();
        REQUIRE(part);
        f.faulty.fail_each(file_call::sync, os_code);
        CHECK(f.publish(*part, existing_file::replace, durability::none));
    }
}

TEST_CASE("where no file can be renamed none is published, and the error says so")
{
    for (const existing_file existing : {existing_file::refuse, existing_file::replace}) {
        for (const durability lasting : {durability::none, durability::full}) {
            fixture f;
            if (existing == existing_file::replace)
                f.here.put("x", "old");
            f.faulty.fail_each(file_call::move, ENOSYS);
            f.faulty.fail_each(file_call::exchange, ENOSYS);
            {
                auto part = f.create();
                REQUIRE(part);
                const auto published = f.publish(*part, existing, lasting);
                REQUIRE_FALSE(published);
                CHECK(published.error().code == errc::rename_not_offered);
                CHECK(published.error().os_code == ENOSYS);
            }
            CHECK(f.here.content("x") == (existing == existing_file::replace ? "old" : ""));
            CHECK_FALSE(f.here.has("x.part"));
        }
    }
}

TEST_CASE("an old file that another saver is just replacing is not swapped, so that what is locked stays so")
{
    fixture f;
    f.here.put("x", "another saver's");
    std::optional<stet::detail::file_lock> other;
    const auto                             in = folder::open(stet::native_file_system(), f.here.path());
    REQUIRE(in);
    other = *stet::detail::file_lock::take(*in, "x", "said");
    auto part = f.create();
    REQUIRE(part);
    CHECK(part->write(as_bytes("new")));
    std::size_t times_free = 0;
    const auto  settle = [&] { // that one is done when this one makes its name last
        other.reset();
        times_free += stet::detail::file_lock::take(*in, "x.part", "said") ? 1U : 0U;
    };
    f.faulty.before(file_call::sync, settle);
    f.faulty.skip_syncs();
    const auto published = f.publish(*part, existing_file::replace, durability::full);
    CHECK(published);
    CHECK(times_free == 0);
    CHECK(f.here.content("x") == "new");
    CHECK(f.here.entries() == names{"x"});
}

TEST_CASE("memory that the system lacks is told with the path")
{
    for (const file_call kind : {file_call::inspect, file_call::sync, file_call::close, file_call::move}) {
        fixture f;
        auto    part = f.create();
        REQUIRE(part);
        f.faulty.fail(kind, 1, ENOMEM);
        const auto published = f.publish(*part, existing_file::refuse, durability::full);
        REQUIRE_FALSE(published);
        CHECK(published.error().code == errc::out_of_memory);
        CHECK(published.error().os_code == ENOMEM);
        CHECK(published.error().subject() == "said");
    }
}

TEST_CASE("nothing is synced unless the file is to last")
{
    for (const existing_file existing : {existing_file::refuse, existing_file::replace}) {
        fixture f;
        auto    part = f.create();
        REQUIRE(part);
        CHECK(f.publish(*part, existing, durability::none));
        CHECK(f.faulty.count(file_call::sync) == 0);
    }
}

TEST_CASE("a part file is brought to stable storage ahead of its name, when that is asked for")
{
    fixture f;
    auto    part = f.create();
    REQUIRE(part);
    CHECK(part->write(as_bytes("new")));
    CHECK(part->sync());
    CHECK(f.faulty.count(file_call::sync) == 1);
    f.faulty.fail(file_call::sync, 1, EIO);
    const auto failed = part->sync();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().os_code == EIO);
    CHECK(failed.error().subject() == "said");
    f.faulty.fail_each(file_call::sync, ENOTSUP);
    CHECK(part->sync().error().code == errc::sync_not_offered);
}

TEST_CASE("a file that is to last is synced before it has its name and its folder after")
{
    for (const existing_file existing : {existing_file::refuse, existing_file::replace}) {
        for (const bool exists : {false, true}) {
            if (exists && existing == existing_file::refuse)
                continue;
            fixture f;
            if (exists)
                f.here.put("x", "old");
            auto part = f.create();
            REQUIRE(part);
            CHECK(part->write(as_bytes("new")));
            std::vector<std::string> seen;
            const auto               look = [&] { seen.push_back(f.here.content("x")); };
            f.faulty.before(file_call::sync, look);

            CHECK(f.publish(*part, existing, durability::full));
            CHECK(seen == names{exists ? "old" : "", "new"});
            CHECK(f.here.entries() == names{"x"});
        }
    }
}

TEST_CASE("an existing file is refused or replaced, as asked")
{
    for (const durability lasting : {durability::none, durability::full}) {
        fixture f;
        f.here.put("x", "old");
        {
            auto part = f.create();
            REQUIRE(part);
            CHECK(part->write(as_bytes("new")));
            const auto refused = f.publish(*part, existing_file::refuse, lasting);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == errc::name_taken);
            CHECK(refused.error().subject() == "said");
        }
        CHECK(f.here.content("x") == "old");
        CHECK(f.here.entries() == names{"x"});

        auto part = f.create();
        REQUIRE(part);
        CHECK(part->write(as_bytes("new")));
        CHECK(f.publish(*part, existing_file::replace, lasting));
        CHECK(f.here.content("x") == "new");
        CHECK(f.here.entries() == names{"x"});
    }
}

TEST_CASE("where two files cannot be swapped an old one is replaced in one step")
{
    for (const int os_code : {ENOSYS, EINVAL, ENOTSUP, EPERM}) {
        fixture f;
        f.here.put("x", "old");
        auto part = f.create();
        REQUIRE(part);
        CHECK(part->write(as_bytes("new")));
        f.faulty.fail_each(file_call::exchange, os_code);
        CHECK(f.publish(*part, existing_file::replace, durability::full));
        CHECK(f.here.content("x") == "new");
        CHECK(f.here.entries() == names{"x"});
        CHECK(f.faulty.count(file_call::move) == 1);
    }
}

TEST_CASE("a table without a call to swap files replaces them all the same")
{
    const scratch_directory here;
    here.put("x", "old");
    stet::file_system calls = stet::native_file_system();
    calls.exchange = nullptr;
    const auto in = folder::open(calls, here.path());
    REQUIRE(in);
    auto part = part_file::create(*in, "x.part", "said");
    REQUIRE(part);
    CHECK(part->write(as_bytes("new")));
    CHECK(part->publish(*in, "x", existing_file::replace, durability::full));
    CHECK(here.content("x") == "new");
    CHECK(here.entries() == names{"x"});
}

TEST_CASE("a failure at any step of publishing leaves the old file or nothing")
{
    struct row {
        file_call   kind;
        std::size_t nth;
        bool        on_new_name; ///< also when there is no old file
    };
    for (const row& given : {row{file_call::sync, 1, true}, row{file_call::sync, 2, true},
                             row{file_call::close, 1, true}, row{file_call::move, 1, true},
                             row{file_call::exchange, 1, false}, row{file_call::remove, 1, false}})
    {
        const bool swaps = stet::native_file_system().exchange != nullptr;
        if (!swaps && !given.on_new_name)
            continue;
        for (const bool exists : {false, true}) {
            if (!exists && !given.on_new_name)
                continue;
            if (exists && swaps && given.kind == file_call::move)
                continue; // an old file is swapped
            if (exists && !swaps && given.kind == file_call::sync && given.nth == 2)
                continue; // no way back
            fixture f;
            if (exists)
                f.here.put("x", "old");
            CAPTURE(support::file_call_names[static_cast<std::size_t>(given.kind)], given.nth, exists);
            {
                auto part = f.create();
                REQUIRE(part);
                CHECK(part->write(as_bytes("new")));
                f.faulty.fail(given.kind, given.nth, EIO);
                const auto published = f.publish(
                    *part, exists ? existing_file::replace : existing_file::refuse, durability::full);
                REQUIRE_FALSE(published);
                CHECK(published.error().code == errc::io_failure);
                CHECK(published.error().subject() == "said");
            }
            CHECK(f.here.entries() == (exists ? names{"x"} : names{}));
            CHECK(f.here.content("x") == (exists ? "old" : ""));
        }
    }
}

#if !defined(_WIN32) // on Windows no two names can be swapped

TEST_CASE("the old file is kept beside the new one when there is no way back")
{
    fixture f;
    f.here.put("x", "old");
    {
        auto part = f.create();
        REQUIRE(part);
        CHECK(part->write(as_bytes("new")));
        f.faulty.fail(file_call::sync, 2, EIO);
        f.faulty.fail(file_call::exchange, 2, EIO);
        CHECK_FALSE(f.publish(*part, existing_file::replace, durability::full));
    }
    CHECK(f.here.content("x") == "new");
    CHECK(f.here.content("x.part") == "old");
}

#endif

TEST_CASE("an interrupted close has closed")
{
    fixture f;
    auto    part = f.create();
    REQUIRE(part);
    f.faulty.fail(file_call::close, 1, EINTR);
    CHECK(f.publish(*part, existing_file::refuse, durability::none));
    CHECK(f.faulty.count(file_call::close) == 2); // the lock goes as well
    CHECK(f.here.entries() == names{"x"});
}

namespace {

/// Whether anybody can lock what bears the part file's name now.
bool is_free(const scratch_directory& here)
{
    const auto in = folder::open(stet::native_file_system(), here.path());
    return in && stet::detail::file_lock::take(*in, "x.part", "said");
}

} // namespace

TEST_CASE("whatever bears a part file's name is locked until the file has its own")
{
    for (const existing_file existing : {existing_file::refuse, existing_file::replace}) {
        for (const file_call kind :
             {file_call::inspect, file_call::sync, file_call::move, file_call::exchange, file_call::remove})
        {
            fixture f;
            if (existing == existing_file::replace)
                f.here.put("x", "old");
            auto part = f.create();
            REQUIRE(part);
            CHECK(part->write(as_bytes("new")));
            std::size_t times_free = 0;
            const auto  look = [&] { times_free += is_free(f.here) ? 1U : 0U; };
            f.faulty.before(kind, look);
            CHECK(f.publish(*part, existing, durability::full));
            CAPTURE(support::file_call_names[static_cast<std::size_t>(kind)]);
            CHECK(times_free == 0);
            f.here.rename("x", "x.part");
            CHECK(is_free(f.here)); // once it has its name nobody keeps it
        }
    }
}

TEST_CASE("what cannot be locked is saved all the same")
{
    for (const int os_code : {ENOTSUP, EINVAL, ENOLCK, EACCES, EMFILE, EIO}) {
        fixture f;
        f.here.put("x", "old");
        f.faulty.fail_each(file_call::lock_file, os_code);
        auto part = f.create();
        REQUIRE(part);
        CHECK(part->write(as_bytes("new")));
        CHECK(f.publish(*part, existing_file::replace, durability::full));
        CHECK(f.here.content("x") == "new");
        CHECK(f.here.entries() == names{"x"});
    }
}

TEST_CASE("a part file that another process locks first is left to that one")
{
    fixture                                f;
    std::optional<stet::detail::file_lock> other;
    const auto                             in = folder::open(stet::native_file_system(), f.here.path());
    REQUIRE(in);
    const auto quicker = [&] { other = *stet::detail::file_lock::take(*in, "x.part", "said"); };
    f.faulty.before(file_call::lock_file, quicker);
    const auto part = f.create();
    REQUIRE_FALSE(part);
    CHECK(part.error().code == errc::part_file_lost);
    CHECK(part.error().os_code == EBUSY);
    CHECK(f.here.entries() == names{"x.part"});
    CHECK(f.faulty.count(file_call::remove) == 0);
}

#if !defined(_WIN32) // on Windows a file that is open for writing keeps its name

TEST_CASE("a part file removed before it was locked is lost, and another saver's of the name left alone")
{
    for (const file_call kind : {file_call::lock_file, file_call::inspect}) {
        for (const bool is_replaced : {false, true}) {
            fixture    f;
            int        times = 0;
            const auto remove = [&] {
                if (++times > 1)
                    return;
                f.here.rename("x.part", "aside");
                if (is_replaced)
                    f.here.put("x.part", "another saver's");
            };
            f.faulty.before(kind, remove);
            {
                const auto part = f.create();
                REQUIRE_FALSE(part);
                CHECK(part.error().code == errc::part_file_lost);
                CHECK(part.error().subject() == "said");
            }
            CHECK(f.here.has("x.part") == is_replaced);
            CHECK(f.here.content("x.part") == (is_replaced ? "another saver's" : ""));
        }
    }
}

TEST_CASE("a part file that vanished during the save is an error of its own, and nothing is published")
{
    for (const existing_file existing : {existing_file::refuse, existing_file::replace}) {
        for (const durability lasting : {durability::none, durability::full}) {
            for (const bool is_replaced : {false, true}) {
                fixture f;
                if (existing == existing_file::replace)
                    f.here.put("x", "old");
                {
                    auto part = f.create();
                    REQUIRE(part);
                    CHECK(part->write(as_bytes("new")));
                    f.here.rename("x.part", "aside");
                    if (is_replaced)
                        f.here.put("x.part", "another saver's");
                    const auto published = f.publish(*part, existing, lasting);
                    REQUIRE_FALSE(published);
                    CHECK(published.error().code == errc::part_file_lost);
                    CHECK(published.error().subject() == "said");
                }
                CHECK(f.here.content("x") == (existing == existing_file::replace ? "old" : ""));
                CHECK(f.here.content("x.part") == (is_replaced ? "another saver's" : ""));
            }
        }
    }
}

TEST_CASE("a part file that vanishes just before it is renamed is lost")
{
    fixture f;
    auto    part = f.create();
    REQUIRE(part);
    const auto vanish = [&] { f.here.remove("x.part"); };
    f.faulty.before(file_call::move, vanish);
    const auto published = f.publish(*part, existing_file::refuse, durability::none);
    REQUIRE_FALSE(published);
    CHECK(published.error().code == errc::part_file_lost);
    CHECK(f.here.entries().empty());
}

#endif

TEST_CASE("a file that cannot be told from another after it was made is no part file, and gone")
{
    for (const std::size_t nth : {std::size_t{1}, std::size_t{2}}) {
        fixture f;
        f.faulty.fail(file_call::inspect, nth, EIO);
        const auto part = f.create();
        REQUIRE_FALSE(part);
        CHECK(part.error().os_code == EIO);
        CHECK(f.here.entries().empty());
    }
}

TEST_CASE("where no call sets space aside, none is")
{
    fixture           f;
    stet::file_system calls = f.faulty.calls();
    calls.preallocate = nullptr;
    const auto in = folder::open(calls, f.here.path());
    REQUIRE(in);
    auto part = part_file::create(*in, "y.part", "said");
    REQUIRE(part);
    CHECK(part->preallocate(1000));
    CHECK(f.faulty.count(file_call::preallocate) == 0);
}

namespace {

/// A part file that holds "new" and is to take the place of the "x" that is there when it is made.
class successor {
public:
    explicit successor(fixture& f) : f_(&f), part_(f.create())
    {
        f.here.put("x", "old");
        REQUIRE(f.in.inspect("x", stet::links::refuse, old_).error == 0);
        REQUIRE(part_);
        CHECK(part_->write(as_bytes("new")));
    }

    stet::result<void> publish(durability lasting, stet::detail::file_lock held = {})
    {
        return part_->publish_over(f_->in, "x", old_, std::move(held), lasting);
    }

private:
    fixture*                f_;
    stet::result<part_file> part_;
    stet::entry_facts       old_{};
};

constexpr std::array<durability, 2> both_durabilities{durability::none, durability::full};

} // namespace

#if !defined(_WIN32) // on Windows no two names can be swapped

TEST_CASE("a file takes the place of the one that it was made for, whose lock may be held meanwhile")
{
    for (const durability lasting : both_durabilities) {
        for (const int os_code : {0, ENOTSUP}) {
            fixture   f;
            successor next(f);
            auto      held = stet::detail::file_lock::take(f.in, "x", "said");
            REQUIRE(held);
            if (os_code != 0)
                f.faulty.fail_each(file_call::exchange, os_code);
            CHECK(next.publish(lasting, *std::move(held)));
            CHECK(f.here.content("x") == "new");
            CHECK(f.here.entries() == names{"x"});
        }
    }
}

#endif

#if !defined(_WIN32) // on Windows nothing tells one file from another

TEST_CASE("a file does not take the place of another one than it was made for")
{
    for (const durability lasting : both_durabilities) {
        for (const bool is_gone : {false, true}) {
            fixture f;
            {
                successor next(f);
                f.here.put("y", "another's");
                f.here.remove("x");
                if (!is_gone)
                    f.here.rename("y", "x");
                const auto published = next.publish(lasting);
                REQUIRE_FALSE(published);
                CHECK(published.error().code == errc::file_changed);
                CHECK(published.error().subject() == "said");
            }
            CHECK(f.here.entries() == (is_gone ? names{"y"} : names{"x"}));
            CHECK(f.here.content(is_gone ? "y" : "x") == "another's");
        }
    }
}

#endif

#if !defined(_WIN32) // on Windows no two names can be swapped

TEST_CASE("a file that is replaced just before the swap gets its name back")
{
    fixture f;
    {
        successor  next(f);
        bool       is_first = true;
        const auto replace = [&] {
            if (!std::exchange(is_first, false))
                return;
            f.here.put("y", "another's");
            f.here.rename("y", "x");
        };
        f.faulty.before(file_call::exchange, replace);
        const auto published = next.publish(durability::full);
        REQUIRE_FALSE(published);
        CHECK(published.error().code == errc::file_changed);
    }
    CHECK(f.here.content("x") == "another's");
    CHECK(f.here.entries() == names{"x"});
}

TEST_CASE("a file that vanishes just before the swap is not made up for")
{
    fixture f;
    {
        successor  next(f);
        const auto vanish = [&] { f.here.remove("x"); };
        f.faulty.before(file_call::exchange, vanish);
        const auto published = next.publish(durability::full);
        REQUIRE_FALSE(published);
        CHECK(published.error().code == errc::file_changed);
    }
    CHECK(f.here.entries().empty());
}

#endif
