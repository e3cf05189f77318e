// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/exact_target.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using stet::durability;
using stet::errc;
using stet::native_file_system;
using stet::numbered_target;
using stet::output_name;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

auto take(const scratch_directory& here, const output_name& name,
          const stet::file_system& calls = native_file_system())
{
    return numbered_target::take(calls, here.path(), name, durability::none);
}

} // namespace

TEST_CASE("a number is held by a part file and becomes a checkpoint's name")
{
    const scratch_directory here;
    auto                    target = take(here, {.folder = "a/b", .stem = "ComfyUI"});
    REQUIRE(target);
    CHECK(target->number() == 1);
    CHECK(target->name() == "ComfyUI_00001_.safetensors");
    CHECK(target->file().path() == here / "a/b/ComfyUI_00001_.safetensors");
    CHECK(here.entries("a/b") == names{"ComfyUI_00001_.part"});

    CHECK(target->publish(durability::none));
    CHECK(here.entries("a/b") == names{"ComfyUI_00001_.safetensors"});
}

TEST_CASE("two that save at once hold two numbers")
{
    const scratch_directory here;
    const auto              first = take(here, {.stem = "M"});
    const auto              second = take(here, {.stem = "M"});
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->number() == 1);
    CHECK(second->number() == 2);
}

TEST_CASE("a number given up is free again")
{
    const scratch_directory here;
    for (int time = 0; time < 2; ++time)
        CHECK(take(here, {.stem = "M"})->number() == 1);
    CHECK(here.entries().empty());
}

TEST_CASE("whatever lies in the folder takes its number")
{
    const scratch_directory here;
    here.put("M_00001_.safetensors");
    here.put("M_00003_.png");
    CHECK(take(here, {.stem = "M"})->number() == 4);
    here.make_folder("M_00005_.safetensors");
    CHECK(take(here, {.stem = "M"})->number() == 6);
#if !defined(_WIN32)
    here.put_link("M_00007_.safetensors", "nowhere");
    CHECK(take(here, {.stem = "M"})->number() == 8);
#endif
    here.put("M_00010_.part");
    CHECK(take(here, {.stem = "M"})->number() == 11);
    here.put("M_00012.safetensors");
    CHECK(take(here, {.stem = "M"})->number() == 13);
    here.put("m_00050_.safetensors");
    const bool tells_case = native_file_system().letters == stet::name_case::sensitive;
    CHECK(take(here, {.stem = "M"})->number() == (tells_case ? 13U : 51U));
}

TEST_CASE("numbers count from the least asked for")
{
    const scratch_directory here;
    here.put("M_00003_.safetensors");
    const auto from = [&](std::uint64_t first) {
        return numbered_target::take(native_file_system(), here.path(), {.stem = "M"}, durability::none,
                                     first)
            ->number();
    };
    CHECK(from(1) == 4);
    CHECK(from(4) == 4);
    CHECK(from(9) == 9);
}

TEST_CASE("names that the file system does not tell apart share their numbers")
{
    const scratch_directory here;
    here.put("comfyui_00005_.safetensors");
    stet::file_system calls = native_file_system();
    calls.letters = stet::name_case::insensitive;
    CHECK(take(here, {.stem = "ComfyUI"}, calls)->number() == 6);
}

TEST_CASE("names that appear between listing and taking are passed over")
{
    const scratch_directory here;
    faulty_file_system      faulty;
    int                     times = 0;
    const auto              quicker = [&] {
        if (++times == 1)
            here.put("M_00001_.part");
        if (times == 2) // published by another saver that has its part file behind it
            here.put("M_00002_.safetensors");
    };
    faulty.before(file_call::create_file, quicker);

    const auto target = take(here, {.stem = "M"}, faulty.calls());
    REQUIRE(target);
    CHECK(target->number() == 3);
    CHECK(here.entries() == names{"M_00001_.part", "M_00002_.safetensors", "M_00003_.part"});
}

TEST_CASE("the last number can be taken, and then there is none")
{
    const scratch_directory here;
    here.put("M_18446744073709551614_.x");
    auto last = take(here, {.stem = "M"});
    REQUIRE(last);
    CHECK(last->number() == UINT64_MAX);
    CHECK(last->publish(durability::none));

    const auto none = take(here, {.stem = "M"});
    REQUIRE_FALSE(none);
    CHECK(none.error().code == errc::counter_exhausted);
}

TEST_CASE("when the last number is taken meanwhile there is none either")
{
    const scratch_directory here;
    here.put("M_18446744073709551614_.x");
    faulty_file_system faulty;
    const auto         quicker = [&] { here.put("M_18446744073709551615_.part"); };
    faulty.before(file_call::create_file, quicker);
    const auto none = take(here, {.stem = "M"}, faulty.calls());
    REQUIRE_FALSE(none);
    CHECK(none.error().code == errc::counter_exhausted);
    CHECK(none.error().subject() == "M");
}

TEST_CASE("a name that appears before publishing is not replaced")
{
    const scratch_directory here;
    {
        auto target = take(here, {.stem = "M"});
        REQUIRE(target);
        here.put("M_00001_.safetensors", "another's");
        const auto published = target->publish(durability::full);
        REQUIRE_FALSE(published);
        CHECK(published.error().code == errc::name_taken);
    }
    CHECK(here.entries() == names{"M_00001_.safetensors"});
    CHECK(here.content("M_00001_.safetensors") == "another's");
}

TEST_CASE("a file whose number was taken can have the next one, which is held until then")
{
    const scratch_directory here;
    for (const durability lasting : {durability::none, durability::full}) {
        faulty_file_system faulty;
        auto               target = take(here, {.folder = "a", .stem = "M"}, faulty.calls());
        REQUIRE(target);
        const std::uint64_t first = target->number();
        const auto          file = [&](std::uint64_t number, std::string_view extension) {
            return stet::numbered_name("M", number, extension);
        };
        REQUIRE(target->file().write(std::as_bytes(std::span("ours", 4))));
        here.put("a/" + file(first, ".safetensors"), "another's");
        REQUIRE(target->publish(lasting).error().code == errc::name_taken);
        REQUIRE(target->take_next());
        CHECK(target->number() == first + 1);
        CHECK(target->part_path() == here / "a/" + file(first + 1, ".part")); // other savers see the number
        CHECK(here.has("a/" + file(first + 1, ".part")));
        CHECK_FALSE(here.has("a/" + file(first, ".part")));
        here.put("a/" + file(first + 2, ".part")); // another saver's
        here.put("a/" + file(first + 1, ".safetensors"), "another's");
        REQUIRE(target->publish(lasting).error().code == errc::name_taken);
        REQUIRE(target->take_next());
        CHECK(target->file().path() == here / "a/" + file(first + 3, ".safetensors"));
        REQUIRE(target->publish(lasting));
        CHECK(here.content("a/" + target->name()) == "ours");
        CHECK(here.content("a/" + file(first, ".safetensors")) == "another's");
        CHECK(faulty.count(file_call::sync) ==
              (lasting == durability::full ? 2U : 0U)); // file and folder once
    }
    CHECK(here.entries("a").size() == 8);
}

TEST_CASE("the next number is never one that another saver took between listing and taking")
{
    const scratch_directory here;
    faulty_file_system      faulty;
    auto                    target = take(here, {.stem = "M"}, faulty.calls());
    REQUIRE(target);
    here.put("M_00001_.safetensors", "another's");
    REQUIRE(target->publish(durability::none).error().code == errc::name_taken);
    int        times = 0;
    const auto quicker = [&] {
        if (++times == 1)
            here.put("M_00002_.part", "another's");
        if (times == 2) // published by another saver that has its part file behind it
            here.put("M_00003_.safetensors", "another's");
    };
    faulty.before(file_call::move, quicker);
    REQUIRE(target->take_next());
    CHECK(target->number() == 4);
    CHECK(target->name() == "M_00004_.safetensors");
    CHECK(here.entries() ==
          names{"M_00001_.safetensors", "M_00002_.part", "M_00003_.safetensors", "M_00004_.part"});
    CHECK(here.content("M_00002_.part") == "another's");
#if !defined(_WIN32) // on Windows a file that is open for writing keeps its name
    here.remove("M_00004_.part");
    CHECK(target->take_next().error().code == errc::part_file_lost);
#endif
}

TEST_CASE("the root is created, and may be a link")
{
    const scratch_directory here;
    for (const std::string_view root : {"out", "deep/er", "trailing/", "slashes///"}) {
        CAPTURE(root);
        auto target = numbered_target::take(native_file_system(), here / root, {.folder = "sub", .stem = "M"},
                                            durability::full);
        REQUIRE(target);
        CHECK(target->publish(durability::full));
        CHECK(here.entries(std::string(root) + "/sub") == names{"M_00001_.safetensors"});
    }
#if !defined(_WIN32)
    here.put_link("link", "out");
    auto target = numbered_target::take(native_file_system(), here / "link", {.folder = "sub", .stem = "M"},
                                        durability::full);
    REQUIRE(target);
    CHECK(target->number() == 2);
#endif
}

TEST_CASE("the path keeps the root's own spelling, with one separator")
{
    const scratch_directory here;
    const auto              path = [&](std::string_view root, const output_name& name) {
        return numbered_target::take(native_file_system(), here / root, name, durability::none)
            ->file()
            .path();
    };
    CHECK(path("out", {.stem = "M"}) == here / "out/M_00001_.safetensors");
    CHECK(path("out/", {.stem = "M"}) == here / "out/M_00001_.safetensors");
    CHECK(path("out", {.folder = "a", .stem = "M"}) == here / "out/a/M_00001_.safetensors");
    CHECK(path("./out", {.folder = "a", .stem = "M"}) == here / "./out/a/M_00001_.safetensors");
}

#if !defined(_WIN32) // POSIX links; platforms/windows_save.cpp looks at links on Windows

TEST_CASE("a link out of the root is refused before anything is created")
{
    const scratch_directory here;
    here.make_folder("outside");
    here.make_folder("root/a");
    here.put_link("root/link", "../outside");
    here.put_link("root/a/link", here / "outside");
    for (const std::string_view folder : {"link", "link/new", "a/link", "a/link/b/c"}) {
        CAPTURE(folder);
        const auto target =
            numbered_target::take(native_file_system(), here / "root",
                                  {.folder = std::string(folder), .stem = "M"}, durability::full);
        REQUIRE_FALSE(target);
        CHECK(target.error().code == errc::outside_root);
    }
    CHECK(here.entries("outside").empty());
    CHECK(here.entries("root/a") == names{"link"});
}

TEST_CASE("a link that stays in the root is followed")
{
    const scratch_directory here;
    here.make_folder("root/a/b");
    here.put_link("root/link", "a/b");
    auto target = numbered_target::take(native_file_system(), here / "root",
                                        {.folder = "link/new", .stem = "M"}, durability::full);
    REQUIRE(target);
    CHECK(target->publish(durability::full));
    CHECK(here.entries("root/a/b/new") == names{"M_00001_.safetensors"});
}

#endif

TEST_CASE("a folder that is a file, missing behind a link or unreadable is an error about its path")
{
    const scratch_directory here;
    here.put("file");
    std::vector<std::string_view> folders{"file", "file/below"};
#if !defined(_WIN32)
    here.put_link("broken", "nowhere");
    folders.insert(folders.end(), {"broken", "broken/below"});
#endif
    for (const std::string_view folder : folders) {
        CAPTURE(folder);
        const auto target = take(here, {.folder = std::string(folder), .stem = "M"});
        REQUIRE_FALSE(target);
        CHECK(target.error().code == errc::folder_missing);
        CHECK(target.error().subject() == here / folder.substr(0, folder.find('/')));
    }
    faulty_file_system faulty;
    faulty.fail_each(file_call::list, EACCES);
    const auto target = take(here, {.folder = "new", .stem = "M"}, faulty.calls());
    REQUIRE_FALSE(target);
    CHECK(target.error().code == errc::permission_denied);
    CHECK(target.error().subject() == here / "new");
}

TEST_CASE("a name too long for the file system is refused and leaves nothing")
{
    const scratch_directory here;
    const std::size_t       tail = std::string_view("_00001_.safetensors").size();
    CHECK(take(here, {.stem = std::string(255 - tail, 'n')}));
    for (const std::size_t size : {255 - tail + 1, std::size_t{244}, std::size_t{300}}) {
        const auto target = take(here, {.stem = std::string(size, 'n')});
        REQUIRE_FALSE(target);
        CHECK(target.error().code == errc::file_name_too_long);
    }
    CHECK(here.entries().empty());
}

#if !defined(_WIN32) // on Windows a file that is open for writing keeps its name

TEST_CASE("a number whose part file is removed before it is locked is taken once more")
{
    const scratch_directory here;
    faulty_file_system      faulty;
    int                     times = 0;
    const auto              remover = [&] {
        if (++times <= 3)
            here.remove("M_00001_.part");
    };
    faulty.before(file_call::lock_file, remover);
    const auto target = take(here, {.stem = "M"}, faulty.calls());
    REQUIRE(target);
    CHECK(target->number() == 1);
    CHECK(here.entries() == names{"M_00001_.part"});
    CHECK(faulty.count(file_call::create_file) == 4);
}

#endif

TEST_CASE("where every new file is locked by others a numbered save ends with that error")
{
    const scratch_directory here;
    faulty_file_system      faulty;
    faulty.fail_each(file_call::lock_file, EBUSY);
    const auto target = take(here, {.stem = "M"}, faulty.calls());
    REQUIRE_FALSE(target);
    CHECK(target.error().code == errc::part_file_lost);
    CHECK(here.entries().size() == stet::part_file::most_losses);
}
