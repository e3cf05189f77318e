// SPDX-License-Identifier: MIT
// Shows or changes a checkpoint's metadata, and the names of its tensors. Another file takes the old one's place in one
// step, or the file itself is changed if it is asked for and what is new fits; tensors keep their bytes and their order.
#include "../report.hpp"
#include "../size_in_memory.hpp"
#include "answer.hpp"
#include "checkpoint_file.hpp"
#include "header_ceilings.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "subcommand.hpp"

#include <stet/edit.hpp>
#include <stet/vocabulary/message.hpp>

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
#include <utility>
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
    bool                                is_lenient = false;
    example::answer                     answer{program};

    bool changes() const
    {
        return !set.empty() || !set_to_file.empty() || !removed.empty() || !renamed.empty();
    }
};

void settle(const request& asked)
{
    if (!asked.shown.empty() && (asked.changes() || asked.output))
        example::refuse_usage(program, "--get changes nothing; use it alone");
    if (asked.shown.empty() && !asked.changes() && !asked.is_lenient)
        example::refuse_usage(program, "give --get, --set, --set-file, --remove, --rename or --lenient");
    if (asked.shown.empty() && asked.path == "-")
        example::refuse_usage(program, "standard input cannot be changed; save it to a file first");
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

int show(const request& asked, const checkpoint_file& file)
{
    for (const std::string& key : asked.shown) {
        if (!file.header().metadata(key))
            return asked.answer.fail(missing(file, key));
    }
    if (asked.answer.is_json())
        return asked.answer.write([&](example::json_list& object) {
            object.next("path") << example::json_text(file.path());
            object.next("metadata");
            example::json_list values('{', '}');
            for (const std::string& key : std::set(asked.shown.begin(), asked.shown.end()))
                values.next(key) << example::json_text(*file.header().metadata(key));
        });
    for (const std::string& key : asked.shown)
        std::cout << *file.header().metadata(key) << '\n';
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

/// What was wrong with the file and is not any more.
void print_repairs(const stet::edit::repaired& repaired)
{
    const auto line = [](std::uint64_t bytes, std::string_view where) {
        if (bytes != 0)
            std::cout << "    repaired: " << example::counted(bytes, "byte") << ' ' << where
                      << " taken out\n";
    };
    line(repaired.trailing_bytes, "after the last tensor");
    line(repaired.gap_bytes, "between tensors");
    if (repaired.nul_padding)
        std::cout << "    repaired: blanks after the header's text, where zeros were\n";
}

void print(const checkpoint_file& file, const stet::edit::edited& edited)
{
    const std::size_t entries = file.header().metadata_size();
    std::cout << stet::readable(file.path()) << "\n    ";
    example::print_size(file.header().size(), edited.bytes);
    std::cout << "\n    metadata: " << (entries == 1 ? "1 entry" : example::grouped(entries) + " entries")
              << ", room for " << example::counted(edited.room, "byte") << " more\n    "
              << in_words(edited.done) << '\n';
    print_repairs(edited.repaired);
    for (const std::string& key : edited.dropped)
        std::cout << "    dropped, for it holds no longer: " << stet::readable(key) << '\n';
    example::print_ceilings(edited.header_bytes);
    if (!edited.keeps_access)
        std::cout << "    not everybody who could may read or write it now\n";
}

void write_json(example::json_list& object, const request& asked, const checkpoint_file& file,
                const stet::edit::edited& edited)
{
    object.next("source") << example::json_text(asked.path);
    object.next("path") << example::json_text(file.path());
    object.next("bytes") << edited.bytes;
    object.next("tensors") << file.header().size();
    example::write_ceilings(object, edited.header_bytes);
    object.next("metadata_entries") << file.header().metadata_size();
    object.next("room") << edited.room;
    object.truth("changed", edited.done != stet::edit::done::nothing);
    object.truth("in_place",
                 edited.done == stet::edit::done::one_sector || edited.done == stet::edit::done::with_undo);
    object.next("trailing_bytes_removed") << edited.repaired.trailing_bytes;
    object.next("gap_bytes_removed") << edited.repaired.gap_bytes;
    object.truth("zeros_after_header_replaced", edited.repaired.nul_padding);
    object.texts("metadata_dropped", edited.dropped);
    object.truth("keeps_access", edited.keeps_access);
}

/// Says what the file is now.
int tell(const request& asked, const stet::edit::edited& edited)
{
    checkpoint_file file;
    if (const std::string complaint = file.open(asked.output.value_or(asked.path)); !complaint.empty())
        return asked.answer.fail(complaint);
    if (asked.answer.is_json())
        return asked.answer.write(
            [&](example::json_list& object) { write_json(object, asked, file, edited); });
    print(file, edited);
    return example::done;
}

/// Whether nothing has to be done to a file that is only to be repaired: it is as the format's text has it.
bool is_sound(const checkpoint_file& file)
{
    example::opened_source source;
    return source.open(file.path()).empty() && stet::open_checkpoint(source, {.strict = true}).has_value();
}

/// Of a file that stays as it is.
stet::edit::edited untouched(const checkpoint_file& file)
{
    const std::string_view text = file.header().text();
    return {.bytes = file.size(),
            .header_bytes = text.size(),
            .room = text.size() - (text.find_last_not_of(' ') + 1)};
}

int edit(const request& asked, checkpoint_file& file)
{
    text_map values;
    if (const std::string complaint = find_values(asked, file, values); !complaint.empty())
        return asked.answer.fail(complaint);
    if (!asked.changes() && !asked.output && is_sound(file))
        return tell(asked, untouched(file));
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
             .lenient = asked.is_lenient,
             .copy_to = asked.output ? std::string_view(*asked.output) : std::string_view(),
             .existing = asked.replaces ? stet::existing_file::replace : stet::existing_file::refuse,
             .progress = bar});
    }();
    return edited ? tell(asked, *edited) : asked.answer.fail(example::told(edited.error()));
}

int run(const request& asked)
{
    settle(asked);
    checkpoint_file file;
    if (const std::string complaint = file.open(asked.path, example::lenience(asked.is_lenient));
        !complaint.empty())
        return asked.answer.fail(complaint);
    return asked.shown.empty() ? edit(asked, file) : show(asked, file);
}

} // namespace

example::subcommand example::edit_command()
{
    const auto   asked = std::make_shared<request>();
    command_line line{
        .name = program,
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
                    {"--lenient", "",
                     "read what has bytes that belong to no tensor, or zeros after its header; they go, with "
                     "another change or without",
                     &asked->is_lenient},
                    {"--room", "BYTES", "where the header has to grow, leave so much room in it",
                     &asked->room},
                    {"--in-place", "", "change the file itself where what is new fits", &asked->is_in_place},
                    {"--output", "FILE", "write there and leave the file as it is", &asked->output},
                    {"--replace", "", "even if there is a file of that name already", &asked->replaces}},
        .samples = {{"stet edit model.safetensors --get modelspec.title", "print what a key says"},
                    {"stet edit model.safetensors --set modelspec.title='My model' --remove prompt",
                     "set one key, remove another"}},
        .notes = "Options with a KEY or a TENSOR may be repeated. Another file takes the old one's place in "
                 "one step; until then, and after any failure, the old one is as it was. With --in-place "
                 "who reads the file meanwhile, or after a loss of power and before the next edit, may see "
                 "a mixture of old and new. Tensors keep their bytes and their order; what metadata says "
                 "and is true no longer is dropped."};
    asked->answer.describe(line.options);
    return {.line = std::move(line), .run = [asked](const std::vector<std::string>& words) {
                asked->path = words[0];
                return ::run(*asked);
            }};
}
