// SPDX-License-Identifier: MIT
#include "support/scratch_directory.hpp"

#include <stet/file/impl/file_access.hpp>
#include <stet/file/native_file_system.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

using stet::folder;
using stet::links;
using stet::detail::file_access;
using support::scratch_directory;

static_assert(file_access::narrowed(06755, true, true, true) == 06755);
static_assert(file_access::narrowed(06755, false, true, true) == 0755);
static_assert(file_access::narrowed(06755, true, false, true) == 0755);
static_assert(file_access::narrowed(01640, true, false, true) == 01600);
static_assert(file_access::narrowed(0646, true, false, true) == 0644);
static_assert(file_access::narrowed(0604, true, false, true) == 0600);
static_assert(file_access::narrowed(0664, true, true, false) == 0600);
static_assert(file_access::narrowed(06664, false, false, false) == 0600);

namespace {

/// A file as a table of calls of the test's own tells it, and what it was given.
struct told {
    stet::entry_facts old{.kind = stet::entry_kind::file, .mode = 0640, .owner = 1, .group = 2};
    stet::entry_facts now{.kind = stet::entry_kind::file, .mode = 0600, .owner = 1, .group = 2};
    std::string       old_list{};
    std::string       list = "inherited";
    int               owner_error = 0;
    int               group_error = 0;
    int               read_error = 0;
    int               list_error = 0;
    int               mode_error = 0;
    std::size_t       mode_calls = 0;
    std::size_t       owner_calls = 0;

    /// Whether the whole access was given, or the error that ended it.
    stet::result<bool> hand_on()
    {
        const auto calls = table();
        const auto in = folder::open(calls, "/");
        auto       access = file_access::of(*in, "old", "said");
        if (!access)
            return access.error();
        return (*access)->give(calls, 2, "said");
    }

private:
    static told& self(void* context) { return *static_cast<told*>(context); }

    static stet::os_result returned(int error) { return {.value = error == 0 ? 0 : -1, .error = error}; }

    stet::file_system table()
    {
        stet::file_system calls;
        calls.context = this;
        calls.open_folder = [](void*, stet::file_handle, const char*, links) {
            return stet::os_result{.value = 1, .error = 0};
        };
        calls.close = [](void*, stet::file_handle) { return stet::os_result{}; };
        calls.inspect = [](void* context, stet::file_handle, const char* name, links,
                           stet::entry_facts& facts) {
            facts = *name == '\0' ? self(context).now : self(context).old;
            return stet::os_result{};
        };
        calls.set_mode = [](void* context, stet::file_handle, std::uint32_t mode) {
            ++self(context).mode_calls;
            if (self(context).mode_error == 0)
                self(context).now.mode = mode;
            return returned(self(context).mode_error);
        };
        calls.set_owner = [](void* context, stet::file_handle, std::uint32_t owner, std::uint32_t group) {
            told& of = self(context);
            ++of.owner_calls;
            const int error = owner != stet::detail::same_as_before ? of.owner_error : of.group_error;
            if (error == 0 && owner != stet::detail::same_as_before)
                of.now.owner = owner;
            if (error == 0)
                of.now.group = group;
            return returned(error);
        };
        calls.read_acl = [](void* context, stet::file_handle, const char*, void* buffer,
                            std::size_t capacity) {
            const told& of = self(context);
            if (of.read_error != 0)
                return returned(of.read_error);
            const std::size_t size = of.old_list.size();
            if (capacity != 0)
                std::memcpy(buffer, of.old_list.data(), size < capacity ? size : capacity);
            return stet::os_result{.value = static_cast<std::int64_t>(size), .error = 0};
        };
        calls.write_acl = [](void* context, stet::file_handle, const void* bytes, std::size_t size) {
            if (self(context).list_error == 0)
                self(context).list.assign(static_cast<const char*>(bytes), size);
            return returned(self(context).list_error);
        };
        return calls;
    }
};

} // namespace

TEST_CASE("a file is given owner, group, access list and mode of another, and only what differs")
{
    told file;
    file.old_list = "a list";
    CHECK(*file.hand_on());
    CHECK(file.now.mode == 0640);
    CHECK(file.list == "a list");
    CHECK(file.owner_calls == 0);
    CHECK(file.mode_calls == 1);

    told plain;
    plain.old.mode = 0600;
    CHECK(*plain.hand_on());
    CHECK(plain.list.empty());
    CHECK(plain.mode_calls == 0);

    told others;
    others.old.owner = 5;
    others.old.group = 6;
    CHECK(*others.hand_on());
    CHECK(others.now.owner == 5);
    CHECK(others.now.group == 6);
    CHECK(others.owner_calls == 1);
}

TEST_CASE("what is not offered or not permitted is left out, with what would widen the rest")
{
    for (const int os_code : {EPERM, EACCES, ENOSYS, EINVAL, ENOTSUP, EOPNOTSUPP}) {
        CAPTURE(os_code);
        told owner;
        owner.old = {.kind = stet::entry_kind::file, .mode = 04644, .owner = 5, .group = 6};
        owner.owner_error = os_code;
        CHECK_FALSE(*owner.hand_on());
        CHECK(owner.now.owner == 1);
        CHECK(owner.now.group == 6); // that alone may be given
        CHECK(owner.now.mode == 0644);

        told group;
        group.old = {.kind = stet::entry_kind::file, .mode = 0660, .owner = 1, .group = 6};
        group.old_list = "a list";
        group.group_error = os_code;
        CHECK_FALSE(*group.hand_on());
        CHECK(group.now.mode == 0600);
        CHECK(group.list.empty());

        told list;
        list.old_list = "a list";
        list.old.mode = 0664;
        list.list_error = os_code;
        CHECK_FALSE(*list.hand_on());
        CHECK(list.now.mode == 0600);

        told mode;
        mode.mode_error = os_code;
        CHECK_FALSE(*mode.hand_on());
        CHECK(mode.now.mode == 0600);

        told needless;
        needless.old.mode = 0600;
        needless.mode_error = os_code;
        needless.owner_error = os_code;
        CHECK(*needless.hand_on());
    }
    told unknown;
    unknown.read_error = EACCES;
    CHECK_FALSE(*unknown.hand_on());
    CHECK(unknown.now.mode == 0600);
    CHECK(unknown.list.empty());

    told endless; // longer than any list of a system
    endless.old_list.assign(100'000, 'x');
    CHECK_FALSE(*endless.hand_on());
    CHECK(endless.now.mode == 0600);
}

TEST_CASE("any other failure ends it, and says of what")
{
    for (int told::*const member :
         {&told::owner_error, &told::group_error, &told::read_error, &told::list_error, &told::mode_error})
    {
        told file;
        file.old.group = 6;
        file.old.owner = member == &told::owner_error ? 5 : 1;
        file.*member = EIO;
        const auto given = file.hand_on();
        REQUIRE_FALSE(given);
        const bool is_read = member == &told::read_error;
        CHECK(stet::message(given.error()) ==
              (is_read ? "'said': cannot read its access list (the system's error: 5)"
                       : "'said': cannot set its owner, group or access (the system's error: 5)"));
    }
}

TEST_CASE("what is missing or no file has no access to hand on")
{
    const scratch_directory here;
    here.make_folder("folder");
    here.put("file");
    const auto in = folder::open(stet::native_file_system(), here.path());
    REQUIRE(in);
    CHECK_FALSE(*file_access::of(*in, "missing", "said"));
    CHECK_FALSE(*file_access::of(*in, "folder", "said"));
    CHECK(*file_access::of(*in, "file", "said"));
}
