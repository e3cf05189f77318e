// SPDX-License-Identifier: MIT
// Shows or changes a checkpoint's metadata, and the names of its tensors. Another file takes the old one's place in one
// step, or the file itself is changed if it is asked for and what is new fits; tensors keep their bytes and their order.
#include "../report.hpp"
#include "../size_in_memory.hpp"
#include "checkpoint_file.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "subcommand.hpp"

#include <stet/edit.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using example::checkpoint_file;
using text_map = std::map<std::string, std::string>;

constexpr std::string_view program = "stet edit";

struct request {
    std::string                         path{};
    std::vector<std::string>            shown{};
    std::vector<example::key_and_value> set{};
    std::vector<example::key_and_value> set_to_file{}; ///< the value is a path
    std::vector<std::string>            removed{};
    std::vector<example::key_and_value> renamed{}; ///< tensors
    std::optional<double>               room{};
    bool                                is_in_place = false;
    std::optional<std::string>          output{};
    bool                                replaces = false;

    bool changes() const
    {
        return !set.empty() || !set_to_file.empty() || !removed.empty() || !renamed.empty();
    }
};

void settle(const request& asked)
{
    if (!asked.shown.empty() && (asked.changes() || asked.output))
        example::refuse_usage(program, "--get changes nothing; use it alone");
    if (asked.shown.empty() && !asked.changes())
        example::refuse_usage(program, "give --get, --set, --set-file, --remove or --rename");
    if (asked.is_in_place && asked.output)
        example::refuse_usage(program, "give --in-place or --output, not both");
    if (asked.room && !(*asked.room >= 0 && *asked.room <= static_cast<double>(stet::max_header_size)))
        example::refuse_usage(program, "--room is from 0 to " + example::grouped(stet::max_header_size));
    if (asked.replaces && !asked.output)
        example::refuse_usage(program, "--replace needs --output: the file itself is replaced anyway");
    std::set<std::string> keys;
    const auto            once = [&](const std::string& key) {
        if (!keys.insert(key).second)
            example::refuse_usage(program, "key '" + key + "' is named twice");
    };
    for (const auto* const pairs : {&asked.set, &asked.set_to_file}) {
        for (const auto& [key, value] : *pairs)
            once(key);
    }
    for (const std::string& key : asked.removed)
        once(key);
}

std::string missing(const checkpoint_file& file, const std::string& key)
{
    return example::quoted(file.path()) + " has no metadata " + example::quoted(key);
}

int show(const checkpoint_file& file, const std::vector<std::string>& keys)
{
    for (const std::string& key : keys) {
        const auto value = file.header().metadata(key);
        if (!value)
            return example::report_failure(program, missing(file, key));
        std::cout << *value << '\n';
    }
    return example::done;
}

/// Reads a whole file. Returns why it cannot, or nothing.
std::string read_text(const std::string& path, std::string& text)
{
    auto source = stet::file_source::open(path.c_str());
    if (!source)
        return stet::message(source.error());
    if (source->size() > stet::max_header_size)
        return example::quoted(path) + ": " + example::counted(source->size(), "byte") +
               " are more than a header holds";
    text.resize(example::size_in_memory(source->size()));
    if (const auto read = source->read(0, std::as_writable_bytes(std::span(text))); !read)
        return example::quoted(path) + ": " + stet::message(read.error());
    return {};
}

/// What is to be set. Returns why it cannot be, or nothing.
std::string find_values(const request& asked, const checkpoint_file& file, text_map& values)
{
    for (const std::string& key : asked.removed) {
        if (!file.header().metadata(key))
            return missing(file, key);
    }
    for (const auto& [key, value] : asked.set)
        values.insert_or_assign(key, value);
    for (const auto& [key, path] : asked.set_to_file) {
        if (const std::string complaint = read_text(path, values[key]); !complaint.empty())
            return complaint;
    }
    return {};
}

std::string_view in_words(stet::edit::done done)
{
    switch (done) {
    case stet::edit::done::nothing:
        return "as it was: there is nothing to change";
    case stet::edit::done::cloned:
        return "written anew, with tensors that share their blocks on the disk with the old file's";
    case stet::edit::done::copied:
        return "written anew";
    case stet::edit::done::one_sector:
        return "changed in place, within one sector of the disk";
    case stet::edit::done::with_undo:
        break;
    }
    return "changed in place, with an undo file meanwhile";
}

int print(const std::string& path, const stet::edit::edited& edited)
{
    checkpoint_file file;
    if (const std::string complaint = file.open(path); !complaint.empty())
        return example::report_failure(program, complaint);
    const std::size_t entries = file.header().metadata_size();
    std::cout << path << "\n    ";
    example::print_size(file.header().size(), edited.bytes);
    std::cout << "\n    metadata: " << (entries == 1 ? "1 entry" : example::grouped(entries) + " entries")
              << ", room for " << example::counted(edited.room, "byte") << " more\n    "
              << in_words(edited.done) << '\n';
    for (const std::string& key : edited.dropped)
        std::cout << "    dropped, for it holds no longer: " << key << '\n';
    if (!edited.keeps_access)
        std::cout << "    not everybody who could may read or write it now\n";
    return example::done;
}

int edit(const request& asked, checkpoint_file& file)
{
    text_map values;
    if (const std::string complaint = find_values(asked, file, values); !complaint.empty())
        return example::report_failure(program, complaint);
    file.close(); // Windows replaces none that is open
    const std::vector<std::string_view> removed(asked.removed.begin(), asked.removed.end());
    std::vector<stet::edit::renaming>   renamed;
    for (const auto& [from, to] : asked.renamed)
        renamed.push_back({.from = from, .to = to});

    const auto edited = [&] {
        example::progress_bar bar;
        return stet::edit::apply(
            file.path(), {.set = values, .remove = removed, .rename = renamed},
            {.way = asked.is_in_place ? stet::edit::way::in_place : stet::edit::way::whole,
             .header_room = static_cast<std::uint64_t>(asked.room.value_or(0)),
             .copy_to = asked.output ? std::string_view(*asked.output) : std::string_view(),
             .existing = asked.replaces ? stet::existing_file::replace : stet::existing_file::refuse,
             .progress = bar});
    }();
    if (!edited)
        return example::report_failure(program, example::told(edited.error()));
    return print(asked.output.value_or(file.path()), *edited);
}

int run(const request& asked)
{
    settle(asked);
    checkpoint_file file;
    if (const std::string complaint = file.open(asked.path); !complaint.empty())
        return example::report_failure(program, complaint);
    return asked.shown.empty() ? edit(asked, file) : show(file, asked.shown);
}

} // namespace

example::subcommand example::edit_command()
{
    const auto asked = std::make_shared<request>();
    return {
        .line =
            {.name = program,
             .purpose = "Shows or changes a checkpoint's metadata and the names of its tensors.",
             .words = "FILE",
             .fewest = 1,
             .most = 1,
             .options = {{"--get", "KEY", "print the value", &asked->shown},
                         {"--set", "KEY=VALUE", "set the key to the value", &asked->set},
                         {"--set-file", "KEY=PATH", "set it to what that file holds, to the last byte",
                          &asked->set_to_file},
                         {"--remove", "KEY", "remove the key, which has to be there", &asked->removed},
                         {"--rename", "TENSOR=NAME", "give a tensor another name", &asked->renamed},
                         {"--room", "BYTES", "where the header has to grow, leave so much room in it",
                          &asked->room},
                         {"--in-place", "", "change the file itself where what is new fits",
                          &asked->is_in_place},
                         {"--output", "FILE", "write there and leave the file as it is", &asked->output},
                         {"--replace", "", "even if there is a file of that name already", &asked->replaces}},
             .samples = {{"stet edit model.safetensors --get modelspec.title", "print what a key says"},
                         {"stet edit model.safetensors --set modelspec.title='My model' --remove prompt",
                          "set one key, remove another"}},
             .notes =
                 "Options with a KEY or a TENSOR may be repeated. Another file takes the old one's place in "
                 "one step; until then, and after any failure, the old one is as it was. With --in-place "
                 "who reads the file meanwhile, or after a loss of power and before the next edit, may see "
                 "a mixture of old and new. Tensors keep their bytes and their order; what metadata says "
                 "and is true no longer is dropped."},
        .run = [asked](const std::vector<std::string>& words) {
            asked->path = words[0];
            return ::run(*asked);
        }};
}
