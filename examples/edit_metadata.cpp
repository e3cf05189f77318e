// SPDX-License-Identifier: MIT
// Shows or changes a checkpoint's metadata. The file is written anew beside the old one, whose place it takes in one
// step; tensors pass through in small pieces, byte for byte.
#include "carried_metadata.hpp"
#include "checkpoint_file.hpp"
#include "closing_writer.hpp"
#include "command_line.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "report.hpp"
#include "size_in_memory.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/carry/pass_on.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using example::checkpoint_file;
using text_map = std::map<std::string, std::string>;

constexpr std::string_view program = "edit_metadata";

struct request {
    std::string                         path{};
    std::vector<std::string>            shown{};
    std::vector<example::key_and_value> set{};
    std::vector<example::key_and_value> set_to_file{}; ///< the value is a path
    std::vector<std::string>            removed{};
    std::optional<std::string>          output{};
    bool                                replaces = false;

    bool changes() const { return !set.empty() || !set_to_file.empty() || !removed.empty(); }
};

void settle(const request& asked)
{
    if (!asked.shown.empty() && (asked.changes() || asked.output))
        example::refuse_usage(program, "--get changes nothing; use it alone");
    if (asked.shown.empty() && !asked.changes())
        example::refuse_usage(program, "give --get, --set, --set-file or --remove");
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

/// Makes the changes that are asked for. Returns why it cannot, or nothing.
std::string change(const request& asked, const checkpoint_file& file, text_map& metadata)
{
    for (const std::string& key : asked.removed) {
        if (metadata.erase(key) == 0)
            return missing(file, key);
    }
    for (const auto& [key, value] : asked.set)
        metadata.insert_or_assign(key, value);
    for (const auto& [key, path] : asked.set_to_file) {
        if (const std::string complaint = read_text(path, metadata[key]); !complaint.empty())
            return complaint;
    }
    return {};
}

/// Entries whose digests the changes leave right: sd-scripts' old one speaks of its own entries and the tensors.
stet::result<stet::carry::passed_on> pass_on(const request& asked, const checkpoint_file& file)
{
    constexpr std::array<stet::carry::entry_rule, 1> still_right{
        {{"sshs_legacy_hash", stet::carry::entry_kind::data_digest}}};
    const auto is_of_training = [](std::string_view key) { return key.starts_with("ss_"); };
    bool       is_touched = std::any_of(asked.removed.begin(), asked.removed.end(), is_of_training);
    for (const auto* const pairs : {&asked.set, &asked.set_to_file}) {
        for (const auto& [key, value] : *pairs)
            is_touched = is_touched || is_of_training(key);
    }
    const stet::metadata_list source = stet::carry::metadata_of(file.header());
    return stet::carry::pass_on(
        source, {},
        {.rules = is_touched ? stet::array_view<const stet::carry::entry_rule>() : still_right,
         .data_is_same = true});
}

int edit(const request& asked, checkpoint_file& file)
{
    const auto carried = pass_on(asked, file);
    if (!carried)
        return example::report_failure(program, stet::message(carried.error()));
    text_map metadata(carried->metadata.begin(), carried->metadata.end());
    for (const std::string& digest : carried->dropped_digests)
        metadata.emplace(digest, file.header().metadata(digest).value_or("")); // may be asked to be removed
    if (const std::string complaint = change(asked, file, metadata); !complaint.empty())
        return example::report_failure(program, complaint);
    std::vector<std::string> dropped;
    for (const std::string& digest : carried->dropped_digests) {
        const auto is_set = [&digest](const example::key_and_value& pair) { return pair.key == digest; };
        const bool is_own = std::any_of(asked.set.begin(), asked.set.end(), is_set) ||
                            std::any_of(asked.set_to_file.begin(), asked.set_to_file.end(), is_set);
        if (!is_own && metadata.erase(digest) != 0)
            dropped.push_back(digest);
    }

    // Names are final already, so that no layout has to place them; tensors stay where they are.
    stet::file_order order = stet::dict_order;
    order.data_alignment = std::max(order.data_alignment, static_cast<std::uint32_t>(file.alignment()));
    const auto plan = stet::make_plan(stet::model_only{.model = stet::no_entries, .extra = file.tensors()},
                                      stet::layouts::generic{}, {.order = order});
    if (!plan)
        return example::report_failure(program, stet::message(plan.error()));
    const bool replaces = !asked.output || asked.replaces;

    const example::closing_writer closing({&file}); // its own place may be the one to take

    const auto saved = [&] {
        example::progress_bar bar;
        return stet::save(
            *plan,
            stet::exact_path{.path = asked.output ? *asked.output : file.path(),
                             .existing =
                                 replaces ? stet::existing_file::replace : stet::existing_file::refuse},
            {.metadata = metadata.empty() ? stet::metadata_view() : stet::metadata_view(metadata),
             .progress = bar,
             .writer = closing.writer()});
    }();
    if (!saved)
        return example::report_failure(program, stet::message(saved.error()));
    example::print_file(*saved);
    example::print_names("metadata dropped", dropped, ", digests that hold no longer");
    std::cout << "    metadata: "
              << (metadata.size() == 1 ? "1 entry" : example::grouped(metadata.size()) + " entries") << '\n';
    return example::done;
}

} // namespace

int main(int count, char** values)
{
    request                     asked;
    const example::command_line line{
        .name = program,
        .purpose = "Shows or changes a checkpoint's metadata.",
        .words = "FILE",
        .fewest = 1,
        .most = 1,
        .options = {{"--get", "KEY", "print the value", &asked.shown},
                    {"--set", "KEY=VALUE", "set the key to the value", &asked.set},
                    {"--set-file", "KEY=PATH", "set it to what that file holds, to the last byte",
                     &asked.set_to_file},
                    {"--remove", "KEY", "remove the key, which has to be there", &asked.removed},
                    {"--output", "FILE", "write there and leave the file as it is", &asked.output},
                    {"--replace", "", "even if there is a file of that name already", &asked.replaces}},
        .notes =
            "All options but the last two may be repeated. The new file takes the old one's place in one step;\n"
            "until then, and after any failure, the old one is as it was. Tensors keep their bytes and their\n"
            "order, so that digests of them still hold; one of the header that does not is dropped.\n"};
    asked.path = example::parse(line, count, values)[0];
    settle(asked);

    checkpoint_file file;
    if (const std::string complaint = file.open(asked.path); !complaint.empty())
        return example::report_failure(program, complaint);
    return asked.shown.empty() ? edit(asked, file) : show(file, asked.shown);
}
