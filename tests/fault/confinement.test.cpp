// SPDX-License-Identifier: MIT
// No file outside the output folder: whatever a name says, and whatever becomes of the folders during the save.
#include <stet/save/save.hpp>

#if defined(__linux__)

#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/memory_disk.hpp"
#include "support/open_descriptors.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/comfyui/comfyui_target.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <string>
#include <string_view>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace std::string_view_literals;
using stet::durability;
using stet::errc;
using stet::path_style;
using support::sample_checkpoint;
using support::scratch_directory;

namespace {

enum class rule { numbered, comfyui };

/// ComfyUI's older rule compares folders as text and promises nothing about links.
constexpr std::array<rule, 2> confined_rules{rule::numbered, rule::comfyui};

stet::result<stet::saved_checkpoint> save_below(const std::string& root, std::string_view prefix, rule by,
                                                const stet::save_options& options)
{
    const sample_checkpoint sample(1, 100);
    if (by == rule::numbered)
        return sample.save(stet::numbered{.root = root, .prefix = prefix}, options);
    return sample.save(stet::comfyui::numbered{.output_dir = root,
                                               .prefix = prefix,
                                               .rule = stet::comfyui::naming_rule::comfyui_2026},
                       options);
}

/// Files below a folder, by what their names end in.
std::size_t files_that_end(const scratch_directory& here, std::string_view below, std::string_view ending)
{
    std::size_t count = 0;
    for (const auto& [name, content] : here.files()) {
        if (name.starts_with(below) && name.ends_with(ending))
            ++count;
    }
    return count;
}

/// Swaps two names without a pause until it ends.
class swapper {
public:
    swapper(std::string one, std::string other)
        : one_(std::move(one)), other_(std::move(other)), thread_([this] { run(); })
    {
    }
    swapper(const swapper&) = delete;
    swapper& operator=(const swapper&) = delete;
    ~swapper()
    {
        ends_ = true;
        thread_.join();
    }

    std::size_t swaps() const noexcept { return swaps_; }

private:
    void run()
    {
        constexpr unsigned exchange = 2; // RENAME_EXCHANGE
        while (!ends_) {
            if (::syscall(SYS_renameat2, AT_FDCWD, one_.c_str(), AT_FDCWD, other_.c_str(), exchange) == 0)
                ++swaps_;
            std::this_thread::yield();
        }
    }

    std::string              one_;
    std::string              other_;
    std::atomic<bool>        ends_ = false;
    std::atomic<std::size_t> swaps_ = 0;
    std::thread              thread_;
};

/// Two names below the output folder that change places, and where the second leads.
struct swapped {
    std::string_view one;
    std::string_view other;
    std::string_view leads_to;
};

} // namespace

TEST_CASE("folders that become links during saves lead no file outside", "[thread]")
{
    constexpr std::array<swapped, 3>        pairs{{{"output/a/b", "output/a/spare", "../../outside"},
                                                   {"output/a", "output/spare", "../outside"},
                                                   {"output/a/b", "output/a/spare", "../in/side"}}};
    constexpr std::size_t                   least = 120;
    std::size_t                             saves = 0;
    std::size_t                             swaps = 0;
    std::map<std::string_view, std::size_t> outcomes;
    for (const swapped& pair : pairs) {
        for (const rule by : confined_rules) {
            const scratch_directory here;
            here.make_folder("output/a/b");
            here.make_folder("output/in/side");
            here.make_folder("outside/b");
            here.put_link(pair.other, pair.leads_to);
            const std::string root = here / "output";
            const std::size_t open_before = support::open_descriptors();
            std::size_t       succeeded = 0;
            {
                const swapper swapping(here / pair.one, here / pair.other);
                for (std::size_t i = 0;
                     i < least || ((swapping.swaps() < least || succeeded == 0) && i < 100 * least); ++i)
                {
                    const auto saved = save_below(root, "a/b/M", by, {.durability = durability::none});
                    ++outcomes[support::failure(saved)];
                    ++saves;
                    if (saved)
                        ++succeeded;
                    else // the last two: a link when it was opened, a folder when it was looked at
                        CHECK((saved.error().code == errc::outside_root ||
                               saved.error().code == errc::folder_missing ||
                               saved.error().code == errc::too_many_links));
                }
                swaps += swapping.swaps();
            }
            CAPTURE(pair.one, pair.leads_to, static_cast<int>(by));
            CHECK(here.entries("outside") == std::vector<std::string>{"b"});
            CHECK(here.entries("outside/b").empty());
            CHECK(files_that_end(here, "", ".part") == 0);
            CHECK(files_that_end(here, "output/", ".safetensors") == succeeded);
            CHECK(succeeded > 0);
            CHECK(support::open_descriptors() == open_before);
        }
    }
    std::printf("%zu saves, %zu swaps of a folder and a link:", saves, swaps);
    for (const auto& [outcome, count] : outcomes)
        std::printf(" %.*s %zu", static_cast<int>(outcome.size()), outcome.data(), count);
    std::printf("\n");
    CHECK(swaps > least);
    CHECK(outcomes["outside_root"] > 0);
}

TEST_CASE("a folder that is taken away or becomes a link before any call leads no file outside")
{
    struct change {
        std::string_view name;
        std::string_view becomes; ///< where a link in its place leads, or nothing
    };
    constexpr std::array<change, 7> changes{{{"output/a/b", ""},
                                             {"output/a", ""},
                                             {"output", ""},
                                             {"output/a/b", "../../outside"},
                                             {"output/a", "../outside"},
                                             {"output/a/b", "../in"},
                                             {"output/a/b", "/"}}};
    enum class way { set_aside, removed, set_aside_once_created };
    std::size_t moments = 0;
    std::size_t succeeded = 0;
    for (const change& made : changes) {
        for (const rule by : confined_rules) {
            for (const way how : {way::set_aside, way::removed, way::set_aside_once_created}) {
                if (how == way::removed && !made.becomes.empty())
                    continue; // shows no more than one set aside
                for (std::size_t nth = 1;; ++nth) {
                    const scratch_directory here(support::quick_place());
                    if (how != way::set_aside_once_created)
                        here.make_folder("output/a/b");
                    here.make_folder("output/in");
                    here.make_folder("outside/b");
                    support::faulty_file_system faulty;
                    auto                        change_it = [&] {
                        if (how == way::removed)
                            here.remove(made.name);
                        else if (here.has(made.name))
                            here.rename(made.name, "aside");
                        else
                            return;
                        if (!made.becomes.empty())
                            here.put_link(made.name, made.becomes);
                    };
                    faulty.skip_syncs();
                    faulty.before_nth(nth, change_it);
                    const std::string root = here / "output";
                    const std::size_t open_before = support::open_descriptors();
                    const auto        saved = save_below(root, "a/b/M", by, {.file_system = &faulty.calls()});
                    CHECK(support::open_descriptors() == open_before);
                    if (faulty.count() < nth)
                        break;
                    ++moments;
                    CAPTURE(made.name, made.becomes, static_cast<int>(by), static_cast<int>(how), nth);
                    CHECK(files_that_end(here, "outside", "") == 0);
                    CHECK(files_that_end(here, "", ".part") == 0);
                    // What a folder held goes with it; nothing else is lost, and nothing is there without a success.
                    const std::size_t files = files_that_end(here, "", ".safetensors");
                    CHECK(files <= (saved ? 1U : 0U));
                    if (how != way::removed && saved)
                        CHECK(files == 1);
                    succeeded += saved ? 1U : 0U;
                }
            }
        }
    }
    std::printf("%zu moments at which a folder goes or becomes a link, %zu saves succeeded\n", moments,
                succeeded);
    CHECK(moments > 300);
    CHECK(succeeded > 50);
}

TEST_CASE("links below the output folder are followed as far as they stay in it")
{
    const scratch_directory here;
    here.make_folder("output/in/deep");
    here.make_folder("outside");
    here.put_link("outside/back", "../output/in");
    struct row {
        std::string_view target; ///< of "output/link"
        std::string_view prefix;
        std::string_view outcome;
    };
    const std::string absolute_in = here / "output/in";
    const std::string absolute_out = here / "outside";
    for (const row& given :
         {row{"in", "link/M", "none"}, row{"in/deep/..", "link/M", "none"},
          row{".", "link/link/in/M", "none"}, row{absolute_in, "link/deep/M", "none"},
          row{"../outside/back", "link/M", "none"}, // by a way outside, but to the inside
          row{"../output", "link/M", "none"},
          row{"in", "link/../M", "none"}, // by text: the output folder itself
          row{"/", "link/M", "outside_root"}, row{"/", "link/tmp/M", "outside_root"},
          row{"..", "link/M", "outside_root"}, row{"..", "link/output/M", "outside_root"},
          row{"../outside", "link/M", "outside_root"}, row{"../outside", "link/new/M", "outside_root"},
          row{absolute_out, "link/M", "outside_root"}, row{"in/../../outside", "link/M", "outside_root"},
          row{"link", "link/M", "too_many_links"}, row{"in/loop", "link/M", "too_many_links"},
          row{"nowhere", "link/M", "folder_missing"}, row{"../outside/nowhere", "link/M", "folder_missing"}})
    {
        CAPTURE(given.target, given.prefix);
        here.put_link("output/link", given.target);
        here.put_link("output/in/loop", "../link");
        const auto before = here.files();
        const auto saved =
            save_below(here / "output", given.prefix, rule::numbered, {.durability = durability::none});
        CHECK(support::failure(saved) == given.outcome);
        if (saved) {
            CHECK(files_that_end(here, "output/", ".safetensors") == 1);
            CHECK(here.files().size() == before.size() + 1);
            here.remove(saved->path.substr(here.path().size() + 1));
        }
        CHECK(here.files() == before);
        CHECK(here.entries("outside") == std::vector<std::string>{"back"});
        here.remove("output/link");
    }
    std::printf("19 kinds of links below the output folder\n");
}

TEST_CASE(
    "a name that leads outside or that a system would take for something else is refused on either kind of path")
{
    struct row {
        std::string_view prefix;
        std::string_view posix;
        std::string_view windows;
    };
    constexpr auto bad = "invalid_file_name"sv;
    constexpr auto out = "outside_root"sv;
    std::size_t    names = 0;
    for (const row& given : {row{"..", out, out},
                             row{"../M", out, out},
                             row{"a/../../M", out, out},
                             row{"/M", out, out},
                             row{"//server/share/M", out, out},
                             row{"..\\M", "none", out},
                             row{"a\\..\\..\\M", "none", out},
                             row{"\\M", "none", out},
                             row{"\\\\server\\share\\M", "none", out},
                             row{"\\\\?\\C:\\M", "none", out},
                             row{"\\\\.\\NUL", "none", out},
                             row{"C:M", "none", out},
                             row{"C:\\M", "none", out},
                             row{"C:/M", "none", out},
                             row{"c:", "none", out},
                             row{"M:stream", "none", out},
                             row{"M\0"sv, bad, bad},
                             row{"a\0b/M"sv, bad, bad},
                             row{"M\x01", bad, bad},
                             row{"M\x1F", bad, bad},
                             row{"M\x7F", bad, bad},
                             row{"M\n", bad, bad},
                             row{"\x1B[2JM", bad, bad},
                             row{"M\xFF", bad, bad},
                             row{"\xC0\xAE\xC0\xAE/M", bad, bad},
                             row{"", bad, bad},
                             row{".", bad, bad},
                             row{"a/..", bad, bad},
                             row{"CON", "none", bad},
                             row{"con", "none", bad},
                             row{"aux.", "none", bad},
                             row{"aux.txt", "none", bad},
                             row{"NUL .x", "none", bad},
                             row{"PRN/M", "none", bad},
                             row{"a/LPT1.x/M", "none", bad},
                             row{"COM9", "none", bad},
                             row{"COM\xC2\xB2", "none", bad},
                             row{"CONIN$", "none", bad},
                             row{"M.", "none", bad},
                             row{"M ", "none", bad},
                             row{"a./M", "none", bad},
                             row{"a /M", "none", bad},
                             row{"M...", "none", bad},
                             row{"Mo:stream", "none", bad},
                             row{"Mo::$DATA", "none", bad},
                             row{"a/b:c/M", "none", bad},
                             row{"M*", "none", bad},
                             row{"M?", "none", bad},
                             row{"M\"", "none", bad},
                             row{"M<", "none", bad},
                             row{"M>", "none", bad},
                             row{"M|x", "none", bad}})
    {
        for (const path_style style : {path_style::posix, path_style::windows}) {
            support::disk_image image;
            image.put_folder(support::top_folder, "output");
            support::memory_disk disk(image);
            disk.use_paths(style);
            const auto             saved = save_below("output", given.prefix, rule::numbered,
                                                      {.durability = durability::none, .file_system = &disk.calls()});
            const std::string_view wanted = style == path_style::posix ? given.posix : given.windows;
            CAPTURE(given.prefix, static_cast<int>(style));
            CHECK(support::failure(saved) == wanted);
            CHECK(disk.changes().empty() == (wanted != "none"));
            disk.now().for_each_file([](const std::string& path, const support::stored_entry&) {
                CHECK(path.starts_with("output/"));
            });
            ++names;
        }
    }
    std::printf("%zu names of a numbered save\n", names);
}

TEST_CASE("an exact path that a system would take for something else is refused before anything is created")
{
    struct row {
        std::string_view path;
        std::string_view posix;
        std::string_view windows;
    };
    constexpr auto bad = "invalid_file_name"sv;
    std::size_t    names = 0;
    for (const row& given :
         {row{"", bad, bad}, row{".", bad, bad}, row{"..", bad, bad}, row{"output/", bad, bad},
          row{"output/.", bad, bad}, row{"output/..", bad, bad}, row{"output/x\0y"sv, bad, bad},
          row{"out\0put/x"sv, bad, bad}, row{"output/NUL", "none", bad},
          row{"output/nul.safetensors", "none", bad}, row{"output/aux.", "none", bad},
          row{"output/COM1", "none", bad}, row{"output/LPT\xC2\xB9", "none", bad},
          row{"output/x.", "none", bad}, row{"output/x ", "none", bad}, row{"output/x:y", "none", bad},
          row{"output/x.safetensors::$DATA", "none", bad}, row{"output/x?", "none", bad},
          row{"output/x\x1F", "none", bad}})
    {
        for (const path_style style : {path_style::posix, path_style::windows}) {
            support::disk_image image;
            image.put_folder(support::top_folder, "output");
            support::memory_disk disk(image);
            disk.use_paths(style);
            const auto saved = sample_checkpoint(1, 100).save(
                stet::exact_path{given.path}, {.durability = durability::none, .file_system = &disk.calls()});
            const std::string_view wanted = style == path_style::posix ? given.posix : given.windows;
            CAPTURE(given.path, static_cast<int>(style));
            CHECK(support::failure(saved) == wanted);
            CHECK(disk.changes().empty() == (wanted != "none"));
            ++names;
        }
    }
    std::printf("%zu names of an exact save\n", names);
}

#endif
