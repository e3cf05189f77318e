// SPDX-License-Identifier: MIT
// Saves on Windows, without a test framework, so that a cross compiler and an emulator suffice.
//
//   windows_save write PATH           saves the sample to PATH; on any system, to compare the bytes
//   windows_save race ROOT COUNT      saves COUNT times below ROOT; several such processes race for numbers
//   windows_save check FOLDER         runs the checks in FOLDER, which exists; those of links if it holds
//                                     "linked/inside", to "linked/target", and "linked/outside", to "beside"
#include <stet/file/abandoned_parts.hpp>
#include <stet/stet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// A small checkpoint whose content differs from seed to seed.
class sample {
public:
    explicit sample(std::uint32_t seed) : weights_(5000)
    {
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            seed = seed * 1664525U + 1013904223U;
            weights_[i] = static_cast<float>(seed >> 8U);
        }
        model_.emplace_back("weights", *stet::view_of(weights_, {50, 100}));
        model_.emplace_back("scale", *stet::view_of(scale_, {}));
    }
    sample(const sample&) = delete;
    sample& operator=(const sample&) = delete;
    ~sample() = default;

    template <class Target>
    stet::result<stet::saved_checkpoint> save(const Target&             where,
                                              const stet::save_options& options = {}) const
    {
        return stet::save(stet::model_only{.model = model_}, stet::layouts::generic{}, where, options);
    }

    /// The file as it is written to memory.
    std::string bytes() const
    {
        std::string       text;
        stet::append_sink destination(text);
        const auto        saved =
            stet::save(stet::model_only{.model = model_}, stet::layouts::generic{}, destination, {});
        return saved ? text : "not written";
    }

private:
    std::vector<float>          weights_;
    std::array<std::uint8_t, 1> scale_{7}; // so that the header is no multiple of eight
    std::vector<std::pair<std::string, stet::tensor_view>> model_{};
};

int write(const char* path)
{
    const sample own(1);
    const auto   saved = own.save(stet::exact_path{path, stet::existing_file::replace});
    if (!saved)
        std::fprintf(stderr, "%s\n", stet::message(saved.error()).c_str());
    return saved && saved->bytes == own.bytes().size() ? 0 : 1;
}

int race(const char* root, int count)
{
    const sample own(2);
    for (int i = 0; i < count; ++i) {
        const auto saved =
            own.save(stet::numbered{.root = root, .prefix = "a/M"}, {.durability = stet::durability::none});
        if (!saved) {
            std::fprintf(stderr, "%s\n", stet::message(saved.error()).c_str());
            return 1;
        }
    }
    return 0;
}

} // namespace

#if defined(_WIN32)

// After the library, whose own declarations of the system's calls must agree with the system's.
#include "windows_checks.hpp"

#include <stet/comfyui/comfyui_target.hpp>

#include <process.h>
#include <thread>

namespace {

using namespace windows_checks;
using stet::errc;
using stet::exact_path;
using stet::existing_file;
using stet::numbered;

/// A folder of its own for every check.
std::string fresh_folder(const std::string& above)
{
    static int        count = 0;
    const std::string path = above + "/check" + std::to_string(++count);
    CreateDirectoryW(raw(path).c_str(), nullptr);
    return path;
}

// ---- the checks -------------------------------------------------------------------------------------------

void check_numbered(const std::string& here)
{
    const sample first(1);
    const sample second(2);
    const auto   one = first.save(numbered{.root = here + "/missing/output", .prefix = "a/b/Comfy"});
    if (expect_success(one, "a save creates the folders that are missing")) {
        expect(one->number == 1 && one->bytes == first.bytes().size(), "the first number is 1");
        expect(one->path == here + "/missing/output/a/b/Comfy_00001_.safetensors",
               "the path is told as it was given");
    }
    const auto two = second.save(numbered{.root = here + "\\missing\\output\\", .prefix = "a\\b\\Comfy"});
    expect(two && two->number == 2, "a backslash separates as a slash does");
    expect(entries(here + "/missing/output/a/b") ==
               names{"Comfy_00001_.safetensors", "Comfy_00002_.safetensors"},
           "two saves leave two files and nothing else");
    expect(content(here + "/missing/output/a/b/Comfy_00001_.safetensors") == first.bytes(),
           "the first file is whole");
    expect(content(here + "/missing/output/a/b/Comfy_00002_.safetensors") == second.bytes(),
           "the second is, too");

    put(here + "/missing/output/a/b/COMFY_00041_.png", "picture");
    const auto next = first.save(numbered{.root = here + "/missing/output", .prefix = "A/B/comfy"});
    expect(next && next->number == 42, "numbers and folders are found whatever the case of their letters");

    const auto dated = first.save(numbered{.root = here, .prefix = "%year%-%month%/M"});
    expect(dated && dated->path.substr(here.size() + 1, 2) == "20", "the clock fills a prefix's fields");
}

void check_letters(const std::string& here)
{
    const sample      own(16);
    const std::string folder = here + "/CheckPoints";
    CreateDirectoryW(raw(folder).c_str(), nullptr);
    put(folder + "/comfyui_00007_.SAFETENSORS", "another's");
    const auto counter_of = [&](const auto& where) {
        const auto saved = own.save(where);
        return expect_success(saved, "a number is found") ? saved->number.value_or(0) : 0;
    };
    const numbered where{.root = here, .prefix = "checkpoints/ComfyUI"};
    expect(counter_of(where) == 8, "a checkpoint takes its number whatever the case of its letters");
    put(folder + "/COMFYUI_00011_.PART", "another's");
    expect(counter_of(where) == 12, "so does one that is being written");
    std::string normalized = here; // as comfyui_0_8 wants it
    std::replace(normalized.begin(), normalized.end(), '/', '\\');
    stet::comfyui::numbered comfyui{.output_dir = normalized, .prefix = "CHECKPOINTS/comfyUI"};
    expect(counter_of(comfyui) == 13, "ComfyUI 0.8.0's rules see them, too");
    comfyui.rule = stet::comfyui::naming_rule::comfyui_2026;
    expect(counter_of(comfyui) == 14, "and so do the newer ones");
    expect(entries(here) == names{"CheckPoints"}, "the folder keeps its name and is the only one");
    expect(content(folder + "/ComfyUI_00007_.safetensors") == "another's", "what was there is untouched");

    // Letters of other scripts are one to the system, but not to who reads the names.
    put(folder + "/\xC3\x89_00001_.safetensors", "another's");
    expect(counter_of(numbered{.root = folder, .prefix = "\xC3\xA9"}) == 2,
           "a number whose name the system holds for taken is passed over");
    expect(content(folder + "/\xC3\xA9_00001_.safetensors") == "another's", "and its file untouched");

    expect_error(own.save(exact_path{folder + "/COMFYUI_00007_.Safetensors"}), errc::name_taken,
                 "an exact name that differs in case alone is taken");
    expect_success(
        own.save(exact_path{here + "/checkpoints/COMFYUI_00007_.Safetensors", existing_file::replace}),
        "and replaced if asked");
    expect(content(folder + "/comfyui_00007_.SAFETENSORS") == own.bytes(), "it is the same file");
    expect(entries(folder).size() == 8, "nothing else is left");
}

void check_unicode(const std::string& here)
{
    const sample      own(3);
    const std::string model = "\xE6\xA8\xA1\xE5\x9E\x8B"; // two CJK characters
    const std::string face = "\xF0\x9F\x98\x80";          // above the first plane
    const auto saved = own.save(numbered{.root = here + "/" + model, .prefix = face + "/\xC3\x9Cn" + face});
    expect_success(saved, "folders and names may have any characters");
    const std::wstring path =
        raw(here) + L"\\\x6A21\x578B\\\xD83D\xDE00\\\xDCn\xD83D\xDE00_00001_.safetensors";
    expect(GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES,
           "the name on disk is the same in UTF-16");
    const auto again = own.save(numbered{.root = here + "/" + model, .prefix = face + "/\xC3\x9Cn" + face});
    expect(again && again->number == 2, "a name with such characters is recognised in the folder");
    const std::string exact = here + "/" + face + model + ".safetensors";
    expect_success(own.save(exact_path{exact}), "an exact path may have any characters");
    expect(content(exact) == own.bytes(), "the file at that path is whole");

    expect(!own.save(exact_path{here + "/a\xFF.safetensors"}), "a path that is not UTF-8 is refused");
    expect(!own.save(numbered{.root = here + "/\xED\xA0\xBD", .prefix = "M"}),
           "a root that is not UTF-8 is refused");
    expect(entries(here) == names{model, face + model + ".safetensors"}, "what is refused leaves nothing");
}

void check_exact(const std::string& here)
{
    const sample      old(4);
    const sample      fresh(5);
    const std::string path = here + "/model.safetensors";
    expect_success(old.save(exact_path{path}), "an exact path is saved to");
    expect_error(fresh.save(exact_path{path}), errc::name_taken, "an existing file is refused");
    expect(content(path) == old.bytes(), "a refused save leaves the old file");
    expect_success(fresh.save(exact_path{path, existing_file::replace}),
                   "an existing file is replaced if asked");
    expect(content(path) == fresh.bytes(), "the replaced file is the new one");
    expect_success(old.save(exact_path{here + "/MODEL.SafeTensors", existing_file::replace}),
                   "a file is replaced whatever the case of its letters");
    expect(content(path) == old.bytes() && entries(here).size() == 1, "there is one file then");
    expect_error(old.save(exact_path{here + "/none/model.safetensors"}), errc::folder_missing,
                 "the folder of an exact path must exist");
    CreateDirectoryW(raw(here + "/folder").c_str(), nullptr);
    expect_error(old.save(exact_path{here + "/folder", existing_file::replace}), errc::not_a_regular_file,
                 "a folder is never replaced");
    const auto cancel = [](const stet::progress&) { return false; };
    expect_error(fresh.save(exact_path{path, existing_file::replace}, {.progress = cancel}), errc::cancelled,
                 "a save can be cancelled");
    expect(content(path) == old.bytes(), "a cancelled save leaves the old file");
    expect(entries(here) == names{"folder", "model.safetensors"}, "failed saves leave no part file");
}

void check_reserved_names(const std::string& here)
{
    const sample own(6);
    for (const std::string_view prefix :
         {"NUL", "con", "COM1", "a/lpt9.x/M", "aux /M", "name:stream", "M?", "M*", "a./M"})
        expect_error(own.save(numbered{.root = here, .prefix = prefix}), errc::invalid_file_name,
                     "a reserved name is no prefix: " + std::string(prefix));
    for (const std::string_view prefix :
         {"C:/M", "C:M", "/M", "\\M", "\\\\server\\share\\M", "..\\M", "a\\..\\..\\M"})
        expect_error(own.save(numbered{.root = here, .prefix = prefix}), errc::outside_root,
                     "a prefix does not leave the root: " + std::string(prefix));
    for (const std::string_view name : {"NUL", "nul.safetensors", "a.safetensors:stream", "a.", "a ", "a|b"})
        expect_error(own.save(exact_path{here + "/" + std::string(name)}), errc::invalid_file_name,
                     "a reserved name is no exact name: " + std::string(name));
    expect(entries(here).empty(), "reserved names leave nothing");
}

void check_long_paths(const std::string& here)
{
    const sample own(7);
    std::string  below;
    for (int i = 0; i < 12; ++i)
        below += "a folder with a rather long name " + std::to_string(i) + "/";
    for (const std::uint64_t number : {1U, 2U}) {
        const auto saved = own.save(numbered{.root = here, .prefix = below + "M"});
        if (expect_success(saved, "a path may be longer than 260 characters"))
            expect(saved->number == number && content(saved->path) == own.bytes(),
                   "the file is there, and whole");
    }
    const std::string folder = here + "/" + below.substr(0, below.size() - 1);
    expect_success(own.save(numbered{.root = folder, .prefix = "N"}), "so may a root");
    expect_success(own.save(exact_path{folder + "/exact.safetensors"}), "and an exact path");
    expect_success(own.save(exact_path{folder + "/exact.safetensors", existing_file::replace}),
                   "which is replaced");
    expect(entries(folder).size() == 4, "nothing else lies there");

    expect_error(own.save(numbered{.root = here, .prefix = std::string(300, 'n')}), errc::file_name_too_long,
                 "a single name must not be longer than 255");
    expect_success(own.save(numbered{.root = here, .prefix = std::string(255 - 19, 'n')}), "255 is allowed");
    expect(entries(here).size() == 2, "a name too long leaves nothing");
}

void check_files_in_use(const std::string& here)
{
    const sample      old(8);
    const sample      fresh(9);
    const std::string path = here + "/model.safetensors";
    expect_success(old.save(exact_path{path}), "a file is there");
    const exact_path replace{path, existing_file::replace};
    const auto       expect_refused = [&](errc code, std::string_view text) {
        expect_error(fresh.save(replace), code, text);
        expect(content(path) == old.bytes(), "the old file is whole then");
        expect(entries(here) == names{"model.safetensors"}, "no part file is left then");
    };
    {
        const handle reader(opened(path, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING));
        expect_refused(errc::file_in_use, "a file that another program reads is not replaced");
    }
    {
        const handle reader(opened(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING));
        const handle mapping(CreateFileMappingW(reader.value(), nullptr, PAGE_READONLY, 0, 0, nullptr));
        void* const  view = MapViewOfFile(mapping.value(), FILE_MAP_READ, 0, 0, 0);
        expect(view != nullptr, "the file can be mapped");
        expect_refused(errc::file_in_use, "a file that is mapped into memory is not replaced");
        UnmapViewOfFile(view);
    }
    SetFileAttributesW(raw(path).c_str(), FILE_ATTRIBUTE_READONLY);
    expect_refused(errc::permission_denied, "a read-only file is not replaced");
    SetFileAttributesW(raw(path).c_str(), FILE_ATTRIBUTE_NORMAL);
    {
        // A virus scanner looks at a file for a moment only.
        const HANDLE held = opened(path, GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
        std::thread  scanner([held] {
            Sleep(60);
            CloseHandle(held);
        });
        expect_success(fresh.save(replace), "a file that another program lets go of is replaced");
        scanner.join();
    }
    expect(content(path) == fresh.bytes(), "the file is the new one");
}

void check_while_saving(const std::string& here)
{
    const sample      own(10);
    const std::string part = here + "/out/M_00001_.part";
    bool              seen = false;
    const auto        on_progress = [&](const stet::progress& progress) {
        if (std::exchange(seen, true))
            return true;
        expect(entries(here + "/out") == names{"M_00001_.part"},
                      "while it is written only the part file is seen");
        const handle  reader(opened(part, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING));
        LARGE_INTEGER size{};
        GetFileSizeEx(reader.value(), &size);
        expect(static_cast<std::uint64_t>(size.QuadPart) == progress.bytes_total, "its space is set aside");
        const handle writer(opened(part, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING));
        expect(!writer.is_open(), "nobody else can write to it");
        expect(DeleteFileW(raw(part).c_str()) == 0, "nor delete it");
        expect(MoveFileW(raw(here + "/out").c_str(), raw(here + "/moved").c_str()) == 0,
                      "nor move its folder");
        const auto other = sample(11).save(numbered{.root = here + "/out", .prefix = "M"});
        expect(other && other->number == 2, "another save meanwhile gets the next number");
        return true;
    };
    expect_success(own.save(numbered{.root = here + "/out", .prefix = "M"}, {.progress = on_progress}),
                   "a save succeeds whatever others try meanwhile");
    expect(content(here + "/out/M_00001_.safetensors") == own.bytes(), "its file is whole");
    expect(MoveFileW(raw(here + "/out").c_str(), raw(here + "/moved").c_str()) != 0,
           "afterwards the folder is free");
}

void check_abandoned(const std::string& here)
{
    const auto remove = [&](std::int64_t least_age) {
        return stet::remove_abandoned_numbered(here, {}, {.least_age = least_age});
    };
    put(here + "/M_00003_.part", "half");
    put(here + "/model.safetensors.part", "another program's");
    auto found = remove(3600);
    expect(found && found->removed.empty() && found->left.size() == 1 &&
               found->left[0].why == stet::left_because::too_young,
           "a part file just written is too young");
    const sample own(20);
    bool         was_left = false;
    const auto   on_progress = [&](const stet::progress&) {
        found = remove(0);
        was_left = found && found->left.size() == 1 && found->left[0].name == "M_00004_.part" &&
                   found->left[0].why == stet::left_because::in_use;
        return true;
    };
    expect_success(own.save(numbered{.root = here, .prefix = "M"}, {.progress = on_progress}),
                   "a file is saved while others clean up");
    expect(was_left, "the part file of a live save stays");
    expect(entries(here) == names{"M_00004_.safetensors", "model.safetensors.part"},
           "what a dead save left is removed, what another program left is not");
    expect(DeleteFileW(raw(here + "/model.safetensors.part").c_str()) != 0, "which goes at the end");

    auto live = stet::numbered_target::take(stet::native_file_system(), here, {.folder = {}, .stem = "M"},
                                            stet::durability::none);
    expect(live && live->number() == 5, "a number is held");
    bool was_kept = false;
    {
        // As it is between closing the file and naming it.
        const auto in = stet::folder::open(stet::native_file_system(), here);
        put(here + "/M_00009_.part", "half");
        const auto lock = in ? stet::detail::file_lock::take(*in, "M_00009_.part", here)
                             : stet::result<stet::detail::file_lock>(
                                   stet::detail::os_error(ENOENT, stet::detail::system_step::lock, here));
        found = remove(0);
        was_kept = lock && found && found->left.size() == 2;
        const int moved =
            in ? stet::native_file_system()
                     .move(nullptr, in->handle(), "M_00009_.part", "renamed", existing_file::refuse)
                     .error
               : -1;
        expect(moved == 0, "a locked file can be renamed");
    }
    expect(was_kept, "a locked file stays though no writer has it open");
}

void check_names_taken_meanwhile(const std::string& here)
{
    const sample own(15);
    const auto   take = [&here](std::string_view name) {
        return [path = here + '/' + std::string(name)](const stet::progress&) {
            put(path, "another's");
            return true;
        };
    };
    const auto take_number = take("M_00001_.safetensors");
    const auto take_exact = take("exact.safetensors");
    const auto numbered_save = own.save(numbered{.root = here, .prefix = "M"}, {.progress = take_number});
    expect(numbered_save && numbered_save->number == 2,
           "a number that was taken meanwhile is left to its taker");
    expect(content(here + "/M_00001_.safetensors") == "another's", "the taker's file is untouched");
    expect(content(here + "/M_00002_.safetensors") == own.bytes(), "the next number's file is whole");
    expect_error(own.save(exact_path{here + "/exact.safetensors"}, {.progress = take_exact}),
                 errc::name_taken, "an exact name that was taken meanwhile is refused");
    expect(content(here + "/exact.safetensors") == "another's", "what took it is untouched");
    expect(!has_part_file(entries(here)), "no part file is left of either");
}

void check_races(const std::string& here, const char* program)
{
    constexpr std::size_t    savers = 4;
    constexpr std::size_t    saves = 15;
    std::array<int, savers>  codes{};
    std::vector<std::thread> threads;
    for (int& code : codes)
        threads.emplace_back([&code, &here] { code = race((here + "/threads").c_str(), saves); });
    for (std::thread& thread : threads)
        thread.join();
    expect(codes == std::array<int, savers>{}, "threads that save at once succeed");

    const std::string          root = here + "/processes";
    const std::string          count = std::to_string(saves);
    std::vector<std::intptr_t> processes;
    for (std::size_t i = 0; i < savers; ++i)
        processes.push_back(
            _spawnl(_P_NOWAIT, program, "windows_save", "race", root.c_str(), count.c_str(), nullptr));
    for (const std::intptr_t process : processes) {
        int code = -1;
        expect(process != -1 && _cwait(&code, process, 0) != -1 && code == 0,
               "processes that save at once succeed");
    }

    names expected;
    for (std::size_t i = 1; i <= savers * saves; ++i)
        expected.push_back(stet::numbered_name("M", i, stet::checkpoint_extension));
    for (const std::string& folder : {here + "/threads/a", here + "/processes/a"}) {
        const names found = entries(folder);
        expect(found == expected, "each has a number of its own, none is left out, nothing else is left");
        bool all_whole = true;
        for (const std::string& name : found)
            all_whole = all_whole && content(folder + "/" + name) == sample(2).bytes();
        expect(all_whole, "every file is whole");
    }
}

void check_replacing_at_once(const std::string& here)
{
    constexpr std::uint32_t  savers = 4;
    const std::string        path = here + "/model.safetensors";
    std::array<int, savers>  successes{};
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < savers; ++i) {
        threads.emplace_back([&path, &success = successes[i], i] {
            const sample own(i);
            for (int k = 0; k < 10; ++k)
                success +=
                    own.save(exact_path{path, existing_file::replace}, {.durability = stet::durability::none})
                        ? 1
                        : 0;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    expect(successes == std::array<int, savers>{10, 10, 10, 10}, "threads that replace one file all succeed");
    bool is_one_of_theirs = false;
    for (std::uint32_t i = 0; i < savers; ++i)
        is_one_of_theirs = is_one_of_theirs || content(path) == sample(i).bytes();
    expect(is_one_of_theirs, "the file is one of theirs, whole");
    expect(!has_part_file(entries(here)), "no part file is left");
}

void check_missing_places(const std::string& here)
{
    const sample own(12);
    char         drive = 'A';
    while (drive < 'Z' && GetDriveTypeA((std::string(1, drive) + ":\\").c_str()) != DRIVE_NO_ROOT_DIR)
        ++drive;
    const std::string missing(1, drive);
    expect_error(own.save(numbered{.root = missing + ":/a/b", .prefix = "M"}), errc::folder_missing,
                 "a drive that is not there cannot be saved to");
    expect(!own.save(numbered{.root = "\\\\no-such-server.invalid\\share\\a", .prefix = "M"}),
           "nor a server that is not there");
    expect(GetFileAttributesW(raw(here.substr(0, 3) + "no-such-server.invalid").c_str()) ==
               INVALID_FILE_ATTRIBUTES,
           "its folders are not created on this machine");
    put(here + "/file", "content");
    for (const std::string_view root : {"/file", "/file/", "/file/a"})
        expect_error(own.save(numbered{.root = here + std::string(root), .prefix = "M"}),
                     errc::folder_missing, "a file is no folder: " + std::string(root));
    expect(content(here + "/file") == "content", "the file is untouched");
}

void check_links(const std::string& here)
{
    const DWORD attributes = GetFileAttributesW(raw(here + "/linked/inside").c_str());
    if (attributes == INVALID_FILE_ATTRIBUTES || (attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0) {
        std::printf("without links: there are none in %s/linked\n", here.c_str());
        return;
    }
    const sample      own(13);
    const std::string root = here + "/linked";
    const auto        inside = own.save(numbered{.root = root, .prefix = "inside/M"});
    expect_success(inside, "a link that stays in the root is followed");
    expect(entries(root + "/target") == names{"M_00001_.safetensors"}, "the file lies behind the link");
    expect_error(own.save(numbered{.root = root, .prefix = "outside/M"}), errc::outside_root,
                 "a link out of the root is refused");
    expect_error(own.save(numbered{.root = root, .prefix = "outside/new/M"}), errc::outside_root,
                 "so is what lies below one");
    expect(entries(here + "/beside").empty(), "nothing is created outside the root");
    const auto through = own.save(numbered{.root = root + "/outside", .prefix = "M"});
    expect_success(through, "the root itself may be a link");
    expect(entries(here + "/beside") == names{"M_00001_.safetensors"}, "the root is where its link leads");
    expect_success(own.save(exact_path{root + "/inside/exact.safetensors"}),
                   "an exact path may go through links");
}

void check_short_forms(const std::string& here)
{
    const sample own(14);
    SetCurrentDirectoryW(wide(here).c_str());
    expect_success(own.save(numbered{.root = "relative", .prefix = "M"}), "a root may be relative");
    expect_success(own.save(numbered{.root = ".", .prefix = "M"}), "it may be the current folder");
    expect_success(own.save(exact_path{"exact.safetensors"}), "an exact path may be a name alone");
    const std::string no_drive = here.substr(2);
    expect_success(own.save(numbered{.root = no_drive + "/rooted", .prefix = "M"}),
                   "a root may lack the drive");
    expect_success(own.save(numbered{.root = "relative/../up", .prefix = "M"}), "it may climb");
    expect_success(own.save(numbered{.root = narrow(raw(here).c_str()) + "\\unlimited", .prefix = "M"}),
                   "it may be in the form without limit");
    expect(entries(here) ==
               names{"M_00001_.safetensors", "exact.safetensors", "relative", "rooted", "unlimited", "up"},
           "each lies where it should");
}

int check(const char* folder, const char* program)
{
    const std::string here = full_path(folder);
    check_numbered(fresh_folder(here));
    check_letters(fresh_folder(here));
    check_unicode(fresh_folder(here));
    check_exact(fresh_folder(here));
    check_reserved_names(fresh_folder(here));
    check_long_paths(fresh_folder(here));
    check_files_in_use(fresh_folder(here));
    check_while_saving(fresh_folder(here));
    check_abandoned(fresh_folder(here));
    check_names_taken_meanwhile(fresh_folder(here));
    check_races(fresh_folder(here), program);
    check_replacing_at_once(fresh_folder(here));
    check_missing_places(fresh_folder(here));
    check_links(here);
    check_short_forms(fresh_folder(here)); // last: it changes the current folder
    return report();
}

} // namespace

#else

namespace {

int check(const char*, const char*)
{
    std::fputs("the checks need Windows\n", stderr);
    return 2;
}

} // namespace

#endif

int main(int count, char** values)
{
    const std::string_view task = count > 2 ? values[1] : "";
    if (task == "write")
        return write(values[2]);
    if (task == "race" && count > 3)
        return race(values[2], std::atoi(values[3]));
    if (task == "check")
        return check(values[2], values[0]);
    std::fputs("write PATH, race ROOT COUNT or check FOLDER\n", stderr);
    return 2;
}
