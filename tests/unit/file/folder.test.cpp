// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/folder.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using stet::durability;
using stet::errc;
using stet::folder;
using stet::native_file_system;
using stet::path_style;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

/// Tells which folder this is by creating an entry in it.
void mark(const folder& in)
{
    CHECK(native_file_system().make_folder(native_file_system().context, in.handle(), "mark").error == 0);
}

} // namespace

TEST_CASE("a path is split into its folder and its last part")
{
    struct row {
        std::string_view path;
        std::string_view above;
        std::string_view name;
    };
    for (const path_style style : {path_style::posix, path_style::windows}) {
        for (const row& given :
             {row{"b.x", ".", "b.x"}, row{"a/b.x", "a", "b.x"}, row{"/b.x", "/", "b.x"},
              row{"/a/b/c", "/a/b", "c"}, row{"a/", "a", ""}, row{"a//b", "a/", "b"}, row{"./b", ".", "b"},
              row{"a/..", "a", ".."}, row{"", ".", ""}, row{"/", "/", ""}})
        {
            CAPTURE(given.path);
            const auto [above, name] = folder::split(std::string(given.path), style);
            CHECK(above == given.above);
            CHECK(name == given.name);
        }
    }
    CHECK(folder::split("//b", path_style::posix) == std::pair<std::string, std::string>("/", "b"));
    CHECK(folder::split("a\\b", path_style::posix) == std::pair<std::string, std::string>(".", "a\\b"));
    for (const row& given :
         {row{"a\\b.x", "a", "b.x"}, row{"a/b\\c", "a/b", "c"}, row{"\\b.x", "\\", "b.x"},
          row{"C:\\b.x", "C:\\", "b.x"}, row{"C:\\a\\b.x", "C:\\a", "b.x"}, row{"C:/b.x", "C:/", "b.x"},
          row{"C:b.x", "C:", "b.x"}, row{"C:\\", "C:\\", ""}, row{"C:", "C:", ""},
          row{"\\\\server\\share\\b.x", "\\\\server\\share\\", "b.x"},
          row{"\\\\server\\share\\a\\b.x", "\\\\server\\share\\a", "b.x"},
          row{"\\\\server\\share", "\\\\server\\share", ""}, row{"\\\\server", "\\\\server", ""},
          row{"\\\\?\\C:\\b.x", "\\\\?\\C:\\", "b.x"}})
    {
        CAPTURE(given.path);
        const auto [above, name] = folder::split(std::string(given.path), path_style::windows);
        CHECK(above == given.above);
        CHECK(name == given.name);
    }
}

TEST_CASE("a call is repeated while a signal interrupts it, and not longer")
{
    int        made = 0;
    const auto outcome = stet::detail::retried(
        [&] { return stet::os_result{.value = made, .error = ++made < 4 ? EINTR : EIO}; });
    CHECK(made == 4);
    CHECK(outcome.error == EIO);
}

TEST_CASE("a missing folder cannot be opened, and the error says which")
{
    const scratch_directory here;
    const auto              opened = folder::open(native_file_system(), here / "missing");
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::folder_missing);
    CHECK(opened.error().os_code == ENOENT);
    CHECK(opened.error().subject() == here / "missing");
}

TEST_CASE("a folder is created with all that is missing above it")
{
    const scratch_directory here;
    for (const std::string_view path : {"a/b/c", "d", "e/", "f//g///h//", "i/./j", "a/b/c"}) {
        CAPTURE(path);
        const auto created = folder::create(native_file_system(), here / path, durability::full);
        REQUIRE(created);
        mark(*created);
        CHECK(here.has(std::string(path) + "/mark"));
        here.remove(std::string(path) + "/mark");
    }
}

TEST_CASE("a folder cannot be created below a file")
{
    const scratch_directory here;
    here.put("file", "content");
    for (const std::string_view path : {"file", "file/", "file/a", "file/a/b"}) {
        CAPTURE(path);
        const auto created = folder::create(native_file_system(), here / path, durability::none);
        REQUIRE_FALSE(created);
        CHECK(created.error().code == errc::folder_missing);
        CHECK(created.error().os_code == ENOTDIR);
    }
    CHECK(here.content("file") == "content");
}

#if !defined(_WIN32) // POSIX links; platforms/windows_save.cpp looks at links on Windows

TEST_CASE("a folder is not created through a broken link")
{
    const scratch_directory here;
    here.put_link("link", "nowhere");
    const auto created = folder::create(native_file_system(), here / "link", durability::none);
    CHECK_FALSE(created);
    CHECK_FALSE(here.has("nowhere"));
}

#endif

TEST_CASE("where not even the top exists, creating a folder ends")
{
    faulty_file_system faulty;
    faulty.fail_each(file_call::open_folder, ENOENT);
    for (const char* const path : {"/", "///", "/a", "/a/b/", ".", "a", "a/b", "..", ""}) {
        CAPTURE(path);
        const auto created = folder::create(faulty.calls(), path, durability::none);
        REQUIRE_FALSE(created);
        CHECK(created.error().code == errc::folder_missing);
    }
    CHECK(faulty.count(file_call::make_folder) == 0);
}

TEST_CASE("a new folder is made to last in the one above it, if that is asked for")
{
    const scratch_directory here;
    faulty_file_system      faulty;
    CHECK(folder::create(faulty.calls(), here / "a/b/c", durability::full));
    CHECK(faulty.count(file_call::sync) == 3);
    CHECK(folder::create(faulty.calls(), here / "a/b/c", durability::full));
    CHECK(faulty.count(file_call::sync) == 4); // its creator may not have come that far
    CHECK(folder::create(faulty.calls(), here / "d/e", durability::none));
    CHECK(faulty.count(file_call::sync) == 4);
    for (const char* const nameless : {"a/b/.", "a/b/..", "."}) // whose name it would be is not in the path
        CHECK(folder::create(faulty.calls(), here / nameless, durability::full));
    CHECK(faulty.count(file_call::sync) == 4);
}

TEST_CASE("the names between a folder and one far below it are made to last, and none elsewhere")
{
    const scratch_directory here;
    here.make_folder("root/a/b/c");
    here.make_folder("elsewhere");
    faulty_file_system faulty;
    const auto         root = folder::open(faulty.calls(), here / "root");
    const auto         inner = folder::open(faulty.calls(), here / "root/a/b/c");
    const auto         outer = folder::open(faulty.calls(), here / "elsewhere");
    REQUIRE(root);
    REQUIRE(inner);
    REQUIRE(outer);
    CHECK(root->make_last_below(*inner, "c"));
    CHECK(faulty.count(file_call::sync) == 3); // of b, a and the root
    CHECK(root->make_last_below(*root, "root"));
    CHECK(root->make_last_below(*outer, "out"));
    CHECK(faulty.count(file_call::sync) == 3);
}

TEST_CASE("a name that cannot be made to last is a failure, one that may not be seen from above is let be")
{
    const scratch_directory here;
    here.make_folder("root/a");
    for (const auto& [call, os_code, code] : {std::tuple(file_call::sync, EIO, errc::io_failure),
                                              std::tuple(file_call::open_folder, EIO, errc::io_failure),
                                              std::tuple(file_call::open_folder, EACCES, errc{})})
    {
        faulty_file_system faulty;
        const auto         root = folder::open(faulty.calls(), here / "root");
        const auto         inner = folder::open(faulty.calls(), here / "root/a");
        REQUIRE(root);
        REQUIRE(inner);
        faulty.fail_each(call, os_code);
        const auto made = root->make_last_below(*inner, "said");
        CAPTURE(static_cast<int>(call), os_code);
        CHECK((made ? errc{} : made.error().code) == code);
        if (!made)
            CHECK(made.error().subject() == "said");
    }
}

TEST_CASE("a folder that another saver creates at the same moment is used")
{
    const scratch_directory here;
    const auto              top = folder::open(native_file_system(), here.path());
    REQUIRE(top);
    faulty_file_system faulty;
    const auto         quicker = [&] { here.make_folder("a"); };
    faulty.before(file_call::make_folder, quicker);

    const auto created = folder::create(faulty.calls(), here / "a", durability::full);
    REQUIRE(created);
    mark(*created);
    CHECK(here.has("a/mark"));
}

#if !defined(_WIN32) // on Windows a folder that is open keeps its name

TEST_CASE("an open folder stays the same when its path changes")
{
    const scratch_directory here;
    here.make_folder("a");
    const auto opened = folder::open(native_file_system(), here / "a");
    REQUIRE(opened);
    here.rename("a", "b");

    mark(*opened);
    CHECK(here.has("b/mark"));
    const auto again = opened->again("x");
    REQUIRE(again);
    here.remove("b/mark");
    mark(*again);
    CHECK(here.entries("b") == std::vector<std::string>{"mark"});
}

#endif

TEST_CASE("a folder is opened relative to another as a link's target is")
{
    const scratch_directory here;
    here.make_folder("a/b");
    const auto a = folder::open(native_file_system(), here / "a");
    REQUIRE(a);
    const auto up = a->open_relative("b/../..", "x");
    REQUIRE(up);
    mark(*up);
    CHECK(here.has("mark"));
    const auto absolute = a->open_relative(here / "a/b", "x");
    REQUIRE(absolute);
    mark(*absolute);
    CHECK(here.has("a/b/mark"));
    const auto missing = a->open_relative("c", "said");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().subject() == "said");
}

TEST_CASE("a folder below the root is entered, and created if missing")
{
    const scratch_directory here;
    here.make_folder("root/old");
    const auto root = folder::open(native_file_system(), here / "root");
    REQUIRE(root);
    for (const char* const name : {"old", "new"}) {
        const auto entered = root->enter(name, *root, durability::full, name);
        REQUIRE(entered);
        mark(*entered);
        CHECK(here.has("root/" + std::string(name) + "/mark"));
    }
}

TEST_CASE("a link to a folder is entered when that lies in the root")
{
    const scratch_directory here;
    here.make_folder("root/a/b");
    here.put_link("root/below", "a/b");
    here.put_link("root/itself", ".");
    here.put_link("root/out_and_in", "../root/a");
    here.put_link("root/absolute", here / "root/a/b");
    const auto root = folder::open(native_file_system(), here / "root");
    REQUIRE(root);
    for (const char* const name : {"below", "itself", "out_and_in", "absolute"}) {
        CAPTURE(name);
        CHECK(root->enter(name, *root, durability::none, name));
    }
}

#if !defined(_WIN32) // POSIX links; platforms/windows_save.cpp looks at links on Windows

TEST_CASE("a link out of the root is refused")
{
    const scratch_directory here;
    here.make_folder("root/a");
    here.make_folder("root2"); // its name begins like the root's
    here.put_link("root/up", "..");
    here.put_link("root/beside", "../root2");
    here.put_link("root/absolute", here / "root2");
    here.put_link("root/top", "/");
    here.put_link("root/a/chain", "../beside");
    const auto root = folder::open(native_file_system(), here / "root");
    REQUIRE(root);
    for (const char* const name : {"up", "beside", "absolute", "top"}) {
        CAPTURE(name);
        const auto entered = root->enter(name, *root, durability::none, here / "root/x");
        REQUIRE_FALSE(entered);
        CHECK(entered.error().code == errc::outside_root);
        CHECK(entered.error().subject() == here / "root/x");
        CHECK(entered.error().first_party() == "link");
    }
    const auto a = root->enter("a", *root, durability::none, "a");
    REQUIRE(a);
    CHECK(a->enter("chain", *root, durability::none, "x").error().code == errc::outside_root);
    CHECK(here.entries("root2").empty());
}

#endif

TEST_CASE("what cannot be entered is refused for what it is")
{
    const scratch_directory here;
    here.put("file");
    const auto root = folder::open(native_file_system(), here.path());
    REQUIRE(root);
    const auto code = [&](const char* name) {
        return root->enter(name, *root, durability::none, name).error().code;
    };
    CHECK(code("file") == errc::folder_missing);
#if !defined(_WIN32)
    here.put_link("to_file", "file");
    here.put_link("broken", "nowhere");
    here.put_link("loop", "loop");
    CHECK(code("to_file") == errc::folder_missing);
    CHECK(code("broken") == errc::folder_missing);
    CHECK(code("loop") == errc::too_many_links);
    CHECK_FALSE(here.has("nowhere"));
#endif
}

TEST_CASE("a folder that cannot be synced is no failure, a failing sync is one")
{
    const scratch_directory here;
    for (const auto& [os_code, succeeds] :
         {std::pair(EINVAL, true), std::pair(ENOTSUP, true), std::pair(EIO, false), std::pair(ENOSPC, false)})
    {
        faulty_file_system faulty;
        const auto         opened = folder::open(faulty.calls(), here.path());
        REQUIRE(opened);
        faulty.fail_each(file_call::sync, os_code);
        const auto synced = opened->sync("said");
        CAPTURE(os_code);
        CHECK(static_cast<bool>(synced) == succeeds);
        if (!synced) {
            CHECK(synced.error().os_code == os_code);
            CHECK(synced.error().subject() == "said");
        }
    }
}

TEST_CASE("a folder closes what it opened, once")
{
    const scratch_directory here;
    here.make_folder("root/a");
    here.put_link("root/out", "..");
    here.put_link("root/in", "a");
    const std::size_t  before = support::open_descriptors();
    faulty_file_system faulty;
    {
        auto       root = folder::open(faulty.calls(), here / "root");
        const auto inside = root->enter("in", *root, durability::none, "x");
        const auto outside = root->enter("out", *root, durability::none, "x");
        folder     moved = *std::move(root);
        CHECK(moved.handle() != stet::no_handle);
        auto other = folder::open(faulty.calls(), here.path());
        moved = *std::move(other);
        static_cast<void>(folder::open(faulty.calls(), here / "missing"));
    }
    CHECK(support::open_descriptors() == before);
    // Each was opened once or failed to open: in, out and missing.
    CHECK(faulty.count(file_call::close) + 3 == faulty.count(file_call::open_folder));
}

TEST_CASE("a folder that exists is entered without creating any")
{
    const scratch_directory here;
    here.make_folder("root/a");
    here.make_folder("beside");
    here.put("root/file");
    std::vector<const char*> inside{"a"};
#if !defined(_WIN32)
    here.put_link("root/inside", "a");
    here.put_link("root/outside", "../beside");
    inside.push_back("inside");
#endif
    const auto root = folder::open(native_file_system(), here / "root");
    REQUIRE(root);
    for (const char* const name : inside) {
        const auto entered = root->enter_existing(name, *root, "said");
        REQUIRE(entered);
        mark(*entered);
        CHECK(here.has("root/a/mark"));
        here.remove("root/a/mark");
    }
    CHECK(root->enter_existing("none", *root, "said").error().code == errc::folder_missing);
    CHECK_FALSE(here.has("root/none"));
    CHECK(root->enter_existing("file", *root, "said").error().subject() == "said");
#if !defined(_WIN32)
    CHECK(root->enter_existing("outside", *root, "said").error().code == errc::outside_root);
#endif
}

TEST_CASE("a folder without a name of its own has none to be made to last")
{
    const scratch_directory here;
    here.make_folder("a/b");
    for (const std::string& path : {std::string("/"), here / "a/b/..", here / "a/."}) {
        CAPTURE(path);
        faulty_file_system faulty;
        faulty.fail_each(file_call::sync, EIO);
        CHECK(folder::create(faulty.calls(), path, durability::full));
        CHECK(faulty.count(file_call::sync) == 0);
    }
}

TEST_CASE("a folder that is entered and cannot be made to last is a failure")
{
    const scratch_directory here;
    here.make_folder("a");
    faulty_file_system faulty;
    const auto         root = folder::open(faulty.calls(), here.path());
    REQUIRE(root);
    faulty.fail_each(file_call::sync, EIO);
    const auto entered = root->enter("a", *root, durability::full, "said");
    REQUIRE_FALSE(entered);
    CHECK(entered.error().code == errc::io_failure);
    CHECK(entered.error().subject() == "said");
    CHECK(root->enter("a", *root, durability::none, "said"));
}
