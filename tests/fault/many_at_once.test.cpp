// SPDX-License-Identifier: MIT
// Many savers at once, and a program among them that takes numbers without a lock.
#include <stet/file/exact_target.hpp>
#include <stet/save/save.hpp>

#if defined(__linux__)

#include "support/child_process.hpp"
#include "support/faulty_file_system.hpp"
#include "support/memory_disk.hpp"
#include "support/overlay_disk.hpp"
#include "support/scratch_directory.hpp"
#include "support/shared_count.hpp"
#include "support/stamped_checkpoint.hpp"

#include <stet/comfyui/comfyui_target.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using stet::durability;
using support::scratch_directory;
using support::shared_count;
using support::stamp;
using support::stamped_checkpoint;

namespace {

constexpr std::size_t content_size = 64;
constexpr unsigned    foreign_writer = 1000;

struct crowd {
    unsigned         writers = 8;
    unsigned         saves = 200; ///< of each writer
    stet::durability durability = stet::durability::none;
    unsigned         foreign_saves = 0;   ///< of one writer that takes no lock
    bool             mixes_rules = false; ///< every other writer saves by ComfyUI's rule
    bool             are_threads = false;
};

/// One writer's saves. Returns 0, or which call failed.
int save_all(const std::string& root, unsigned writer, const crowd& how)
{
    for (unsigned turn = 0; turn < how.saves; ++turn) {
        stamped_checkpoint       sample(writer, turn, content_size);
        const stet::save_options options{.durability = how.durability};
        if (how.mixes_rules && writer % 2 == 0) {
            const stet::comfyui::numbered where{.output_dir = root, .prefix = "M"};
            if (!sample.save(where, options))
                return 1;
        } else if (!sample.save(stet::numbered{.root = root, .prefix = "M"}, options)) {
            return 2;
        }
    }
    return 0;
}

/// What ComfyUI does: the largest number of any name plus one, then a plain open and write.
/// clobbered: counts the files of others that this emptied
int save_without_lock(const std::string& root, unsigned saves, std::atomic<std::size_t>& clobbered)
{
    const scratch_directory aside;
    for (unsigned turn = 0; turn < saves; ++turn) {
        stamped_checkpoint sample(foreign_writer, turn, content_size);
        const std::string  made = aside / std::to_string(turn);
        if (!sample.save(stet::exact_path{made}, {.durability = durability::none}))
            return 1;
        const std::string content = aside.content(std::to_string(turn));
        std::uint64_t     largest = 0;
        DIR* const        listed = ::opendir(root.c_str());
        if (listed == nullptr)
            return 2;
        while (const dirent* const entry = ::readdir(listed))
            largest = (std::max)(
                largest,
                stet::detail::number_taken(static_cast<const char*>(entry->d_name), "M").value_or(0));
        ::closedir(listed);
        const std::string path =
            root + '/' + stet::numbered_name("M", largest + 1, stet::checkpoint_extension);
        const int   file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        struct stat status {};
        if (file < 0 || ::fstat(file, &status) != 0 || ::ftruncate(file, 0) != 0)
            return 3;
        if (status.st_size > 0)
            ++clobbered;
        for (const std::string_view half : {std::string_view(content).substr(0, content.size() / 2),
                                            std::string_view(content).substr(content.size() / 2)})
        {
            if (::write(file, half.data(), half.size()) != static_cast<ssize_t>(half.size()))
                return 4;
        }
        ::close(file);
    }
    return 0;
}

void run_threads(const std::string& root, const crowd& how)
{
    std::vector<int> outcomes(how.writers, -1);
    {
        std::vector<std::thread> threads;
        for (unsigned writer = 0; writer < how.writers; ++writer)
            threads.emplace_back([&, writer] { outcomes[writer] = save_all(root, writer, how); });
        for (std::thread& thread : threads)
            thread.join();
    }
    CHECK(outcomes == std::vector<int>(how.writers, 0));
}

/// returns: how many files the writer without lock has emptied
std::size_t run_processes(const std::string& root, const crowd& how)
{
    const shared_count clobbered;
    std::vector<pid_t> children;
    for (unsigned writer = 0; writer < how.writers; ++writer)
        children.push_back(support::start_child([&] { return save_all(root, writer, how); }));
    if (how.foreign_saves != 0)
        children.push_back(
            support::start_child([&] { return save_without_lock(root, how.foreign_saves, *clobbered); }));
    for (const pid_t child : children) {
        REQUIRE(child > 0);
        CHECK(support::wait_for(child) == 0);
    }
    return *clobbered;
}

/// Lets a crowd save into a folder and looks at everything that is there then.
void save_in_crowd(const scratch_directory& here, std::string_view place, const crowd& how)
{
    CAPTURE(place, how.writers, how.saves, how.foreign_saves, how.mixes_rules, how.are_threads);
    const auto        begin = std::chrono::steady_clock::now();
    const std::string root = here / "output";
    here.make_folder("output");
    std::size_t clobbered = 0;
    if (how.are_threads)
        run_threads(root, how);
    else
        clobbered = run_processes(root, how);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;

    std::map<std::pair<unsigned, unsigned>, std::uint64_t> number_of;
    std::uint64_t                                          number = 0;
    for (const std::string& name : here.entries("output")) {
        ++number; // the names are sorted: no number is missing, none is there twice
        CHECK(name == stet::numbered_name("M", number, stet::checkpoint_extension));
        const auto mark = support::read_stamp(here / "output/" + name);
        CAPTURE(name);
        if (!mark) {
            FAIL_CHECK("the file is not what anybody wrote");
            continue;
        }
        CHECK((mark->number == number || mark->writer == foreign_writer));
        CHECK(number_of.emplace(std::pair(mark->writer, mark->turn), number).second);
    }
    std::size_t own = 0;
    std::size_t foreign = 0;
    std::size_t out_of_turn = 0;
    for (const auto& [who, its_number] : number_of) {
        ++(who.first == foreign_writer ? foreign : own);
        const auto next = number_of.find({who.first, who.second + 1});
        if (next != number_of.end() && next->second <= its_number)
            ++out_of_turn;
    }
    CHECK(own + clobbered == std::size_t{how.writers} * how.saves);
    CHECK(foreign == how.foreign_saves);
    CHECK(out_of_turn == 0); // a later save of one writer has a larger number
    std::printf("%.*s: %zu files of %u %s, %zu of one without lock that emptied %zu of them, %.2f s\n",
                static_cast<int>(place.size()), place.data(), own, how.writers,
                how.are_threads ? "threads" : "processes", foreign, clobbered, taken.count());
    here.remove("output");
}

void save_in_crowds(const scratch_directory& here, std::string_view place, unsigned saves)
{
    save_in_crowd(here, place, {.saves = 4 * saves});
    save_in_crowd(here, place, {.saves = saves, .are_threads = true});
    save_in_crowd(here, place, {.saves = saves, .foreign_saves = 4 * saves});
    save_in_crowd(here, place, {.saves = saves, .mixes_rules = true});
    save_in_crowd(here, place, {.saves = saves / 10, .durability = durability::full});
}

void save_in_crowds_everywhere(unsigned saves)
{
    save_in_crowds(scratch_directory(), "scratch folder", saves);
    if (::access("/dev/shm", W_OK) == 0)
        save_in_crowds(scratch_directory("/dev/shm"), "memory", saves);
    else
        std::printf("SKIPPED, no /dev/shm here\n");
    if (const support::overlay_disk overlay; overlay)
        save_in_crowds(scratch_directory(overlay.path()), "overlay", saves / 4); // slow at folders
}

} // namespace

TEST_CASE("a number that another saver takes meanwhile leaves the next one's lock under its only name")
{
    const auto place = [](const stet::file_system& calls) {
        return stet::comfyui::target::take(calls, {.prefix = "M", .output_dir = "/"}, durability::none,
                                           stet::existing_file::refuse);
    };
    const stet::output_name name{.folder = {}, .stem = "M"};
    std::size_t             moments = 0;
    for (std::size_t nth = 1;; ++nth) {
        support::memory_disk                 disk{support::disk_image()};
        std::optional<stet::numbered_target> first;
        auto                                 take_first = [&] {
            if (auto taken = stet::numbered_target::take(disk.calls(), "/", name, durability::none))
                first.emplace(*std::move(taken));
        };
        disk.before_nth(nth, take_first);
        auto second = place(disk.calls());
        REQUIRE(second);
        if (!first)
            break;
        ++moments;
        auto third = stet::numbered_target::take(disk.calls(), "/", name, durability::none);
        REQUIRE(third);
        CAPTURE(nth);
        for (const char* const lock : {"M_00001_.part", "M_00002_.part", "M_00003_.part"})
            CHECK(disk.now().find(lock) != nullptr);
        CHECK(first->publish(durability::none));
        CHECK(second->publish(durability::none));
        CHECK(third->publish(durability::none));
    }
    std::printf("%zu moments at which another saver takes a number\n", moments);
    CHECK(moments == 7);
}

namespace {

/// A save during which a program without lock takes the name just before it is given.
template <class Target>
bool gets_another_number(const scratch_directory& here, const Target& where)
{
    support::faulty_file_system faulty;
    bool                        is_taken = false;
    auto                        take = [&] {
        if (!std::exchange(is_taken, true))
            here.put("M_00001_.safetensors", "another program's");
    };
    faulty.before(support::file_call::move, take);
    stamped_checkpoint sample(1, 1, content_size);
    const auto saved = sample.save(where, {.durability = durability::none, .file_system = &faulty.calls()});
    CHECK(here.content("M_00001_.safetensors") == "another program's");
    return saved && support::read_stamp(here / "M_00002_.safetensors");
}

} // namespace

TEST_CASE("a number that a program without lock takes during the save costs a second try")
{
    const scratch_directory here;
    CHECK(gets_another_number(here, stet::numbered{.root = here.path(), .prefix = "M"}));
}

// The save fails with name_taken instead, after all has been written.
TEST_CASE("a number of ComfyUI's that a program without lock takes during the save costs a second try")
{
    const scratch_directory here;
    CHECK(gets_another_number(here, stet::comfyui::numbered{.output_dir = here.path(), .prefix = "M"}));
}

TEST_CASE("a crowd of savers gets numbers without a gap, and every file is what its writer wrote",
          "[thread][states]")
{
    save_in_crowds_everywhere(50);
}

TEST_CASE("a large crowd of savers gets numbers without a gap, and every file is what its writer wrote",
          "[.long][thread]")
{
    save_in_crowds_everywhere(250);
}

#endif
