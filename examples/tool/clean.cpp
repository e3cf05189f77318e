// SPDX-License-Identifier: MIT
// Lists and removes what saves and edits left whose process was killed.
#include "answer.hpp"
#include "readable.hpp"
#include "subcommand.hpp"

#include <stet/edit.hpp>
#include <stet/file/abandoned_parts.hpp>
#include <stet/shards.hpp>
#include <stet/vocabulary/message.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view program = "stet clean";
constexpr std::string_view part_ending = ".part";
constexpr std::string_view undo_ending = ".stet-undo";

namespace fs = std::filesystem;

struct request {
    bool                  only_lists = false;
    bool                  takes_all = false;
    bool                  is_recursive = false;
    std::optional<double> age{};
    example::answer       answer{program};

    stet::abandoned_options options() const
    {
        return {.least_age = static_cast<std::int64_t>(age.value_or(3600)), .removes = !only_lists};
    }
};

struct gone_file {
    std::string   path;
    std::uint64_t bytes = 0;
};

struct left_file {
    std::string path;
    std::string why;
};

struct outcome {
    std::vector<gone_file>   removed{};
    std::vector<left_file>   left{};
    std::vector<std::string> recovered{}; ///< files whose edit in place was cut short
    std::vector<std::string> complaints{};
    bool                     is_complete = true;
};

fs::path path_of(const std::string& text)
{
    return fs::path(std::u8string(text.begin(), text.end()));
}

std::string text_of(const fs::path& path)
{
    const std::u8string text = path.generic_u8string();
    return {text.begin(), text.end()};
}

std::string why(const stet::left_part& part)
{
    const std::string system =
        part.os_code == 0 ? std::string() : ": " + std::generic_category().message(part.os_code);
    switch (part.why) {
    case stet::left_because::in_use:
        return "its saver is at work";
    case stet::left_because::too_young:
        return "written too recently; --age says how long ago it has to be";
    case stet::left_because::not_lockable:
        return "nobody can tell whether its saver is alive" + system;
    case stet::left_because::not_removable:
        break;
    }
    return "the system refuses" + system;
}

/// The entries of one folder that saves may have left, with their sizes.
using candidates = std::map<std::string, std::uint64_t>;

/// Calls `take` with each entry of a folder. One that goes meanwhile, or that the system does not show, is no failure.
template <class Take>
void each_entry(const fs::path& folder, Take take)
{
    std::error_code        wrong;
    fs::directory_iterator at(folder, wrong);
    while (!wrong && at != fs::directory_iterator()) {
        take(*at);
        at.increment(wrong); // a loop over the range would throw
    }
}

candidates look_into(const fs::path& folder)
{
    candidates found;
    each_entry(folder, [&](const fs::directory_entry& one) {
        std::error_code   wrong;
        const std::string name = text_of(one.path().filename());
        const bool        is_ours = name.ends_with(part_ending) || name.ends_with(undo_ending);
        if (!is_ours || !one.is_regular_file(wrong))
            return;
        const std::uint64_t bytes = one.file_size(wrong);
        found.emplace(name, wrong ? 0 : bytes);
    });
    return found;
}

/// The file that a part file of an exact path was to become: `a.safetensors` of `a.safetensors.2.part`; empty for other
/// names.
std::string target_of(std::string_view name)
{
    if (!name.ends_with(part_ending))
        return {};
    name.remove_suffix(part_ending.size());
    const std::size_t digits = name.find_last_not_of("0123456789");
    if (digits != std::string_view::npos && digits + 1 != name.size() && name[digits] == '.')
        name = name.substr(0, digits);
    const bool is_ours = name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json");
    return is_ours ? std::string(name) : std::string();
}

// ---- what is done -----------------------------------------------------------------------------------------

/// One folder, or what belongs to one file in it.
class sweep {
public:
    sweep(const request& asked, fs::path folder, outcome& all)
        : asked_(&asked), folder_(std::move(folder)), entries_(look_into(folder_)), all_(&all)
    {
    }

    void numbered() { take(stet::remove_abandoned_numbered(text_of(folder_), {}, asked_->options())); }

    void exact(const std::string& name)
    {
        take(stet::remove_abandoned_exact(text_of(folder_ / path_of(name)), asked_->options()));
        recover(name);
    }

    void sets()
    {
        for (const stet::shards::name_pattern& names :
             {stet::shards::name_pattern(), stet::shards::diffusers_names})
            take(stet::shards::remove_abandoned(text_of(folder_), names, asked_->options()));
    }

    /// What numbered saves did not leave: downloads of browsers have such names, too.
    void others()
    {
        std::set<std::string> targets;
        for (const auto& [name, bytes] : entries_) {
            if (name.ends_with(undo_ending))
                recover(name.substr(0, name.size() - undo_ending.size()));
            else if (const std::string target = target_of(name); !target.empty())
                targets.insert(target);
        }
        if (asked_->takes_all) {
            for (const std::string& target : targets)
                exact(target);
            sets();
            return;
        }
        for (const auto& [name, bytes] : entries_) {
            if (!target_of(name).empty())
                all_->left.push_back(
                    {text_of(folder_ / path_of(name)),
                     "a browser may be fetching it; name the file it is to be, or give --all"});
        }
    }

private:
    void recover(const std::string& name)
    {
        if (!entries_.contains(name + std::string(undo_ending)))
            return;
        const std::string path = text_of(folder_ / path_of(name));
        if (!asked_->only_lists) {
            if (const auto done = stet::edit::recover(path); !done) {
                all_->complaints.push_back(stet::message(done.error()));
                return;
            }
        }
        all_->recovered.push_back(path);
    }

    void take(const stet::result<stet::abandoned_parts>& found)
    {
        if (!found) {
            all_->complaints.push_back(stet::message(found.error()));
            return;
        }
        all_->is_complete = all_->is_complete && found->is_complete;
        for (const std::string& name : found->removed) {
            const auto known = entries_.find(name);
            add(all_->removed,
                {text_of(folder_ / path_of(name)), known == entries_.end() ? 0 : known->second});
        }
        for (const stet::left_part& part : found->left)
            add(all_->left, {text_of(folder_ / path_of(part.name)), why(part)});
    }

    /// Two rules may fit one file.
    template <class File>
    static void add(std::vector<File>& all, File one)
    {
        if (std::none_of(all.begin(), all.end(), [&](const File& other) { return other.path == one.path; }))
            all.push_back(std::move(one));
    }

    const request* asked_;
    fs::path       folder_;
    candidates     entries_;
    outcome*       all_;
};

void clean_folder(const request& asked, const fs::path& folder, outcome& all)
{
    sweep one(asked, folder, all);
    one.numbered();
    one.others();
}

/// The folders in a folder; not what links lead to.
std::vector<fs::path> folders_in(const fs::path& folder)
{
    std::vector<fs::path> found;
    each_entry(folder, [&](const fs::directory_entry& one) {
        std::error_code wrong;
        if (one.is_directory(wrong) && !one.is_symlink(wrong))
            found.push_back(one.path());
    });
    return found;
}

void clean_below(const request& asked, const fs::path& top, outcome& all)
{
    std::vector<fs::path> left = folders_in(top);
    while (!left.empty()) {
        const fs::path    folder = std::move(left.back());
        const std::size_t complaints = all.complaints.size();
        std::error_code   wrong;
        left.pop_back();
        clean_folder(asked, folder, all);
        if (!fs::exists(folder, wrong) && !wrong) // it went meanwhile, so that nothing is left in it
            all.complaints.resize(complaints);
        for (fs::path& below : folders_in(folder))
            left.push_back(std::move(below));
    }
}

void clean(const request& asked, const std::string& word, outcome& all)
{
    const fs::path  path = path_of(word);
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) {
        const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
        if (fs::is_directory(folder, ignored))
            sweep(asked, folder, all).exact(text_of(path.filename()));
        else
            all.complaints.push_back(example::quoted(word) + ": no such file or folder");
        return;
    }
    clean_folder(asked, path, all);
    if (asked.is_recursive)
        clean_below(asked, path, all);
}

// ---- what is said -----------------------------------------------------------------------------------------

void print(const request& asked, const outcome& all)
{
    std::uint64_t bytes = 0;
    for (const gone_file& one : all.removed) {
        bytes += one.bytes;
        std::cout << stet::readable(one.path) << (asked.only_lists ? ": would go, " : ": removed, ")
                  << example::counted(one.bytes, "byte") << '\n';
    }
    for (const std::string& path : all.recovered)
        std::cout << stet::readable(path) << (asked.only_lists ? ": would be recovered" : ": recovered")
                  << ", an edit in place was cut short\n";
    for (const left_file& one : all.left)
        std::cout << stet::readable(one.path) << ": left, " << one.why << '\n';
    if (all.removed.empty() && all.recovered.empty() && all.left.empty() && all.complaints.empty())
        std::cout << "nothing is left of killed saves\n";
    else if (!all.removed.empty())
        std::cout << example::counted(all.removed.size(), "file") << " of " << example::counted(bytes, "byte")
                  << (asked.only_lists ? " would go\n" : " removed\n");
    if (!all.is_complete)
        std::cout << "there are more; run it again\n";
}

void write_json(example::json_list& object, const request& asked, const outcome& all)
{
    object.truth("dry_run", asked.only_lists);
    object.objects("removed", all.removed, [](example::json_list& file, const gone_file& one) {
        file.next("path") << example::json_text(one.path);
        file.next("bytes") << one.bytes;
    });
    object.objects("left", all.left, [](example::json_list& file, const left_file& one) {
        file.next("path") << example::json_text(one.path);
        file.next("why") << example::json_text(one.why);
    });
    object.texts("recovered", all.recovered);
    object.texts("errors", all.complaints);
    object.truth("complete", all.is_complete);
}

int run(const request& asked, const std::vector<std::string>& words)
{
    constexpr double longest = 1e10;
    if (asked.age && !(*asked.age >= 0 && *asked.age <= longest))
        example::refuse_usage(program, "--age needs a number of seconds from 0 on");
    outcome all;
    for (const std::string& word : words)
        clean(asked, word, all);
    const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
    std::sort(all.removed.begin(), all.removed.end(), by_path);
    std::sort(all.left.begin(), all.left.end(), by_path);
    if (asked.answer.is_json())
        asked.answer.write([&](example::json_list& object) { write_json(object, asked, all); });
    else
        print(asked, all);
    int status = example::done;
    for (const std::string& complaint : all.complaints)
        status = example::report_failure(program, complaint);
    return status;
}

} // namespace

example::subcommand example::clean_command()
{
    const auto   asked = std::make_shared<request>();
    command_line line{
        .name = program,
        .purpose = "Lists and removes what killed saves and edits left.",
        .words = "FOLDER|FILE...",
        .fewest = 1,
        .most = SIZE_MAX,
        .options = {{"--dry-run", "", "list what would go, and change nothing", &asked->only_lists},
                    {"--recursive", "", "look into folders below, too", &asked->is_recursive},
                    {"--all", "", "remove files that a browser may be fetching, too", &asked->takes_all},
                    {"--age", "SECONDS", "only files that nobody wrote to for so long (3600)", &asked->age}},
        .samples = {{"stet clean output --recursive --dry-run", "see what an output folder has of it"},
                    {"stet clean models/model.safetensors",
                     "remove what saves to this path left, and finish or undo an edit"}},
        .notes =
            "A save writes to a file that ends in .part until all of it is there; a process that is "
            "killed leaves that behind. Of a folder what numbered saves left goes "
            "(ComfyUI_00007_.part); a file such as model.safetensors.part may be a browser's, so it goes "
            "with --all, or where the path it is to have is given. A file whose saver is at work is "
            "locked and never goes. An edit in place that was cut short is undone or finished."};
    asked->answer.describe(line.options);
    return {.line = std::move(line),
            .run = [asked](const std::vector<std::string>& words) { return ::run(*asked, words); }};
}
