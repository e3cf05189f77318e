// SPDX-License-Identifier: MIT
#include <stet/file/impl/windows_calls.hpp>

#if defined(_WIN32)

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

namespace windows = stet::detail::windows;

TEST_CASE("a path without a folder becomes a full one without limit")
{
    const auto here = windows::place_in(stet::no_handle, ".");
    CHECK(here.error == 0);
    CHECK(here.path.starts_with(L"\\\\?\\"));
    CHECK(windows::place_in(stet::no_handle, "a/b").path == windows::below(here.path, L"a\\b"));
    CHECK(windows::place_in(stet::no_handle, "C:/a/../b").path == L"\\\\?\\C:\\b");
    CHECK(windows::place_in(stet::no_handle, "//server/share/a").path == L"\\\\?\\UNC\\server\\share\\a");
}

TEST_CASE("a path of any length becomes a full one")
{
    std::string path = "C:";
    for (int i = 0; i < 100; ++i)
        path += "/0123456789";
    const auto full = windows::place_in(stet::no_handle, path);
    CHECK(full.error == 0);
    CHECK(full.path.size() == 4 + path.size());
}

TEST_CASE("a path that names nothing has no place")
{
    CHECK(windows::place_in(stet::no_handle, "").error == ENOENT);
    CHECK(windows::place_in(stet::no_handle, "a\xFF").error == EILSEQ);
}

TEST_CASE("names are looked for in the folder, and their errors told")
{
    windows::held_folder folder{.entry = windows::opened_entry(L".", windows::access::list),
                                .path = L"\\\\?\\C:\\out"};
    const auto           place_in = [&](std::string_view path) {
        return windows::place_in(windows::handle_of(&folder), path);
    };
    CHECK(place_in("").path == folder.path);
    CHECK(place_in(".").path == folder.path);
    CHECK(place_in("a").path == folder.path + L"\\a");
    CHECK(place_in("..").path == L"\\\\?\\C:\\");
    CHECK(place_in("D:/a").path == L"\\\\?\\D:\\a");
    CHECK(place_in("NUL").error == EINVAL);
    CHECK(place_in(std::string(256, 'a')).error == ENAMETOOLONG);
}

TEST_CASE("an entry that is missing is not opened")
{
    const windows::opened_entry entry(L"no such entry", windows::access::nothing);
    CHECK(entry.error() == ENOENT);
    CHECK(entry.handle() == nullptr);
}

TEST_CASE("an entry is looked at through its handle")
{
    const windows::opened_entry folder(L".", windows::access::list);
    windows::file_information   seen{};
    CHECK(windows::look_at(folder, seen) == 0);
    CHECK((seen.attributes & 0x10U) != 0);
    CHECK((seen.index_high | seen.index_low) != 0);
    const auto here = windows::place_in(stet::no_handle, ".");
    CHECK(windows::is_same_path(windows::place_of(folder).path, here.path));
}

TEST_CASE("an entry that was moved from is open no more")
{
    windows::opened_entry       first(L".", windows::access::list);
    void* const                 handle = first.handle();
    const windows::opened_entry second(std::move(first));
    CHECK(second.handle() == handle);
    CHECK(second.error() == 0);
}

TEST_CASE("a file's handle is told from a folder's")
{
    for (const int descriptor : {0, 3, 8191}) {
        const stet::file_handle file = windows::handle_of(descriptor);
        CHECK(windows::is_descriptor(file));
        CHECK(windows::descriptor_of(file) == descriptor);
    }
    windows::held_folder folder{.entry = windows::opened_entry(L".", windows::access::list)};
    CHECK_FALSE(windows::is_descriptor(windows::handle_of(&folder)));
    CHECK(windows::folder_of(windows::handle_of(&folder)) == &folder);
}

TEST_CASE("a call that is denied is repeated for a while, any other is not")
{
    int        calls = 0;
    const auto denied_twice = [&calls] { return windows::failed(++calls <= 2 ? EACCES : 0); };
    CHECK(windows::patient(denied_twice).error == 0);
    CHECK(calls == 3);
    calls = 0;
    const auto failing = [&calls] {
        ++calls;
        return windows::failed(EEXIST);
    };
    CHECK(windows::patient(failing).error == EEXIST);
    CHECK(calls == 1);
}

#else

namespace STET_NAMESPACE::detail {

// The header is empty here: with its namespace this would not compile.
struct windows {
    int value;
};

} // namespace STET_NAMESPACE::detail

static_assert(sizeof(stet::detail::windows) == sizeof(int), "elsewhere than on Windows the header is empty");

#endif
