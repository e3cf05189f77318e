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

    std::string plain() const
    {
        std::map<std::string, stet::tensor_view> all;
        for (const auto& [name, own] : bytes)
            all[name] = *stet::view_of(stet::dtype::u8, {own.size()}, own);
        std::vector<std::byte> file;
        if (!stet::save(all, stet::append_sink{file}))
            return {};
        return {reinterpret_cast<const char*>(file.data()), file.size()};
    }

    stet::result<unfilled_file> open(const std::string& path, stet::existing_file existing,
                                     const stet::filling::options& given) const
    {
        const auto all = later();
        const auto plan = stet::make_plan(all);
        if (!plan)
            return plan.error();
        return unfilled_file::open(*plan, {path, existing}, given);
    }

    stet::result<void> fill(unfilled_file& file, std::size_t layer) const
    {
        const auto own = *file.find("layers." + std::to_string(layer));
        return file.fill(own, 0, bytes.at(std::string(own.name)));
    }

    /// All of it, by one process.
    stet::result<stet::saved_checkpoint> save(const std::string& path, stet::existing_file existing,
                                              const stet::filling::options& given) const
    {
        auto file = open(path, existing, given);
        if (!file)
            return file.error();
        for (std::size_t i = 0; i < 4; ++i) {
            if (auto filled = fill(*file, i); !filled)
                return filled.error();
        }
        return file->publish();
    }
};

constexpr std::array<stet::existing_file, 2> both{stet::existing_file::refuse, stet::existing_file::replace};

void prepare(const scratch_directory& here, stet::existing_file existing)
{
    here.put("other", "another file");
    if (existing == stet::existing_file::replace)
        here.put("x", "the old file");
}

} // namespace

TEST_CASE("one call that fails leaves what was there, or the whole file that was filled")
{
    const layers        sample;
    const std::string   plain = sample.plain();
    std::size_t         faults = 0;
    std::set<file_call> kinds;
    for (const stet::existing_file existing : both) {
        for (const durability lasting : {durability::full, durability::none}) {
            for (const int os_code : {EIO, ENOSPC, EACCES}) {
                for (std::size_t nth = 1;; ++nth) {
                    const scratch_directory here(support::quick_place());
                    prepare(here, existing);
                    const auto         before = here.files();
                    const std::size_t  open_before = support::open_descriptors();
                    faulty_file_system faulty;
                    faulty.skip_syncs();
                    faulty.fail(nth, os_code);
                    const auto saved = sample.save(here / "x", existing,
                                                   {.durability = lasting, .file_system = &faulty.calls()});
                    CHECK(support::open_descriptors() == open_before);
                    if (!faulty.failed()) {
                        CHECK(saved);
                        CHECK(nth > 8);
                        break;
                    }
                    ++faults;
                    kinds.insert(*faulty.failed());
                    CAPTURE(existing, lasting, os_code, nth,
                            support::file_call_names[static_cast<std::size_t>(*faulty.failed())]);
                    if (saved) {
                        CHECK(here.content("x") == plain);
                        CHECK(here.files().size() == 2);
                        continue;
                    }
                    CHECK(here.files() == before);
                    CHECK(saved.error().os_code == os_code);
                    CHECK(saved.error().subject().starts_with(here.path()));
                    CHECK(sample.save(here / "x", existing, {.durability = durability::none}));
                    CHECK(here.content("x") == plain);
                }
            }
        }
    }
    std::printf("%zu single faults injected into filling\n", faults);
    CHECK(faults > 100);
    for (const file_call needed :
         {file_call::create_file, file_call::preallocate, file_call::write, file_call::write_at,
          file_call::sync, file_call::move, file_call::exchange})
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
    for (const stet::existing_file existing : both) {
        for (std::size_t nth = 1;; ++nth) {
            const scratch_directory here(support::quick_place());
            prepare(here, existing);
            const auto before = here.files();
            const int  outcome = support::in_child([&] {
                faulty_file_system faulty;
                const auto         end = [] { ::raise(SIGKILL); };
                faulty.skip_syncs();
                faulty.before_nth(nth, end);
                return sample.save(here / "x", existing, {.file_system = &faulty.calls()}) ? 0 : 1;
            });
            CAPTURE(existing, nth);
            if (outcome == 0)
                break;
            ++kills;
            REQUIRE(outcome == -SIGKILL);
            for (const auto& [name, content] : here.files()) {
                const bool is_known = before.count(name) != 0 && before.at(name) == content;
                CHECK((is_known || name.ends_with(stet::part_extension) ||
                       (name == "x" && here.content("x") == plain)));
            }
            REQUIRE(stet::remove_abandoned_exact(here / "x", {.least_age = 0}));
            for (const auto& [name, content] : here.files())
                CHECK_FALSE(name.ends_with(stet::part_extension));
        }
    }
    std::printf("%zu processes killed while they filled\n", kills);
    CHECK(kills > 20);
}

TEST_CASE("processes fill one file, and while one of them has died without its part there is none")
{
    const layers      sample;
    const std::string plain = sample.plain();
    for (const int dying : {-1, 0, 2}) {
        const scratch_directory here(support::quick_place());
        prepare(here, stet::existing_file::refuse);
        const auto before = here.files();
        {
            auto file = sample.open(here / "x", stet::existing_file::refuse, {});
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
