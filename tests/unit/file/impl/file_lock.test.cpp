// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/memory_disk.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/impl/file_lock.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>

using stet::errc;
using stet::folder;
using stet::detail::file_lock;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

/// A scratch directory with a file "x", behind calls that can fail.
class fixture {
public:
    fixture() { here.put("x", "content"); }

    faulty_file_system faulty{};
    scratch_directory  here{};
    folder             in = *folder::open(faulty.calls(), here.path());

    stet::result<file_lock> take() const { return file_lock::take(in, "x", "said"); }
};

} // namespace

TEST_CASE("a file is locked by one at a time, until that one lets go")
{
    const std::size_t before = support::open_descriptors();
    {
        const fixture f;
        auto          first = f.take();
        REQUIRE(first);
        CHECK(first->is_held());
        const auto second = f.take();
        REQUIRE_FALSE(second);
        CHECK(second.error().code == errc::file_in_use);
        CHECK(second.error().os_code == EBUSY);
        CHECK(second.error().subject() == "said");

        file_lock moved = *std::move(first);
        CHECK_FALSE(f.take());
        moved.release();
        CHECK_FALSE(moved.is_held());
        CHECK(f.take());
        CHECK(f.take());
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a lock given another's place keeps the file locked, and the other one goes with it")
{
    const fixture f;
    f.here.put("y");
    file_lock kept;
    CHECK_FALSE(kept.is_held());
    {
        auto x = f.take();
        REQUIRE(x);
        kept = *std::move(x);
    }
    CHECK_FALSE(f.take());
    kept = *file_lock::take(f.in, "y", "said");
    CHECK(f.take());
}

TEST_CASE("a locked file tells when it was written and that it is one")
{
    const fixture f;
    const auto    lock = f.take();
    REQUIRE(lock);
    CHECK(lock->facts().kind == stet::entry_kind::file);
    stet::entry_facts seen;
    CHECK(f.in.inspect("x", stet::links::refuse, seen).error == 0);
    CHECK(lock->facts().modified == seen.modified);
    CHECK(seen.modified > 1'500'000'000);
    CHECK(stet::detail::is_same_entry(seen, lock->facts()));
}

#if !defined(_WIN32) // on Windows nothing tells one file from another

TEST_CASE("a lock knows whether the name still leads to its file")
{
    const fixture f;
    const auto    lock = f.take();
    REQUIRE(lock);
    CHECK(*lock->is_named(f.in, "x", "said"));
    f.here.rename("x", "y");
    CHECK_FALSE(*lock->is_named(f.in, "x", "said"));
    CHECK(*lock->is_named(f.in, "y", "said"));
    f.here.put("x", "another");
    CHECK_FALSE(*lock->is_named(f.in, "x", "said"));
    f.here.remove("x");
    f.here.put_link("x", "y");
    CHECK_FALSE(*lock->is_named(f.in, "x", "said"));
}

#endif

TEST_CASE("a name that cannot be looked at is an error about the path")
{
    fixture    f;
    const auto lock = f.take();
    REQUIRE(lock);
    f.faulty.fail(file_call::inspect, 1, EIO);
    const auto named = lock->is_named(f.in, "x", "said");
    REQUIRE_FALSE(named);
    CHECK(named.error().os_code == EIO);
    CHECK(named.error().subject() == "said");
}

TEST_CASE("what cannot be locked is an error with the system's number")
{
    const std::size_t before = support::open_descriptors();
    for (const int os_code : {EIO, EACCES, EMFILE, ENOTSUP, EBUSY, ENOENT}) {
        fixture f;
        f.faulty.fail(file_call::lock_file, 1, os_code);
        const auto lock = f.take();
        REQUIRE_FALSE(lock);
        CHECK(lock.error().os_code == os_code);
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a lock is asked for again while a signal interrupts")
{
    fixture f;
    f.faulty.fail(file_call::lock_file, 1, EINTR);
    CHECK(f.take());
}

TEST_CASE("a table without a call to lock says that nothing can be locked")
{
    support::memory_disk disk{support::disk_image()};
    disk.lack_locks();
    const auto in = folder::open(disk.calls(), "/");
    REQUIRE(in);
    CHECK(file_lock::take(*in, "x", "said").error().os_code == ENOTSUP);
}

TEST_CASE("entries are one when device and index are, or when the system does not tell them")
{
    using stet::entry_facts;
    const entry_facts one{.device = 1, .index = 2};
    CHECK(stet::detail::is_same_entry(one, one));
    CHECK_FALSE(stet::detail::is_same_entry(one, {.device = 2, .index = 2}));
    CHECK_FALSE(stet::detail::is_same_entry(one, {.device = 1, .index = 3}));
    CHECK(stet::detail::is_same_entry(one, {}));
    CHECK(stet::detail::is_same_entry({}, one));
}

TEST_CASE("the file of a name is locked once its saver lets go, and what nobody can lock is not")
{
    fixture    f;
    const auto of_name = [&f] { return file_lock::of_name(f.in, "x", "said"); };
    auto       other = f.take();
    REQUIRE(other);
    const auto in_use = of_name();
    REQUIRE_FALSE(in_use);
    CHECK(in_use.error().code == errc::file_in_use);

    std::size_t tries = 0;
    const auto  let_go = [&] {
        if (++tries == 3)
            other->release();
    };
    f.faulty.before(file_call::lock_file, let_go);
    const auto locked = of_name();
    REQUIRE(locked);
    CHECK(locked->is_held());
    CHECK(tries == 3);

    f.faulty.fail_each(file_call::lock_file, ENOTSUP);
    const auto without = of_name();
    REQUIRE(without);
    CHECK_FALSE(without->is_held());
    f.faulty.fail_each(file_call::lock_file, ENOENT);
    const auto missing = of_name();
    REQUIRE_FALSE(missing);
    CHECK(missing.error().os_code == ENOENT);
}

#if !defined(_WIN32) // on Windows nothing tells one file from another

TEST_CASE("a file that is replaced between being opened and being locked is not taken for the name's")
{
    fixture     f;
    std::size_t tries = 0;
    const auto  replace = [&] {
        if (++tries == 1) { // between the lock and the look at the name
            f.here.put("y", "another");
            f.here.rename("y", "x");
        }
    };
    f.faulty.before(file_call::inspect, replace);
    const auto locked = file_lock::of_name(f.in, "x", "said");
    REQUIRE(locked);
    CHECK(f.faulty.count(file_call::lock_file) == 2);
    CHECK(*locked->is_named(f.in, "x", "said"));
}

#endif
