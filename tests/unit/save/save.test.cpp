// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/families/families.hpp>
#include <stet/save/save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include "support/child_process.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

using namespace std::string_view_literals;
using stet::durability;
using stet::errc;
using stet::exact_path;
using stet::existing_file;
using stet::numbered;
using stet::save_options;
using support::faulty_file_system;
using support::file_call;
using support::sample_checkpoint;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;
using pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<pairs> metadata_in(const std::string& file)
{
    const auto parsed = support::parse_checkpoint(file);
    return parsed ? parsed->metadata : std::nullopt;
}

/// A dict of one tensor whose producer delivers `given` of the ten bytes it promised.
class produced_dict {
public:
    explicit produced_dict(std::size_t given) : given_(given)
    {
        tensors_ = {{"made", *stet::produced_view(
                                 stet::dtype::u8, {10}, given_,
                                 [](const std::size_t& count, stet::sink_ref out) -> stet::result<void> {
                                     for (std::size_t i = 0; i < count; ++i) {
                                         constexpr std::byte one{1};
                                         if (auto written = out.write(stet::bytes(&one, 1)); !written)
                                             return written;
                                     }
                                     return {};
                                 })}};
    }
    produced_dict(const produced_dict&) = delete;
    produced_dict& operator=(const produced_dict&) = delete;
    ~produced_dict() = default;

    const sample_checkpoint::dict& tensors() const noexcept { return tensors_; }

private:
    std::size_t             given_;
    sample_checkpoint::dict tensors_{};
};

} // namespace

// ---- numbered ---------------------------------------------------------------------------------------------

TEST_CASE("a numbered save creates its folders and says what it wrote")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    for (std::uint64_t number = 1; number <= 3; ++number) {
        const std::string root = here / "output";
        const auto        saved = sample.save(numbered{.root = root, .prefix = "checkpoints/ComfyUI"});
        REQUIRE(saved);
        const std::string name = "ComfyUI_0000" + std::to_string(number) + "_.safetensors";
        CHECK(saved->path == root + "/checkpoints/" + name);
        CHECK(saved->number == number);
        const std::string file = here.content("output/checkpoints/" + name);
        CHECK(saved->bytes == file.size());
        CHECK(sample.is_in(file));
        CHECK_FALSE(metadata_in(file));
        CHECK(here.entries("output/checkpoints").size() == number);
        REQUIRE(saved->components.size() == 4);
        CHECK(saved->components[0].role == "model");
        CHECK(saved->components[0].tensors == 2);
        CHECK(saved->components[0].bytes == 1003);
        CHECK(saved->components[1].tensors == 0);
        CHECK(saved->components[2].tensors == 1);
    }
}

TEST_CASE("a part file that a killed saver left takes its number and is never offered as a checkpoint")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    here.put("ComfyUI_00003_.part", "half of it");
    const auto saved = sample.save(numbered{.root = here.path(), .prefix = "ComfyUI"});
    REQUIRE(saved);
    CHECK(saved->number == 4);
    CHECK(here.entries() == names{"ComfyUI_00003_.part", "ComfyUI_00004_.safetensors"});
    CHECK(here.content("ComfyUI_00003_.part") == "half of it");
}

TEST_CASE("a prefix's fields are filled in, those of time with now unless a time is given")
{
    const scratch_directory       here;
    const sample_checkpoint       sample;
    constexpr stet::calendar_time time{
        .year = 2026, .month = 3, .day = 4, .hour = 5, .minute = 6, .second = 7};
    const auto given = sample.save(numbered{.root = here.path(),
                                            .prefix = "%year%/%month%/M_%date:yyyyMMdd%_%width%",
                                            .fields = {.time = time, .width = 7}});
    REQUIRE(given);
    CHECK(given->path == here / "2026/03/M_20260304_7_00001_.safetensors");

    const auto now = sample.save(numbered{.root = here.path(), .prefix = "%date:yyyy%"});
    REQUIRE(now);
    const std::string year = now->path.substr(here.path().size() + 1, 4);
    CHECK(std::all_of(year.begin(), year.end(), [](char c) { return c >= '0' && c <= '9'; }));
    CHECK(year > "2000");
}

TEST_CASE("a prefix that leaves the root or names no file creates nothing")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    struct row {
        std::string_view prefix;
        errc             code;
    };
    for (const row& given : {row{"../M", errc::outside_root}, row{"/M", errc::outside_root},
                             row{"a/../../M", errc::outside_root}, row{"", errc::invalid_file_name},
                             row{"a/..", errc::invalid_file_name}, row{"a\0b"sv, errc::invalid_file_name},
                             row{"\xFF", errc::invalid_file_name}, row{"%date:../..%/M", errc::outside_root}})
    {
        CAPTURE(given.prefix);
        const std::string root = here / "output";
        const auto        saved = sample.save(numbered{.root = root, .prefix = given.prefix});
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == given.code);
    }
    for (const std::string_view root : {""sv, "\0"sv, "x\0y"sv})
        CHECK(sample.save(numbered{.root = root, .prefix = "M"}).error().code == errc::invalid_file_name);
    CHECK(here.entries().empty());
}

TEST_CASE("the prefix is parsed in the style of the file system")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    stet::file_system       calls = stet::native_file_system();
    calls.paths = stet::path_style::windows;
    const auto saved = sample.save(numbered{.root = here.path(), .prefix = "a\\M"}, {.file_system = &calls});
    REQUIRE(saved);
    CHECK(saved->path == here / "a/M_00001_.safetensors");
    CHECK(sample.save(numbered{.root = here.path(), .prefix = "NUL"}, {.file_system = &calls}).error().code ==
          errc::invalid_file_name);
}

TEST_CASE("the metadata may speak of the name the file gets")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    here.put("M_00006_.safetensors");
    pairs      texts;
    const auto describe = [&](const stet::claimed_name& name) -> stet::metadata_view {
        texts = {{"title", std::string(name.stem) + ' ' + std::to_string(*name.number)},
                 {"path", std::string(name.path)}};
        return texts;
    };
    const auto saved =
        sample.save(numbered{.root = here.path(), .prefix = "sub/../M"}, {.metadata_for = describe});
    REQUIRE(saved);
    const auto metadata = metadata_in(here.content("M_00007_.safetensors"));
    REQUIRE(metadata);
    CHECK(*metadata == pairs{{"path", here / "M_00007_.safetensors"}, {"title", "M 7"}});
    CHECK(saved->path == here / "M_00007_.safetensors");
}

TEST_CASE("metadata that cannot be told ends the save, leaves no file and gives the number free")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    pairs                   texts;
    bool                    is_known = false;
    const auto describe = [&](const stet::claimed_name& name) -> stet::result<stet::metadata_view> {
        CHECK(here.entries() == names{"M_00001_.part"});
        if (!is_known)
            return stet::error{.code = errc::missing_metadata_key}.about("title");
        texts = {{"title", std::to_string(*name.number)}};
        return stet::metadata_view(texts);
    };
    const auto refused =
        sample.save(numbered{.root = here.path(), .prefix = "M"}, {.metadata_for = describe});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::missing_metadata_key);
    CHECK(refused.error().subject() == "title");
    CHECK(here.entries().empty());

    is_known = true;
    const auto saved = sample.save(numbered{.root = here.path(), .prefix = "M"}, {.metadata_for = describe});
    REQUIRE(saved);
    CHECK(saved->number == 1);
    CHECK(metadata_in(here.content("M_00001_.safetensors")) == pairs{{"title", "1"}});
}

TEST_CASE("constant metadata is written for both targets")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const pairs             texts{{"format", "pt"}};
    CHECK(sample.save(numbered{.root = here.path(), .prefix = "M"}, {.metadata = texts}));
    const std::string path = here / "exact";
    CHECK(sample.save(exact_path{path}, {.metadata = texts}));
    CHECK(metadata_in(here.content("M_00001_.safetensors")) == texts);
    CHECK(metadata_in(here.content("exact")) == texts);
}

TEST_CASE("when another program takes the name meanwhile the next number is taken, with metadata of its own")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    faulty_file_system      faulty;
    int                     moves = 0;
    const auto              intrude = [&] {
        if (++moves <= 2)
            here.put("M_0000" + std::to_string(moves) + "_.safetensors", "another's");
    };
    faulty.before(file_call::move, intrude);
    std::vector<std::uint64_t> asked;
    pairs                      texts;
    const auto                 describe = [&](const stet::claimed_name& name) -> stet::metadata_view {
        asked.push_back(*name.number);
        texts = {{"title", std::to_string(*name.number)}};
        return texts;
    };

    const auto saved = sample.save(numbered{.root = here.path(), .prefix = "M"},
                                   {.metadata_for = describe, .file_system = &faulty.calls()});
    REQUIRE(saved);
    CHECK(saved->number == 3);
    CHECK(asked == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(here.entries() == names{"M_00001_.safetensors", "M_00002_.safetensors", "M_00003_.safetensors"});
    CHECK(here.content("M_00001_.safetensors") == "another's");
    CHECK(here.content("M_00002_.safetensors") == "another's");
    CHECK(sample.is_in(here.content("M_00003_.safetensors")));
    CHECK(metadata_in(here.content("M_00003_.safetensors")) == pairs{{"title", "3"}});
}

TEST_CASE("a program that takes every name in time ends the save at last")
{
    const scratch_directory here;
    const sample_checkpoint sample(1, 10);
    faulty_file_system      faulty;
    faulty.fail_each(file_call::move, EEXIST);
    const auto saved =
        sample.save(numbered{.root = here.path(), .prefix = "M"}, {.file_system = &faulty.calls()});
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == errc::name_taken);
    CHECK(faulty.count(file_call::move) == 100);
    CHECK(here.entries().empty());
}

// ---- exact path -------------------------------------------------------------------------------------------

TEST_CASE("an exact save says what it wrote")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const std::string       path = here / "model.safetensors";
    const auto              saved = sample.save(exact_path{path});
    REQUIRE(saved);
    CHECK(saved->path == path);
    CHECK_FALSE(saved->number);
    CHECK(saved->bytes == here.content("model.safetensors").size());
    CHECK(sample.is_in(here.content("model.safetensors")));

    const sample_checkpoint other(2);
    CHECK(other.save(exact_path{path}).error().code == errc::name_taken);
    CHECK(sample.is_in(here.content("model.safetensors")));
    CHECK(other.save(exact_path{path, existing_file::replace}));
    CHECK(other.is_in(here.content("model.safetensors")));
    CHECK(here.entries() == names{"model.safetensors"});
}

// ---- checks before anything is touched --------------------------------------------------------------------

TEST_CASE("a save reports what ComfyUI loses of the file, as its family says it")
{
    const scratch_directory                        scratch;
    const std::map<std::string, stet::tensor_view> model{
        {"w", {.type = stet::dtype::u8, .shape = {0}, .size = 0}}};
    const auto save_as = [&](const auto& family, const char* name) {
        const std::string path = scratch / name;
        auto              saved = stet::save(stet::model_only{.model = model}, family, exact_path{path});
        REQUIRE(saved);
        return std::string(saved->reload_caveat);
    };
    CHECK(save_as(stet::families::sam3{}, "a") == stet::families::sam3::reload_caveat);
    CHECK(save_as(stet::families::flux{}, "b").empty());
    CHECK(save_as(stet::layouts::generic{}, "c").empty());
}

TEST_CASE("what cannot become a sound file is refused before the disk is touched")
{
    const scratch_directory           here;
    const sample_checkpoint           sample;
    const std::array<std::uint8_t, 2> bytes{1, 2};
    const auto                        tensor = *stet::view_of(bytes, {2});
    const sample_checkpoint::dict     twice{{"a", tensor}, {"a", tensor}};
    const sample_checkpoint::dict     once{{"a", tensor}};
    const pairs                       bad_metadata{{"k", "\xFF"}};
    faulty_file_system                faulty;
    const save_options                options{.file_system = &faulty.calls()};
    const std::string                 root = here / "new";
    here.put("x", "old");
    const std::string path = here / "x";

    const auto             code = [](const auto& saved) { return saved ? errc{} : saved.error().code; };
    const stet::model_only duplicate{.model = twice};
    const stet::model_only sound{.model = once};
    constexpr stet::layouts::generic layout;
    CHECK(code(stet::save(duplicate, layout, numbered{root, "M"}, options)) == errc::duplicate_name);
    CHECK(code(stet::save(duplicate, layout, exact_path{path, existing_file::replace}, options)) ==
          errc::duplicate_name);
    const save_options with_bad{.metadata = bad_metadata, .file_system = &faulty.calls()};
    CHECK(code(stet::save(sound, layout, numbered{root, "M"}, with_bad)) == errc::invalid_metadata_utf8);
    CHECK(code(stet::save(sound, layout, exact_path{path, existing_file::replace}, with_bad)) ==
          errc::invalid_metadata_utf8);

    CHECK(faulty.count() == 0);
    CHECK(here.entries() == names{"x"});
    CHECK(here.content("x") == "old");
}

TEST_CASE("metadata that turns out unsound only with the name leaves nothing either")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const pairs             bad{{"k", "\xFF"}};
    const auto              describe = [&](const stet::claimed_name&) -> stet::metadata_view { return bad; };
    const auto saved = sample.save(numbered{.root = here.path(), .prefix = "M"}, {.metadata_for = describe});
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == errc::invalid_metadata_utf8);
    CHECK(here.entries().empty());
}

// ---- failures while writing -------------------------------------------------------------------------------

TEST_CASE("a save cancelled at any moment leaves the old file and nothing else")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const sample_checkpoint old(2);
    const std::string       path = here / "x";
    REQUIRE(old.save(exact_path{path}));
    const std::string before = here.content("x");

    int last = 0;
    for (int stop_at = 1;; ++stop_at) {
        int        calls = 0;
        const auto stop = [&](const stet::progress&) { return ++calls != stop_at; };
        const auto numbered_one =
            sample.save(numbered{.root = here.path(), .prefix = "M"}, {.progress = stop});
        if (numbered_one) {
            last = stop_at;
            CHECK(numbered_one->number == 1);
            break;
        }
        calls = 0;
        const auto exact_one = sample.save(exact_path{path, existing_file::replace}, {.progress = stop});
        REQUIRE_FALSE(exact_one);
        CHECK(numbered_one.error().code == errc::cancelled);
        CHECK(exact_one.error().code == errc::cancelled);
        CHECK(here.entries() == names{"x"});
        CHECK(here.content("x") == before);
    }
    CHECK(last == 5); // three tensors and the end
}

TEST_CASE("a producer that breaks its promise leaves the old file and nothing else, and is named")
{
    const scratch_directory here;
    here.put("x", "old");
    const std::string path = here / "x";
    for (const std::size_t given : {std::size_t{0}, std::size_t{9}, std::size_t{11}}) {
        const produced_dict    dict(given);
        const stet::model_only checkpoint{.model = dict.tensors()};
        const auto             check = [&](const auto& where) {
            const auto saved = stet::save(checkpoint, stet::layouts::generic{}, where);
            REQUIRE_FALSE(saved);
            CHECK(saved.error().code == errc::produced_size_mismatch);
            CHECK(saved.error().subject() == "model.diffusion_model.made");
            CHECK(here.entries() == names{"x"});
            CHECK(here.content("x") == "old");
        };
        check(numbered{.root = here.path(), .prefix = "M"});
        check(exact_path{path, existing_file::replace});
    }
    const produced_dict    dict(10);
    const stet::model_only checkpoint{.model = dict.tensors()};
    CHECK(stet::save(checkpoint, stet::layouts::generic{}, exact_path{path, existing_file::replace}));
    const auto parsed = support::parse_checkpoint(here.content("x"));
    REQUIRE(parsed);
    CHECK(parsed->tensors.front().bytes == std::string(10, '\1'));
}

TEST_CASE("each kind of failing call has a clear error about the file and leaves nothing")
{
    struct row {
        file_call kind;
        int       os_code;
        errc      code;
    };
    for (const row& given :
         {row{file_call::create_file, EACCES, errc::permission_denied},
          row{file_call::create_file, EMFILE, errc::too_many_open_files},
          row{file_call::preallocate, ENOSPC, errc::disk_full},
          row{file_call::write, ENOSPC, errc::disk_full}, row{file_call::write, EIO, errc::io_failure},
          row{file_call::sync, EIO, errc::io_failure}, row{file_call::move, EIO, errc::io_failure}})
    {
        const scratch_directory here;
        const sample_checkpoint sample;
        faulty_file_system      faulty;
        faulty.fail_each(given.kind, given.os_code);
        CAPTURE(support::file_call_names[static_cast<std::size_t>(given.kind)]);

        const auto saved =
            sample.save(numbered{.root = here.path(), .prefix = "M"}, {.file_system = &faulty.calls()});
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == given.code);
        CHECK(saved.error().os_code == given.os_code);
        // The first sync is of the output folder's name.
        const std::string about = given.kind == file_call::sync ? here.path() : here / "M_00001_.safetensors";
        CHECK(saved.error().subject() == about);
        CHECK(here.entries().empty());

        const std::string path = here / "x";
        CHECK(sample.save(exact_path{path}, {.file_system = &faulty.calls()}).error().subject() == path);
        CHECK(here.entries().empty());
    }
}

TEST_CASE("a failing close is a failing save")
{
    // The folders are closed after the file: the root, once more as the folder to save in, then the file.
    const scratch_directory here;
    const sample_checkpoint sample;
    const std::string       path = here / "x";
    faulty_file_system      faulty;
    faulty.fail(file_call::close, 1, EIO);
    const auto saved = sample.save(exact_path{path}, {.file_system = &faulty.calls()});
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == errc::io_failure);
    CHECK(here.entries().empty());
}

TEST_CASE("no memory left is an error like any other")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    stet::allocator         none = stet::heap();
    none.allocate = [](void*, std::size_t, std::size_t) -> void* { return nullptr; };
    const auto saved = sample.save(numbered{.root = here.path(), .prefix = "M"}, {.allocator = none});
    REQUIRE_FALSE(saved);
    CHECK(saved.error().code == errc::out_of_memory);
    CHECK(here.entries().empty());
}

// ---- systems that do things by halves ---------------------------------------------------------------------

TEST_CASE("short writes and interrupted calls do not change a byte of the file")
{
    const scratch_directory    here;
    const sample_checkpoint    sample;
    std::array<std::byte, 100> staging{};
    const std::string          plain = here / "plain";
    REQUIRE(sample.save(exact_path{plain}));
    for (const std::size_t most : {std::size_t{1}, std::size_t{7}, std::size_t{1'000'000}}) {
        faulty_file_system faulty;
        faulty.shorten_writes(most);
        faulty.interrupt_every_other();
        const save_options options{.staging = staging, .file_system = &faulty.calls()};
        const std::string  path = here / "exact";
        CHECK(sample.save(exact_path{path, existing_file::replace}, options));
        CHECK(here.content("exact") == here.content("plain"));
        const auto saved = sample.save(numbered{.root = here.path(), .prefix = "a/b/M"}, options);
        REQUIRE(saved);
        CHECK(here.content(std::string_view(saved->path).substr(here.path().size() + 1)) ==
              here.content("plain"));
    }
    CHECK(here.entries("a/b").size() == 3);
}

TEST_CASE("a file system that cannot set space aside, sync a folder or swap files will do")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    faulty_file_system      faulty;
    faulty.fail_each(file_call::preallocate, ENOTSUP);
    faulty.fail_each(file_call::exchange, EINVAL);
    faulty.fail(file_call::sync, 2, EINVAL); // the folder's
    const std::string path = here / "x";
    CHECK(sample.save(exact_path{path}, {.file_system = &faulty.calls()}));
    CHECK(sample.save(exact_path{path, existing_file::replace}, {.file_system = &faulty.calls()}));
    CHECK(sample.is_in(here.content("x")));
}

TEST_CASE("a save syncs file and folders, or nothing at all")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const std::string       path = here / "x";
    const auto              syncs = [&](const auto& where, durability lasting) {
        faulty_file_system faulty;
        CHECK(sample.save(where, {.durability = lasting, .file_system = &faulty.calls()}));
        return faulty.count(file_call::sync);
    };
    const numbered   flat{.root = here.path(), .prefix = "M"};
    const numbered   deep{.root = here.path(), .prefix = "a/b/M"};
    const exact_path replace{path, existing_file::replace};
    CHECK(syncs(flat, durability::full) == 3); // the file, its name and the output folder's
    CHECK(syncs(deep, durability::full) == 5); // and the names of the two folders below
    CHECK(syncs(deep, durability::full) == 5);
    CHECK(syncs(replace, durability::full) == 2);
    CHECK(syncs(replace, durability::full) == 2);
    CHECK(syncs(flat, durability::none) == 0);
    CHECK(syncs(numbered{.root = here.path(), .prefix = "c/M"}, durability::none) == 0);
    CHECK(syncs(replace, durability::none) == 0);
}

TEST_CASE("the space for the whole file is set aside before the first byte is written")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    faulty_file_system      faulty;
    std::size_t             writes = 1;
    const auto              look = [&] { writes = faulty.count(file_call::write); };
    faulty.before(file_call::preallocate, look);
    CHECK(sample.save(numbered{.root = here.path(), .prefix = "M"}, {.file_system = &faulty.calls()}));
    CHECK(writes == 0);
    CHECK(faulty.count(file_call::preallocate) == 1);
}

// ---- the rest of the options ------------------------------------------------------------------------------

TEST_CASE("a plan is saved as the checkpoint it was made from")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const auto              tensors = stet::make_plan(sample.view(), stet::layouts::generic{});
    REQUIRE(tensors);
    const std::string path = here / "x";
    CHECK(stet::save(*tensors, exact_path{path}));
    CHECK(stet::save(*tensors, numbered{here.path(), "M"}));
    CHECK(sample.is_in(here.content("x")));
    CHECK(here.content("x") == here.content("M_00001_.safetensors"));
}

TEST_CASE("a saved file has the order and the alignment asked for")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const std::string       path = here / "x";
    stet::file_order        order = stet::reference_order;
    order.group = [](stet::dtype, std::uint64_t size) -> std::uint8_t { return size == 3 ? 1 : 0; };
    CHECK(sample.save(exact_path{path}, {.order = order}));
    const auto parsed = support::parse_checkpoint(here.content("x"));
    REQUIRE(parsed);
    CHECK(parsed->tensors.front().name == "model.diffusion_model.scale");
}

TEST_CASE("saves leave no descriptor open, whether they succeed or fail")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const std::string       path = here / "x";
    const std::size_t       before = support::open_descriptors();
    CHECK(sample.save(numbered{here.path(), "a/b/M"}));
    CHECK(sample.save(exact_path{path}));
    CHECK_FALSE(sample.save(exact_path{path}));
    CHECK_FALSE(sample.save(numbered{path, "M"}));
    CHECK(support::open_descriptors() == before);
}

// ---- many at once -----------------------------------------------------------------------------------------

TEST_CASE("threads that save at once get numbers of their own and whole files", "[thread]")
{
    constexpr unsigned      thread_count = 8;
    constexpr unsigned      saves = 12;
    const scratch_directory here;
    const std::string       root = here / "output"; // missing: all of them may create it
    struct outcome {
        std::uint64_t counter = 0;
        unsigned      seed = 0;
    };
    std::array<std::array<outcome, saves>, thread_count> outcomes{};
    {
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < thread_count; ++t) {
            threads.emplace_back([&, t] {
                for (unsigned i = 0; i < saves; ++i) {
                    const unsigned          seed = t * saves + i;
                    const sample_checkpoint sample(seed, 5000);
                    const auto              saved =
                        sample.save(numbered{.root = root, .prefix = "a/b/M"},
                                    {.durability = i % 4 == 0 ? durability::full : durability::none});
                    if (saved)
                        outcomes[t][i] = {.counter = saved->number.value_or(0), .seed = seed};
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
    }

    std::vector<std::uint64_t> counters;
    for (const auto& of_thread : outcomes) {
        for (const outcome& one : of_thread) {
            counters.push_back(one.counter);
            REQUIRE(one.counter != 0);
            const std::string name = stet::numbered_name("M", one.counter, stet::checkpoint_extension);
            CHECK(sample_checkpoint(one.seed, 5000).is_in(here.content("output/a/b/" + name)));
        }
    }
    std::sort(counters.begin(), counters.end());
    CHECK(std::adjacent_find(counters.begin(), counters.end()) == counters.end());
    CHECK(here.entries("output/a/b").size() == counters.size());
}

TEST_CASE("of threads that save under one new path exactly one succeeds", "[thread]")
{
    constexpr unsigned             thread_count = 8;
    const scratch_directory        here;
    const std::string              path = here / "x";
    std::array<errc, thread_count> codes{};
    {
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < thread_count; ++t) {
            threads.emplace_back([&, t] {
                const auto saved =
                    sample_checkpoint(t).save(exact_path{path}, {.durability = durability::none});
                codes[t] = saved ? errc{} : saved.error().code;
            });
        }
        for (std::thread& thread : threads)
            thread.join();
    }
    CHECK(std::count(codes.begin(), codes.end(), errc{}) == 1);
    CHECK(std::count(codes.begin(), codes.end(), errc::name_taken) == thread_count - 1);
    CHECK(here.entries() == names{"x"});
    const auto winner = static_cast<unsigned>(std::find(codes.begin(), codes.end(), errc{}) - codes.begin());
    CHECK(sample_checkpoint(winner).is_in(here.content("x")));
}

TEST_CASE("threads that replace one file leave one of theirs, whole, and a reader never sees another",
          "[thread]")
{
    constexpr unsigned      thread_count = 4;
    constexpr unsigned      saves = 10;
    const scratch_directory here;
    const std::string       path = here / "x";
    REQUIRE(sample_checkpoint(0).save(exact_path{path}));
    std::array<unsigned, thread_count> succeeded{};
    unsigned                           unsound = 0;
    const auto                         is_sound = [&] {
        std::string file = here.content("x");
        // Windows opens no file in the moment in which it is replaced.
        while (file.empty() && stet::native_paths == stet::path_style::windows)
            file = here.content("x");
        for (unsigned t = 0; t <= thread_count; ++t) {
            if (sample_checkpoint(t).is_in(file))
                return true;
        }
        return false;
    };
    {
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < thread_count; ++t) {
            threads.emplace_back([&, t] {
                const sample_checkpoint sample(t + 1);
                for (unsigned i = 0; i < saves; ++i) {
                    const auto lasting = i % 2 == 0 ? durability::none : durability::full;
                    const auto saved =
                        sample.save(exact_path{path, existing_file::replace}, {.durability = lasting});
                    // Windows replaces no file in the moment in which another has it open.
                    const bool is_in_use = stet::native_paths == stet::path_style::windows && !saved &&
                                           saved.error().code == errc::file_in_use;
                    if (saved || is_in_use)
                        ++succeeded[t];
                }
            });
        }
        for (unsigned i = 0; i < 100; ++i)
            unsound += is_sound() ? 0U : 1U;
        for (std::thread& thread : threads)
            thread.join();
    }
    for (const unsigned count : succeeded)
        CHECK(count == saves);
    CHECK(unsound == 0);
    CHECK(is_sound());
    CHECK(here.entries() == names{"x"});
}

#if !defined(_WIN32)

TEST_CASE("processes that save at once get numbers of their own and whole files")
{
    constexpr unsigned               process_count = 6;
    constexpr unsigned               saves = 10;
    const scratch_directory          here;
    const std::string                root = here / "output";
    std::array<pid_t, process_count> children{};
    for (unsigned c = 0; c < process_count; ++c) {
        children[c] = support::start_child([&] {
            for (unsigned i = 0; i < saves; ++i) {
                const sample_checkpoint sample(c * saves + i, 3000);
                const auto              saved =
                    sample.save(numbered{.root = root, .prefix = "a/M"}, {.durability = durability::none});
                if (!saved)
                    return 1;
                // Which number holds which content, for the parent.
                const std::string name = stet::numbered_name("M", *saved->number, stet::checkpoint_extension);
                if (!sample.is_in(here.content("output/a/" + name)))
                    return 2;
            }
            return 0;
        });
    }
    for (const pid_t child : children) {
        REQUIRE(child > 0);
        CHECK(support::wait_for(child) == 0);
    }
    const names saved = here.entries("output/a");
    CHECK(saved.size() == std::size_t{process_count} * saves);
    // Nothing was ever replaced: each content is there once.
    std::vector<std::string> contents;
    for (const std::string& name : saved)
        contents.push_back(here.content("output/a/" + name));
    std::sort(contents.begin(), contents.end());
    CHECK(std::adjacent_find(contents.begin(), contents.end()) == contents.end());
}

TEST_CASE("a save over the file whose mapped bytes are being saved keeps the mapping and the bytes")
{
    const scratch_directory here;
    const sample_checkpoint old(7, 20'000);
    const std::string       path = here / "x";
    for (const durability lasting : {durability::none, durability::full}) {
        REQUIRE(old.save(exact_path{path, existing_file::replace}));
        const std::string before = here.content("x");
        const int         file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        REQUIRE(file >= 0);
        void* const mapped = ::mmap(nullptr, before.size(), PROT_READ, MAP_SHARED, file, 0);
        REQUIRE(mapped != MAP_FAILED);
        ::close(file);

        const sample_checkpoint::dict dict{
            {"copy", *stet::view_of(stet::dtype::u8, {before.size()}, mapped, before.size())}};
        const stet::model_only checkpoint{.model = dict};
        CHECK(stet::save(checkpoint, stet::layouts::generic{}, exact_path{path, existing_file::replace},
                         {.durability = lasting}));
        const auto parsed = support::parse_checkpoint(here.content("x"));
        REQUIRE(parsed);
        CHECK(parsed->tensors.front().bytes == before);
        CHECK(std::string_view(static_cast<const char*>(mapped), before.size()) == before);
        ::munmap(mapped, before.size());
    }
}

TEST_CASE("a root that is a link is the folder behind it, and a link out of it is refused")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    here.make_folder("real/in");
    here.make_folder("outside");
    here.put_link("root", "real");
    here.put_link("real/inside", "in");
    here.put_link("real/out", "../outside");
    const std::string root = here / "root";

    const auto through_root = sample.save(numbered{.root = root, .prefix = "M"});
    REQUIRE(through_root);
    CHECK(through_root->path == root + "/M_00001_.safetensors");
    CHECK(here.has("real/M_00001_.safetensors"));
    CHECK(sample.save(numbered{.root = root, .prefix = "inside/M"}));
    CHECK(here.has("real/in/M_00001_.safetensors"));
    const auto refused = sample.save(numbered{.root = root, .prefix = "out/new/M"});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::outside_root);
    CHECK(here.entries("outside").empty());
}

TEST_CASE("a relative path begins at the current folder")
{
    const scratch_directory here;
    here.make_folder("a");
    const int outcome = support::in_child([&] {
        const sample_checkpoint sample;
        if (::chdir(here.path().c_str()) != 0)
            return 1;
        if (!sample.save(exact_path{"x"}) || !sample.save(exact_path{"a/y"}) ||
            !sample.save(exact_path{"./z"}))
            return 2;
        if (!sample.save(numbered{.root = ".", .prefix = "M"}) ||
            !sample.save(numbered{.root = "b/c", .prefix = "M"}))
            return 3;
        return 0;
    });
    CHECK(outcome == 0);
    CHECK(here.entries() == names{"M_00001_.safetensors", "a", "b", "x", "z"});
    CHECK(here.entries("a") == names{"y"});
    CHECK(here.entries("b/c") == names{"M_00001_.safetensors"});
}

TEST_CASE("a saved file has mode 0666 less the umask, whichever the target")
{
    const scratch_directory here;
    const sample_checkpoint sample;
    const std::string       path = here / "x";
    const mode_t            before = ::umask(027);
    CHECK(sample.save(exact_path{path}));
    CHECK(sample.save(numbered{here.path(), "M"}));
    ::umask(before);
    for (const std::string_view name : {"x", "M_00001_.safetensors"}) {
        struct stat status {};
        REQUIRE(::stat((here / name).c_str(), &status) == 0);
        CHECK((status.st_mode & 07777U) == 0640);
    }
}

#endif
