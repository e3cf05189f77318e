// SPDX-License-Identifier: MIT
// Savers are killed at random moments while a reader opens every checkpoint it sees.
#include <stet/save/save.hpp>

#if !defined(_WIN32)

#include "support/child_process.hpp"
#include "support/dice.hpp"
#include "support/scratch_directory.hpp"
#include "support/shared_count.hpp"
#include "support/stamped_checkpoint.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <sys/wait.h>
#include <vector>

using stet::durability;
using support::dice;
using support::scratch_directory;
using support::shared_count;
using support::stamped_checkpoint;

namespace {

constexpr std::size_t      content_size = 30'000;
constexpr unsigned         parent = 0; ///< as a writer; the children count from 1
constexpr std::string_view only_name = "one.safetensors";

struct watched_save {
    bool             is_numbered;
    stet::durability durability;

    stet::result<stet::saved_checkpoint> make(const scratch_directory& here, unsigned writer,
                                              unsigned turn) const
    {
        std::array<std::byte, 128> staging{}; // many writes
        const stet::save_options   options{.durability = durability, .staging = staging};
        stamped_checkpoint         sample(writer, turn, content_size);
        const std::string          path = here / only_name;
        if (is_numbered)
            return sample.save(stet::numbered{.root = here.path(), .prefix = "M"}, options);
        return sample.save(stet::exact_path{path, stet::existing_file::replace}, options);
    }
};

/// Reads every checkpoint of a folder, again and again.
class reader {
public:
    explicit reader(const scratch_directory& here) : here_(&here) {}

    /// Each file that was not there before, and the one that is replaced again and again.
    void look()
    {
        for (const std::string& name : here_->entries()) {
            if (name.ends_with(stet::checkpoint_extension) && (name == only_name || known_.count(name) == 0))
                read(name);
        }
    }

    std::size_t files_read() const noexcept { return files_read_; }
    std::size_t bad_files() const noexcept { return bad_files_; }

private:
    void read(const std::string& name)
    {
        known_.insert(name);
        ++files_read_;
        if (!support::read_stamp(*here_ / name))
            ++bad_files_;
    }

    const scratch_directory* here_;
    std::set<std::string>    known_{};
    std::size_t              files_read_ = 0;
    std::size_t              bad_files_ = 0;
};

/// Whether a child ended by itself; it is waited for then.
bool has_ended(pid_t child)
{
    int status = 0;
    return ::waitpid(child, &status, WNOHANG) != 0;
}

/// Starts a saver, looks on while it saves, and kills it some time after its first save.
void kill_one(const scratch_directory& here, const watched_save& way, unsigned writer, reader& watching,
              dice& random)
{
    const shared_count done;
    const pid_t        child = support::start_child([&] {
        for (unsigned turn = 0;; ++turn) {
            if (!way.make(here, writer, turn))
                return 1;
            ++*done;
        }
    });
    REQUIRE(child > 0);
    while (*done == 0) {
        REQUIRE_FALSE(has_ended(child)); // no save fails
        watching.look();
    }
    for (std::uint64_t looks = random.below(3); looks > 0; --looks)
        watching.look();
    std::size_t seen = 0;
    for (std::uint64_t spins = random.below(20'000); spins > 0; --spins)
        seen += *done;
    static_cast<void>(seen);
    REQUIRE_FALSE(has_ended(child));
    REQUIRE(::kill(child, SIGKILL) == 0);
    CHECK(support::wait_for(child) == -SIGKILL);
    watching.look();
}

std::vector<std::string> left_behind(const scratch_directory& here)
{
    std::vector<std::string> names = here.entries();
    std::erase_if(names, [](const std::string& name) { return !name.ends_with(stet::part_extension); });
    return names;
}

/// The save after a kill: its number, or its place, is free, and it leaves alone what the dead left.
void save_after(const scratch_directory& here, const watched_save& way, unsigned turn)
{
    const auto before = here.files();
    const auto saved = way.make(here, parent, turn);
    REQUIRE(saved);
    const auto mark = support::read_stamp(saved->path);
    REQUIRE(mark);
    CHECK(mark->writer == parent);
    CHECK(mark->turn == turn);
    const std::string name = saved->path.substr(here.path().size() + 1);
    auto              after = here.files();
    if (way.is_numbered) {
        CHECK(before.count(name) == 0);
        CHECK(before.count(stet::numbered_name("M", *saved->number, stet::part_extension)) == 0);
        after.erase(name);
        CHECK(after == before);
    } else {
        for (const std::string& part : left_behind(here))
            CHECK(after[part] == before.at(part));
        CHECK(after.size() == before.size());
    }
}

void kill_many(unsigned kills)
{
    dice        random(5);
    std::size_t left = 0;
    for (const bool is_numbered : {true, false}) {
        for (const durability lasting : {durability::none, durability::full}) {
            const scratch_directory here(lasting == durability::none ? support::quick_place()
                                                                     : support::temporary_place());
            const watched_save      way{.is_numbered = is_numbered, .durability = lasting};
            reader                  watching(here);
            if (!is_numbered)
                REQUIRE(way.make(here, parent, 1000));
            for (unsigned i = 0; i < kills; ++i) {
                const std::size_t left_before = left_behind(here).size();
                kill_one(here, way, i + 1, watching, random);
                CHECK(left_behind(here).size() <= left_before + 1);
                save_after(here, way, i);
                if (!is_numbered)
                    CHECK(here.has(only_name));
            }
            // A part file left behind keeps its number for ever; every other number is a whole checkpoint.
            const auto  parts = left_behind(here);
            std::size_t whole = 0;
            for (const std::string& name : here.entries()) {
                if (!name.ends_with(stet::checkpoint_extension))
                    continue;
                ++whole;
                CHECK(support::read_stamp(here / name));
            }
            if (is_numbered)
                CHECK(here.has(stet::numbered_name("M", whole + parts.size(), stet::checkpoint_extension)));
            CAPTURE(is_numbered, static_cast<int>(lasting));
            CHECK(watching.bad_files() == 0);
            CHECK(watching.files_read() > kills);
            left += parts.size();
            std::printf("%s, %s: %u savers killed, %zu files read meanwhile, %zu part files left\n",
                        is_numbered ? "numbered" : "replaced",
                        lasting == durability::full ? "durable" : "not durable", kills, watching.files_read(),
                        parts.size());
        }
    }
    CHECK(left > kills / 10); // some were killed in the middle
}

} // namespace

TEST_CASE(
    "a reader never sees half a checkpoint while savers are killed, and the next save is free of what they left",
    "[states]")
{
    kill_many(40);
}

TEST_CASE("a reader never sees half a checkpoint while thousands of savers are killed", "[.long]")
{
    kill_many(500);
}

#endif
