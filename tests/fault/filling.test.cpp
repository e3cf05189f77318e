// SPDX-License-Identifier: MIT
// Files that are filled later: each call fails once, the process ends before each call, and those who fill it die.
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_disk.hpp"

#include <stet/file/abandoned_parts.hpp>
#include <stet/filling/unfilled_file.hpp>
#include <stet/save/save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#if !defined(_WIN32)
#include "support/child_process.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>
#endif

using stet::durability;
using stet::filling::unfilled_file;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

/// Where a file is filled.
enum class place : unsigned char {
    fresh,     ///< a path where nothing is
    replaced,  ///< one where a file is
    numbered,  ///< the next number
    overtaken, ///< the next number, which another program takes before the file has it
};

constexpr std::array<place, 4> places{place::fresh, place::replaced, place::numbered, place::overtaken};

constexpr const char* first_number = "M_00001_.safetensors";

constexpr bool is_numbered(place of) noexcept
{
    return of == place::numbered || of == place::overtaken;
}

/// The name that the file has in the end.
constexpr const char* final_name(place of) noexcept
{
    return of == place::overtaken ? "M_00002_.safetensors" : is_numbered(of) ? first_number : "x";
}

/// Four layers, each of which somebody fills.
struct layers {
    std::map<std::string, std::vector<std::byte>> bytes{};

    layers()
    {
        for (int i = 0; i < 4; ++i)
            bytes["layers." + std::to_string(i)].assign(3'000, static_cast<std::byte>('a' + i));
    }

    std::map<std::string, stet::tensor_view> later() const
    {
        std::map<std::string, stet::tensor_view> all;
        for (const auto& [name, own] : bytes)
            all[name] = *stet::filling::to_come(stet::dtype::u8, {own.size()});
        return all;
    }

    std::map<std::string, stet::tensor_view> filled() const
    {
        std::map<std::string, stet::tensor_view> all;
        for (const auto& [name, own] : bytes)
            all[name] = *stet::view_of(stet::dtype::u8, {own.size()}, own);
        return all;
    }

    std::string plain() const
    {
        std::vector<std::byte> file;
        if (!stet::save(filled(), stet::append_sink{file}))
            return {};
        return {reinterpret_cast<const char*>(file.data()), file.size()};
    }

    template <class Place>
    stet::result<unfilled_file> open(const Place& where, const stet::filling::options& given) const
    {
        const auto all = later();
        const auto plan = stet::make_plan(all);
        if (!plan)
            return plan.error();
        return unfilled_file::open(*plan, where, given);
    }

    stet::result<void> fill(unfilled_file& file, std::size_t layer) const
    {
        const auto own = *file.find("layers." + std::to_string(layer));
        return file.fill(own, 0, bytes.at(std::string(own.name)));
    }

    /// All of it, by one process.
    stet::result<stet::saved_checkpoint> save(const scratch_directory& here, place of,
                                              const stet::filling::options& given) const
    {
        const std::string      root = here.path(), path = here / "x";
        const stet::exact_path exact{path, of == place::replaced ? stet::existing_file::replace
                                                                 : stet::existing_file::refuse};
        auto                   file =
            is_numbered(of) ? open(stet::numbered{.root = root, .prefix = "M"}, given) : open(exact, given);
        if (!file)
            return file.error();
        for (std::size_t i = 0; i < 4; ++i) {
            if (auto filled = fill(*file, i); !filled)
                return filled.error();
        }
        if (of == place::overtaken)
            here.put(first_number, "another's");
        return file->publish();
    }
};

void prepare(const scratch_directory& here, place of)
{
    here.put("other", "another file");
    if (of == place::replaced)
        here.put("x", "the old file");
}

/// The other program's file is as it made it, and goes.
void take_other_away(const scratch_directory& here, place of)
{
    if (of != place::overtaken || !here.has(first_number))
        return;
    CHECK(here.content(first_number) == "another's");
    here.remove(first_number);
}

} // namespace

namespace {

/// Fails the nth call of filling a file. Returns which call that was, or nothing where there were fewer.
std::optional<file_call> fail_call(const layers& sample, place of, durability lasting, int os_code,
                                   std::size_t nth)
{
    const std::string       plain = sample.plain();
    const scratch_directory here(support::quick_place());
    prepare(here, of);
    const auto         before = here.files();
    const std::size_t  open_before = support::open_descriptors();
    faulty_file_system faulty;
    faulty.skip_syncs();
    faulty.fail(nth, os_code);
    const auto saved = sample.save(here, of, {.durability = lasting, .file_system = &faulty.calls()});
    CHECK(support::open_descriptors() == open_before);
    take_other_away(here, of);
    if (!faulty.failed()) {
        CHECK(saved);
        CHECK(nth > 8);
        return std::nullopt;
    }
    CAPTURE(of, lasting, os_code, nth, support::file_call_names[static_cast<std::size_t>(*faulty.failed())]);
    if (saved) {
        CHECK(here.content(final_name(of)) == plain);
        CHECK(here.files().size() == 2);
        return faulty.failed();
    }
    CHECK(here.files() == before);
    CHECK(saved.error().os_code == os_code);
    CHECK(saved.error().subject().starts_with(here.path()));
    CHECK(sample.save(here, of, {.durability = durability::none}));
    CHECK(here.content(final_name(of)) == plain);
    return faulty.failed();
}

} // namespace

TEST_CASE("one call that fails leaves what was there, or the whole file that was filled")
{
    const layers        sample;
    std::size_t         faults = 0;
    std::set<file_call> kinds;
    for (const place of : places) {
        for (const durability lasting : {durability::full, durability::none}) {
            for (const int os_code : {EIO, ENOSPC, EACCES}) {
                for (std::size_t nth = 1;; ++nth) {
                    const auto failed = fail_call(sample, of, lasting, os_code, nth);
                    if (!failed)
                        break;
                    ++faults;
                    kinds.insert(*failed);
                }
            }
        }
    }
    std::printf("%zu single faults injected into filling\n", faults);
    CHECK(faults > 250);
    for (const file_call needed :
         {file_call::create_file, file_call::preallocate, file_call::write, file_call::write_at,
          file_call::sync, file_call::move, file_call::exchange, file_call::list})
        CHECK(kinds.count(needed) == 1);
}

#if defined(__linux__)

TEST_CASE("a disk that is too full shows before anything is filled")
{
    const support::small_disk disk("size=1m");
    if (!disk)
        return;
    const std::map<std::string, stet::tensor_view> large{
        {"w", *stet::filling::to_come(stet::dtype::u8, {std::uint64_t{3} << 20U})}};
    const auto        plan = stet::make_plan(large);
    const std::string path = disk / "x";
    const auto        file = unfilled_file::open(*plan, {path});
    REQUIRE(support::failure(file) == "disk_full");
    CHECK(file.error().subject() == path);
    CHECK(file.error().expected > std::uint64_t{3} << 20U);
    CHECK(disk->entries("disk").empty());
}

#endif

#if !defined(_WIN32)

TEST_CASE("a process killed at any moment of filling leaves no file that is not whole")
{
    const layers      sample;
    const std::string plain = sample.plain();
    std::size_t       kills = 0;
    for (const place of : places) {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            prepare(here, of);
            const auto before = here.files();
            const int  outcome = support::in_child([&] {
                faulty_file_system faulty;
                const auto         end = [] { ::raise(SIGKILL); };
                faulty.skip_syncs();
                faulty.before_nth(nth, end);
                return sample.save(here, of, {.file_system = &faulty.calls()}) ? 0 : 1;
            });
            CAPTURE(of, nth);
            take_other_away(here, of);
            if (outcome == 0)
                break;
            ++kills;
            REQUIRE(outcome == -SIGKILL);
            for (const auto& [name, content] : here.files()) {
                const bool is_known = before.count(name) != 0 && before.at(name) == content;
                CHECK((is_known || name.ends_with(stet::part_extension) ||
                       (name == final_name(of) && here.content(name) == plain)));
            }
            REQUIRE((is_numbered(of) ? stet::remove_abandoned_numbered(here.path(), {}, {.least_age = 0})
                                     : stet::remove_abandoned_exact(here / "x", {.least_age = 0})));
            for (const auto& [name, content] : here.files())
                CHECK_FALSE(name.ends_with(stet::part_extension));
        }
    }
    std::printf("%zu processes killed while they filled\n", kills);
    CHECK(kills > 60);
}

namespace {

/// One process of a crowd: fills files of its own, or saves them at once.
int fill_in_crowd(const layers& sample, const std::string& root, unsigned writer, unsigned files)
{
    const stet::numbered where{.root = root, .prefix = "M"};
    for (unsigned turn = 0; turn < files; ++turn) {
        if (writer % 3 == 2) {
            const auto all = sample.filled();
            if (!stet::save(all, where, {.durability = durability::none}))
                return 1;
            continue;
        }
        auto file = sample.open(where, {.durability = durability::none});
        if (!file)
            return 2;
        for (std::size_t i = 0; i < 4; ++i) {
            if (!sample.fill(*file, i))
                return 3;
        }
        if (const auto saved = file->publish(); !saved || saved->number != file->number())
            return 4;
    }
    return 0;
}

} // namespace

TEST_CASE("many fill and save numbered files at once, and no number is given twice or left out")
{
    const layers            sample;
    const std::string       plain = sample.plain();
    const scratch_directory here(support::quick_place());
    constexpr unsigned      writers = 6, files = 30;
    std::vector<pid_t>      children;
    for (unsigned writer = 0; writer < writers; ++writer)
        children.push_back(
            support::start_child([&] { return fill_in_crowd(sample, here.path(), writer, files); }));
    for (const pid_t child : children)
        CHECK(support::wait_for(child) == 0);
    std::uint64_t number = 0;
    for (const std::string& name : here.entries()) {
        CHECK(name == stet::numbered_name("M", ++number, stet::checkpoint_extension));
        CHECK(here.content(name) == plain);
    }
    CHECK(number == std::uint64_t{writers} * files);
}

TEST_CASE("processes fill one file, and while one of them has died without its part there is none")
{
    const layers      sample;
    const std::string plain = sample.plain();
    for (const int dying : {-1, 0, 2}) {
        const scratch_directory here(support::quick_place());
        prepare(here, place::fresh);
        const auto before = here.files();
        {
            const std::string path = here / "x";
            auto              file = sample.open(stet::exact_path{path}, {});
            REQUIRE(file);
            std::array<int, 2> told{};
            REQUIRE(::pipe(told.data()) == 0);
            std::vector<pid_t> children;
            for (int i = 0; i < 4; ++i) {
                children.push_back(support::start_child([&] {
                    const auto own = *file->find("layers." + std::to_string(i));
                    const int  part = ::open(file->part_path().c_str(), O_WRONLY);
                    const auto size = i == dying ? own.size / 2 : own.size;
                    const auto written = ::pwrite(part, sample.bytes.at(std::string(own.name)).data(), size,
                                                  static_cast<off_t>(own.offset));
                    if (i == dying)
                        ::raise(SIGKILL);
                    const stet::filling::interval mine{.begin = own.offset, .end = own.end()};
                    const bool                    is_told =
                        ::write(told[1], &mine, sizeof mine) == static_cast<ssize_t>(sizeof mine);
                    return written == static_cast<ssize_t>(size) && is_told ? 0 : 1;
                }));
            }
            ::close(told[1]);
            stet::filling::interval heard;
            while (::read(told[0], &heard, sizeof heard) == static_cast<ssize_t>(sizeof heard))
                CHECK(support::failure(file->note(heard)) == "none");
            ::close(told[0]);
            for (int i = 0; i < 4; ++i)
                CHECK(support::wait_for(children[static_cast<std::size_t>(i)]) ==
                      (i == dying ? -SIGKILL : 0));
            const auto published = file->publish();
            if (dying < 0) {
                CHECK(support::failure(published) == "none");
                CHECK(here.content("x") == plain);
                continue;
            }
            REQUIRE(support::failure(published) == "unfilled_tensor");
            CHECK(published.error().subject() == "layers." + std::to_string(dying));
            CHECK_FALSE(here.has("x"));
        }
        CHECK(here.files() == before);
    }
}

#endif
