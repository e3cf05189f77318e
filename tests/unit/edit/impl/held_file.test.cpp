// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"
#include "support/text_bytes.hpp"

#include <stet/edit/impl/held_file.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::durability;
using stet::errc;
using stet::detail::file_use;
using stet::detail::held_file;
using support::as_bytes;
using support::failure;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

/// A scratch directory with a file "x", behind calls that can fail.
class fixture {
public:
    fixture() { here.put("x", "content"); }

    faulty_file_system faulty{};
    scratch_directory  here{};

    stet::result<held_file> take(file_use use = file_use::read, std::string_view name = "x")
    {
        return held_file::take(faulty.calls(), here / name, use);
    }
};

std::string read(const held_file& file, std::uint64_t offset, std::size_t size)
{
    std::string text(size, '\0');
    const auto  outcome = file.read(offset, std::as_writable_bytes(std::span(text)));
    return outcome ? text : std::string(stet::name(outcome.error().code));
}

} // namespace

TEST_CASE("a held file is read, and closed and unlocked in the end")
{
    const std::size_t before = support::open_descriptors();
    {
        fixture f;
        auto    held = f.take();
        REQUIRE(held);
        CHECK(held->size() == 7);
        CHECK(held->path() == f.here / "x");
        CHECK(held->name() == "x");
        CHECK(read(*held, 0, 7) == "content");
        CHECK(read(*held, 3, 2) == "te");
        CHECK(read(*held, 3, 5) == "incomplete_data");
        CHECK(held->still_named());
        CHECK(failure(f.take()) == "file_in_use");
        const held_file moved = *std::move(held);
        CHECK(read(moved, 0, 7) == "content");
        CHECK(failure(f.take()) == "file_in_use");
    }
    CHECK(support::open_descriptors() == before);
    fixture f;
    {
        CHECK(f.take());
    }
    CHECK(f.take());
}

TEST_CASE("a file is found through links, and what is no file is refused")
{
    fixture f;
    f.here.make_folder("folder");
#if !defined(_WIN32)
    f.here.put_link("link", "x");
    f.here.put_link("broken", "nowhere");
    const auto held = f.take(file_use::read, "link");
    REQUIRE(held);
    CHECK(held->name() == "x");
    CHECK(failure(f.take(file_use::read, "broken")) == "file_missing");
#endif
    CHECK(failure(f.take(file_use::read, "missing")) == "file_missing");
    CHECK(failure(f.take(file_use::read, "no/x")) == "folder_missing");
    CHECK(failure(f.take(file_use::read, "folder")) == "not_a_regular_file");
    CHECK(failure(f.take(file_use::read, "folder/..")) == "invalid_file_name");
}

TEST_CASE("bytes are changed in their place, however few the system takes at a time")
{
    for (const std::size_t most : {SIZE_MAX, std::size_t{1}}) {
        fixture f;
        f.faulty.shorten_writes(most);
        const auto held = f.take(file_use::change);
        REQUIRE(held);
        CHECK(held->write(3, as_bytes("TEN")));
        CHECK(held->sync());
        CHECK(f.here.content("x") == "conTENt");
        CHECK(read(*held, 0, 7) == "conTENt");
    }
}

TEST_CASE("a call that fails is an error about the path")
{
    fixture    f;
    const auto held = f.take(file_use::change);
    REQUIRE(held);
    const auto code = [&](file_call kind, int os_code, auto use) {
        f.faulty.fail(kind, 1, os_code);
        const stet::result<void> outcome = use();
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().os_code == os_code);
        CHECK(outcome.error().subject() == f.here / "x");
        return failure(outcome);
    };
    std::array<std::byte, 1> one{};
    CHECK(code(file_call::read_at, EIO, [&] { return held->read(0, one); }) == "io_failure");
    CHECK(code(file_call::write_at, ENOSPC, [&] { return held->write(0, one); }) == "disk_full");
    CHECK(code(file_call::sync, EIO, [&] { return held->sync(); }) == "io_failure");
    CHECK(code(file_call::sync, EINVAL, [&] { return held->sync(); }) == "sync_not_offered");
    CHECK(code(file_call::inspect, EACCES, [&] { return held->still_named(); }) == "permission_denied");
    f.faulty.claim_written(2);
    CHECK(failure(held->write(0, one)) == "io_failure");
    f.faulty.claim_written(0);
    CHECK(failure(held->write(0, one)) == "io_failure");
}

TEST_CASE("a call that opening a file needs fails, and nothing stays open")
{
    const std::size_t before = support::open_descriptors();
    for (const file_call kind : {file_call::open_folder, file_call::inspect, file_call::open_file}) {
        for (std::size_t nth = 1; nth <= (kind == file_call::inspect ? 5U : 1U); ++nth) {
            CAPTURE(support::file_call_names[static_cast<std::size_t>(kind)], nth);
            fixture f;
            f.faulty.fail(kind, nth, EIO);
            CHECK(failure(f.take()) == "io_failure");
        }
    }
    fixture f;
    f.faulty.fail(file_call::open_file, 1, ENOTSUP);
    CHECK(failure(f.take()) == "editing_not_offered");
    f.faulty.fail_each(file_call::lock_file, ENOTSUP);
    {
        const auto first = f.take();
        CHECK(first);
        CHECK(f.take()); // nobody can tell
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a table that cannot open what exists says so")
{
    const scratch_directory here;
    here.put("x", "content");
    stet::file_system calls = stet::native_file_system();
    calls.read_at = nullptr;
    CHECK(failure(held_file::take(calls, here / "x", file_use::read)) == "editing_not_offered");
    calls = stet::native_file_system();
    calls.open_file = nullptr;
    CHECK(failure(held_file::take(calls, here / "x", file_use::read)) == "editing_not_offered");
    calls = stet::native_file_system();
    calls.write_at = nullptr;
    const auto held = held_file::take(calls, here / "x", file_use::change);
    REQUIRE(held);
    CHECK(failure(held->write(0, as_bytes("C"))) == "editing_not_offered");
}

#if !defined(_WIN32) // on Windows nothing tells one file from another

TEST_CASE("a file that is replaced while it is being taken is not mixed up with its successor")
{
    fixture    f;
    const auto replace = [&] {
        f.here.put("y", "another");
        f.here.rename("y", "x");
    };
    std::size_t times = 0;
    const auto  once = [&] {
        if (++times == 1)
            replace();
    };
    f.faulty.before(file_call::open_file, once);
    {
        const auto held = f.take();
        REQUIRE(held);
        CHECK(read(*held, 0, 7) == "another");
        CHECK(times == 2);
    }
    f.faulty.before(file_call::open_file, replace);
    CHECK(failure(f.take()) == "file_changed");
}

TEST_CASE("a file whose name is another's by now is told, and is not replaced")
{
    for (const durability lasting : {durability::none, durability::full}) {
        fixture f;
        auto    held = f.take();
        REQUIRE(held);
        auto next = held->beside();
        REQUIRE(next);
        CHECK(next->file().write(as_bytes("next")));
        f.here.put("y", "another");
        f.here.rename("y", "x");
        CHECK(failure(held->still_named()) == "file_changed");
        CHECK(failure(held->replace_by(*next, lasting)) == "file_changed");
        CHECK(f.here.content("x") == "another");
        f.here.remove("x");
        CHECK(failure(held->still_named()) == "file_changed");
    }
}

#endif

TEST_CASE("a file written beside takes the held one's place")
{
    for (const durability lasting : {durability::none, durability::full}) {
        for (const bool swaps : {true, false}) {
            const scratch_directory here;
            here.put("x", "content");
            stet::file_system calls = stet::native_file_system();
            if (!swaps)
                calls.exchange = nullptr;
            auto held = held_file::take(calls, here / "x", file_use::read);
            REQUIRE(held);
            auto next = held->beside();
            REQUIRE(next);
            CHECK(next->file().write(as_bytes("next")));
            CHECK(here.entries() == names{"x", "x.part"});
            CHECK(held->replace_by(*next, lasting));
            CHECK(here.content("x") == "next");
            CHECK(here.entries() == names{"x"});
        }
    }
}
