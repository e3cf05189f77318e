// SPDX-License-Identifier: MIT
#include "support/disk_image.hpp"
#include "support/faulty_file_system.hpp"
#include "support/memory_disk.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/exact_target.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#if !defined(_WIN32)
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#endif

using stet::durability;
using stet::errc;
using stet::exact_target;
using stet::existing_file;
using stet::native_file_system;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

auto take(const std::string& path, existing_file existing = existing_file::refuse)
{
    return exact_target::take(native_file_system(), path, existing);
}

/// Saves "new" under the path.
stet::result<void> save(const std::string& path, existing_file existing = existing_file::refuse)
{
    auto target = take(path, existing);
    if (!target)
        return target.error();
    if (auto written = target->file().write(std::as_bytes(std::span(std::string_view("new")))); !written)
        return written;
    return target->publish(durability::full);
}

errc code_of(const std::string& path, existing_file existing = existing_file::refuse)
{
    const auto saved = save(path, existing);
    return saved ? errc{} : saved.error().code;
}

constexpr existing_file both[] = {existing_file::refuse, existing_file::replace};

} // namespace

TEST_CASE("a file appears under exactly its path")
{
    for (const existing_file existing : both) {
        const scratch_directory here;
        here.make_folder("a");
        {
            auto target = take(here / "a/model.safetensors", existing);
            REQUIRE(target);
            CHECK(target->file().path() == here / "a/model.safetensors");
            CHECK(here.entries("a") == names{"model.safetensors.part"});
        }
        CHECK(here.entries("a").empty());
        CHECK(save(here / "a/model.safetensors", existing));
        CHECK(here.entries("a") == names{"model.safetensors"});
        CHECK(here.content("a/model.safetensors") == "new");
    }
}

TEST_CASE("an existing file is refused before anything is written, or replaced")
{
    const scratch_directory here;
    here.put("x", "old");
    const auto refused = take(here / "x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::name_taken);
    CHECK(refused.error().subject() == here / "x");
    CHECK(here.content("x") == "old");

    CHECK(save(here / "x", existing_file::replace));
    CHECK(here.content("x") == "new");
    CHECK(here.entries() == names{"x"});
}

TEST_CASE("a file that appears meanwhile is refused or replaced all the same")
{
    for (const existing_file existing : both) {
        const scratch_directory here;
        {
            auto target = take(here / "x", existing);
            REQUIRE(target);
            here.put("x", "another's");
            const auto published = target->publish(durability::full);
            CHECK(static_cast<bool>(published) == (existing == existing_file::replace));
            if (!published)
                CHECK(published.error().code == errc::name_taken);
        }
        CHECK(here.content("x") == (existing == existing_file::replace ? "" : "another's"));
        CHECK(here.entries() == names{"x"});
    }
}

TEST_CASE("a file that disappears meanwhile is replaced by the new one")
{
    const scratch_directory here;
    here.put("x", "old");
    auto target = take(here / "x", existing_file::replace);
    REQUIRE(target);
    here.remove("x");
    CHECK(target->publish(durability::full));
    CHECK(here.entries() == names{"x"});
}

TEST_CASE("a folder that takes the file's place meanwhile is not replaced")
{
    for (const durability lasting : {durability::none, durability::full}) {
        const scratch_directory here;
        here.put("x", "old");
        {
            auto target = take(here / "x", existing_file::replace);
            REQUIRE(target);
            here.remove("x");
            here.make_folder("x/inner");
            CHECK_FALSE(target->publish(lasting));
        }
        CHECK(here.entries() == names{"x"});
        CHECK(here.entries("x") == names{"inner"});
    }
}

TEST_CASE("a path that names no file is refused")
{
    const scratch_directory here;
    here.make_folder("a");
    for (const std::string& path :
         {std::string(), std::string("."), std::string(".."), std::string("/"), here / "a/", here / "new/",
          here / "a/.", here / "a/..", here / std::string_view("x\0y", 3)})
    {
        for (const existing_file existing : both) {
            CAPTURE(path);
            CHECK(code_of(path, existing) == errc::invalid_file_name);
        }
    }
    CHECK(here.entries() == names{"a"});
    CHECK(here.entries("a").empty());
}

TEST_CASE("the folder must exist, and the error names it")
{
    const scratch_directory here;
    here.put("file");
    for (const std::string_view folder : {"missing", "file", "missing/deeper"}) {
        const auto target = take(here / folder + "/x");
        REQUIRE_FALSE(target);
        CHECK(target.error().code == errc::folder_missing);
        CHECK(target.error().subject() == here / folder);
    }
    CHECK(here.entries() == names{"file"});
}

TEST_CASE("a name of 255 bytes works and one of 256 is too long")
{
    const scratch_directory here;
    const std::string       longest(255, 'n');
    CHECK(save(here / longest));
    CHECK(save(here / longest, existing_file::replace));
    CHECK(here.entries() == names{longest});
    CHECK(code_of(here / std::string(256, 'n')) == errc::file_name_too_long);
    CHECK(code_of(here / std::string(256, 'n'), existing_file::replace) == errc::file_name_too_long);

    std::string umlauts;
    for (int i = 0; i < 127; ++i)
        umlauts += "\xC3\xA4";
    {
        const auto target = take(here / umlauts);
        REQUIRE(target);
        for (const std::string& name : here.entries())
            CHECK(stet::detail::is_utf8(name));
        CHECK(here.entries().size() == 2);
    }
    CHECK(save(here / umlauts));
    CHECK(here.has(umlauts));
}

TEST_CASE("a part file that lies there already is left alone")
{
    const scratch_directory here;
    here.put("x.part", "the user's own");
    here.put("x.2.part", "another saver's");
    {
        const auto target = take(here / "x");
        REQUIRE(target);
        CHECK(here.entries() == names{"x.2.part", "x.3.part", "x.part"});
    }
    CHECK(save(here / "x"));
    CHECK(here.entries() == names{"x", "x.2.part", "x.part"});
    CHECK(here.content("x.part") == "the user's own");
    CHECK(here.content("x.2.part") == "another saver's");
}

TEST_CASE("of two that save under one path at once the first that publishes wins")
{
    const scratch_directory here;
    {
        auto first = take(here / "x");
        auto second = take(here / "x");
        REQUIRE(first);
        REQUIRE(second);
        CHECK(second->publish(durability::none));
        CHECK(first->publish(durability::none).error().code == errc::name_taken);
    }
    CHECK(here.entries() == names{"x"});
}

TEST_CASE("an entry that cannot be looked at is no free name")
{
    const scratch_directory here;
    for (const std::size_t nth : {std::size_t{1}, std::size_t{2}}) {
        faulty_file_system faulty;
        faulty.fail(file_call::inspect, nth, EIO);
        const auto target = exact_target::take(faulty.calls(), here / "x", existing_file::replace);
        REQUIRE_FALSE(target);
        CHECK(target.error().code == errc::io_failure);
    }
    CHECK(here.entries().empty());
}

TEST_CASE("names are split and checked by the style of the file system")
{
    const scratch_directory here;
    here.make_folder("a");
    stet::file_system calls = native_file_system();
    calls.paths = stet::path_style::windows;
    for (const std::string_view name :
         {"NUL", "con.txt", "x.", "x ", "x:stream", "C:x", "a\\COM1", "x?", "a/*", "a\\", "a\\..", "a\\."})
    {
        CAPTURE(name);
        const auto target = exact_target::take(calls, here / name, existing_file::refuse);
        REQUIRE_FALSE(target);
        CHECK(target.error().code == errc::invalid_file_name);
    }
    CHECK(here.entries() == names{"a"});
}

#if !defined(_WIN32)

namespace {

mode_t mode_of(const std::string& path)
{
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777U;
}

} // namespace

TEST_CASE("on posix a name may hold anything but a slash and NUL")
{
    const scratch_directory here;
    for (const std::string_view name :
         {"a\\b", "x:y", "NUL", "x.", " ", "line\nbreak", "\xFF\xFE", "*", "..."})
    {
        CAPTURE(name);
        CHECK(save(here / name));
        CHECK(here.content(name) == "new");
    }
}

TEST_CASE("a replaced file keeps its mode, a new one has 0666 less the umask")
{
    for (const mode_t mode : {0600U, 0755U, 0644U, 0440U, 0000U}) {
        const scratch_directory here;
        here.put("x", "old");
        REQUIRE(::chmod((here / "x").c_str(), mode) == 0);
        CHECK(save(here / "x", existing_file::replace));
        CHECK(mode_of(here / "x") == mode);
        REQUIRE(::chmod((here / "x").c_str(), 0600) == 0);
        CHECK(here.content("x") == "new");
    }
    for (const mode_t mask : {022U, 077U, 0U}) {
        const scratch_directory here;
        const mode_t            before = ::umask(mask);
        CHECK(save(here / "x"));
        CHECK(save(here / "y", existing_file::replace));
        ::umask(before);
        CHECK(mode_of(here / "x") == (0666U & ~mask));
        CHECK(mode_of(here / "y") == (0666U & ~mask));
    }
}

TEST_CASE("a link stays a link and the file behind it is replaced where it lies")
{
    const scratch_directory here;
    here.make_folder("a/b");
    here.put("a/b/file", "old");
    REQUIRE(::chmod((here / "a/b/file").c_str(), 0640) == 0);
    here.put_link("relative", "a/b/file");
    here.put_link("absolute", here / "a/b/file");
    here.put_link("a/chain", "../relative");
    here.put_link("folder", "a");
    for (const std::string_view path : {"relative", "absolute", "a/chain", "folder/b/file", "folder/chain"}) {
        CAPTURE(path);
        here.put("a/b/file", "old");
        CHECK(code_of(here / path) == errc::name_taken);
        CHECK(here.content("a/b/file") == "old");
        CHECK(save(here / path, existing_file::replace));
        CHECK(here.content("a/b/file") == "new");
        CHECK(mode_of(here / "a/b/file") == 0640);
    }
    CHECK(here.entries() == names{"a", "absolute", "folder", "relative"});
    CHECK(here.entries("a/b") == names{"file"});
    struct stat status {};
    REQUIRE(::lstat((here / "relative").c_str(), &status) == 0);
    CHECK(S_ISLNK(status.st_mode));
}

TEST_CASE("a link to a file that is missing creates it")
{
    for (const existing_file existing : both) {
        const scratch_directory here;
        here.make_folder("a");
        here.put_link("link", "a/file");
        CHECK(save(here / "link", existing));
        CHECK(here.content("a/file") == "new");
        CHECK(here.entries("a") == names{"file"});
        CHECK(here.content("link") == "new");
    }
    const scratch_directory here;
    here.put_link("link", "missing/file");
    CHECK(code_of(here / "link") == errc::folder_missing);
    CHECK(here.entries() == names{"link"});
}

TEST_CASE("a link that leads too far for the system's longest path may be cut off, and is not followed")
{
    for (const std::size_t size : {std::size_t{4095}, std::size_t{4096}}) {
        support::disk_image image;
        image.put_link(support::top_folder, "link", std::string(size, 'a'));
        const support::memory_disk disk(image);
        const auto                 target = exact_target::take(disk.calls(), "/link", existing_file::replace);
        CAPTURE(size);
        CHECK(static_cast<bool>(target) == (size == 4095));
        if (!target)
            CHECK(target.error().os_code == ENAMETOOLONG);
    }
}

TEST_CASE("in a folder that everyone may write to only one's own links and those of its owner are followed")
{
    if (::geteuid() != 0) {
        std::printf("SKIPPED, another user's link needs root\n");
        std::fflush(stdout);
        return;
    }
    struct row {
        mode_t   mode;
        unsigned folder_owner;
        unsigned link_owner;
        bool     is_followed;
    };
    for (const row& given :
         {row{01777, 0, 65'534, false}, row{01777, 65'534, 65'533, false}, row{01777, 65'534, 65'534, true},
          row{01777, 65'534, 0, true}, row{01777, 0, 0, true}, row{0777, 0, 65'534, true},
          row{01755, 0, 65'534, true}, row{01775, 0, 65'534, true}})
    {
        const scratch_directory here;
        here.make_folder("shared");
        here.put("target", "old");
        here.put_link("shared/link", "../target");
        here.put_link("own", "shared/link");
        REQUIRE(::chown((here / "shared").c_str(), given.folder_owner, 0) == 0);
        REQUIRE(::lchown((here / "shared/link").c_str(), given.link_owner, 0) == 0);
        REQUIRE(::chmod((here / "shared").c_str(), given.mode) == 0);
        for (const char* const path : {"shared/link", "own"}) {
            CAPTURE(given.mode, given.folder_owner, given.link_owner, path);
            here.put("target", "old");
            const auto saved = save(here / path, existing_file::replace);
            CHECK(static_cast<bool>(saved) == given.is_followed);
            CHECK(here.content("target") == (given.is_followed ? "new" : "old"));
            if (!saved) {
                CHECK(saved.error().code == errc::untrusted_link);
                CHECK(saved.error().os_code == EACCES);
                CHECK(stet::message(saved.error()).starts_with('\'' + (here / path) + '\''));
            }
        }
        REQUIRE(::chmod((here / "shared").c_str(), 0755) == 0);
        CHECK(here.entries("shared") == names{"link"});
    }
}

TEST_CASE("whose link is followed depends on who makes the calls")
{
    const scratch_directory here;
    here.make_folder("shared");
    here.put_link("shared/link", "../target");
    REQUIRE(::chmod((here / "shared").c_str(), 01777) == 0);
    stet::file_system calls = native_file_system();
    const auto        code_with = [&] {
        const auto target = exact_target::take(calls, here / "shared/link", existing_file::refuse);
        return target ? errc{} : target.error().code;
    };
    calls.inspect = [](void* context, stet::file_handle folder, const char* name, stet::links treatment,
                       stet::entry_facts& facts) {
        const auto found = native_file_system().inspect(context, folder, name, treatment, facts);
        facts.owner = facts.kind == stet::entry_kind::link ? 7 : 8;
        return found;
    };
    CHECK(code_with() == errc::untrusted_link);
    calls.user = [](void*) { return stet::os_result{.value = 7, .error = 0}; };
    CHECK(code_with() == errc{});
    calls.user = [](void*) { return stet::os_result{.value = -1, .error = EIO}; };
    CHECK(code_with() == errc::io_failure);
    calls.user = nullptr; // where files have no owners
    CHECK(code_with() == errc{});
}

TEST_CASE("links that lead to each other are too many")
{
    const scratch_directory here;
    here.put_link("self", "self");
    here.put_link("one", "two");
    here.put_link("two", "one");
    for (const std::string_view name : {"self", "one"}) {
        for (const existing_file existing : both) {
            const auto saved = save(here / name, existing);
            REQUIRE_FALSE(saved);
            CHECK(saved.error().code == errc::too_many_links);
            CHECK(saved.error().subject() == here / name);
        }
    }
    CHECK(here.entries() == names{"one", "self", "two"});
}

TEST_CASE("a long chain of links is followed as far as the system would")
{
    const scratch_directory here;
    here.put_link("link0", "file");
    for (int i = 1; i < 45; ++i)
        here.put_link("link" + std::to_string(i), "link" + std::to_string(i - 1));
    CHECK(save(here / "link30"));
    CHECK(here.content("file") == "new");
    CHECK(save(here / "link38", existing_file::replace)); // 39 links and the file
    CHECK(code_of(here / "link39", existing_file::replace) == errc::too_many_links);
    CHECK(code_of(here / "link44", existing_file::replace) == errc::too_many_links);
}

TEST_CASE("what is no regular file is never replaced, nor opened")
{
    const scratch_directory here;
    here.make_folder("folder");
    REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // Long scratch paths do not fit; then the socket is simply left out.
    const std::string path = here / "socket";
    const int         socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    names             kinds{"folder", "pipe", "to_folder", "to_pipe"};
    if (path.size() < sizeof address.sun_path) {
        path.copy(address.sun_path, path.size());
        const void* const generic = &address;
        REQUIRE(::bind(socket, static_cast<const sockaddr*>(generic), sizeof address) == 0);
        kinds.emplace_back("socket");
    }
    here.put_link("to_folder", "folder");
    here.put_link("to_pipe", "pipe");
    for (const auto& [link, target] : {std::pair("to_above", ".."), std::pair("to_itself", "."),
                                       std::pair("to_inside", "folder/"), std::pair("to_dot", "folder/.")})
    {
        here.put_link(link, target);
        kinds.emplace_back(link);
    }
    const names before = here.entries();

    for (const std::string& name : kinds) {
        for (const existing_file existing : both) {
            CAPTURE(name);
            const auto saved = save(here / name, existing);
            REQUIRE_FALSE(saved);
            CHECK(saved.error().code == errc::not_a_regular_file);
            CHECK(saved.error().subject() == here / name);
        }
    }
    ::close(socket);
    CHECK(here.entries() == before);
    CHECK(here.entries("folder").empty());
}

TEST_CASE("another name of the replaced file keeps the old content")
{
    const scratch_directory here;
    here.put("x", "old");
    REQUIRE(::link((here / "x").c_str(), (here / "other").c_str()) == 0);
    CHECK(save(here / "x", existing_file::replace));
    CHECK(here.content("x") == "new");
    CHECK(here.content("other") == "old");
}

TEST_CASE("a link to a folder's own dot is no file's name")
{
    for (const char* const target : {"a/.", "a/..", "a/"}) {
        CAPTURE(target);
        const scratch_directory here;
        here.make_folder("a");
        here.put_link("link", target);
        CHECK(code_of(here / "link") == errc::not_a_regular_file);
        CHECK(here.entries() == names{"a", "link"});
    }
}

#endif

TEST_CASE("a part file that is removed before it is locked is created once more")
{
    const scratch_directory here;
    faulty_file_system      faulty;
    int                     times = 0;
    const auto              remover = [&] {
        if (++times <= 3)
            here.remove("x.part");
    };
    faulty.before(file_call::lock_file, remover);
    auto target = exact_target::take(faulty.calls(), here / "x", existing_file::refuse);
    REQUIRE(target);
    CHECK(here.entries() == names{"x.part"});
    CHECK(target->publish(durability::none));
    CHECK(here.entries() == names{"x"});
}

TEST_CASE("where every new file is locked by others an exact save ends with that error")
{
    const scratch_directory here;
    faulty_file_system      faulty;
    faulty.fail_each(file_call::lock_file, EBUSY);
    const auto target = exact_target::take(faulty.calls(), here / "x", existing_file::refuse);
    REQUIRE_FALSE(target);
    CHECK(target.error().code == errc::part_file_lost);
    CHECK(here.entries().size() == stet::part_file::most_losses);
}

#if !defined(_WIN32) // POSIX links; platforms/windows_save.cpp looks at links on Windows

TEST_CASE("a path leads to a folder and a name in it, through its links")
{
    const scratch_directory here;
    here.make_folder("far");
    here.put_link("link", "far/file");
    const auto place = exact_target::resolve(native_file_system(), here / "link");
    REQUIRE(place);
    CHECK(place->name == "file");
    CHECK(native_file_system().make_folder(native_file_system().context, place->in.handle(), "mark").error ==
          0);
    CHECK(here.has("far/mark"));
}

#endif
