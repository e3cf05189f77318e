// SPDX-License-Identifier: MIT
// Merges two checkpoints as ComfyUI's merging nodes do: each number is a weighted mean of the two. Tensors are read,
// merged and written piece by piece, so that models of any size take a few megabytes of memory.
#include "carried_metadata.hpp"
#include "checkpoint_file.hpp"
#include "closing_writer.hpp"
#include "command_line.hpp"
#include "destination.hpp"
#include "family_layout.hpp"
#include "merge_ratios.hpp"
#include "merged_tensor.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "report.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/carry/pass_on.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using example::checkpoint_file;
using example::file_tensor;
using example::is_merged_type;
using example::merged_tensor;
using example::ratio_finder;
using example::ratios;
using example::treatment;
using example::workplace;

struct merged_entry {
    std::string_view name{};
    merged_tensor    tensor{};
};

// ---- the merge --------------------------------------------------------------------------------------------

struct merged_checkpoint {
    std::vector<merged_entry>     tensors{};
    std::vector<std::string_view> only_first{};
    std::vector<std::string_view> only_second{};
    std::uint64_t                 merged = 0; ///< tensors that have a part of both
    std::uint64_t                 taken_first = 0;
    std::uint64_t                 taken_second = 0;
    std::uint64_t                 other_types = 0;

    /// Decides about one tensor that both files have.
    void add(const example::file_entry& first, const file_tensor& second, double ratio, workplace& work)
    {
        const stet::dtype type = first.tensor.stored.type;
        const bool        are_numbers = is_merged_type(type) && is_merged_type(second.stored.type);
        treatment         how = treatment::merge;
        if (ratio >= 1)
            how = treatment::take_first;
        else if (!are_numbers)
            how = treatment::compare;
        else if (ratio <= 0 && type == second.stored.type)
            how = treatment::take_second;
        merged += how == treatment::merge && ratio > 0 ? 1 : 0;
        taken_first += how == treatment::take_first ? 1 : 0;
        taken_second += are_numbers && ratio <= 0 ? 1 : 0;
        other_types += how == treatment::compare ? 1 : 0;
        tensors.push_back(
            {.name = first.name,
             .tensor = {
                 .first = &first.tensor, .second = &second, .ratio = ratio, .how = how, .work = &work}});
    }
};

/// Returns why the two cannot be merged, or nothing.
std::string merge_files(const checkpoint_file& first, const checkpoint_file& second,
                        const ratio_finder& ratio, workplace& work, merged_checkpoint& out)
{
    for (const example::file_entry& entry : first.tensors()) {
        const auto position = second.header().position_of(entry.name);
        if (!position) {
            out.only_first.push_back(entry.name);
            out.tensors.push_back({.name = entry.name, .tensor = {.first = &entry.tensor}});
            continue;
        }
        const file_tensor& other = second.tensors()[*position].tensor;
        if (!std::ranges::equal(entry.tensor.stored.shape, other.stored.shape))
            return "tensor " + example::quoted(entry.name) + ": its shape is " +
                   example::shape_text(entry.tensor.stored.shape) + " in the first file and " +
                   example::shape_text(other.stored.shape) +
                   " in the second; only equal shapes can be merged";
        out.add(entry, other, ratio.of(entry.name), work);
    }
    for (const example::file_entry& entry : second.tensors()) {
        if (!first.header().position_of(entry.name))
            out.only_second.push_back(entry.name);
    }
    if (out.only_first.size() == out.tensors.size())
        return "the files have no tensor in common";
    if (out.other_types == out.tensors.size() - out.only_first.size())
        return "there is nothing to merge: no tensor that both files have is F32, F16 or BF16";
    return {};
}

/// "3 tensors 'a', 'b', 'c'", the first few of them
std::string listed(const std::vector<std::string_view>& names)
{
    constexpr std::size_t most = 6;
    std::string           text = example::counted(names.size(), "tensor") + ':';
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        text += (i == 0 ? " " : ", ") + example::quoted(names[i]);
    return names.size() > most ? text + " and " + example::grouped(names.size() - most) + " more" : text;
}

void print_outcome(const merged_checkpoint& merged, const workplace& work)
{
    const auto line = [](std::uint64_t tensors, std::string_view what) {
        if (tensors != 0)
            std::cout << "    " << what << ": " << example::counted(tensors, "tensor") << '\n';
    };
    const auto list = [](const std::vector<std::string_view>& names, std::string_view what) {
        if (!names.empty())
            std::cout << "    " << what << ": " << listed(names) << '\n';
    };
    line(merged.merged, "merged");
    line(merged.taken_first, "taken from the first as they are");
    line(merged.taken_second, "taken from the second");
    line(merged.other_types - work.differing.size(), "of other dtypes, equal in both");
    list(work.differing, "of other dtypes, taken from the first");
    list(merged.only_first, "only in the first, kept");
    list(merged.only_second, "only in the second, left out");
}

// ---- metadata ---------------------------------------------------------------------------------------------

using text_pairs = stet::metadata_list;

/// The file's title, else its name; without commas, which separate titles.
std::string title_of(const checkpoint_file& file)
{
    const std::string_view path = file.path();
    std::string            title(file.header().metadata("modelspec.title").value_or(""));
    if (title.empty())
        title = example::repaired(path.substr(path.find_last_of("/\\") + 1));
    std::replace(title.begin(), title.end(), ',', ' ');
    return title;
}

/// What the user says, and of which models this is a merge.
text_pairs own_metadata(const checkpoint_file& first, const checkpoint_file& second,
                        const std::vector<example::key_and_value>& given)
{
    constexpr std::string_view merged_from = "modelspec.merged_from";
    text_pairs                 own;
    bool                       is_said = false;
    for (const auto& [key, value] : given) {
        own.emplace_back(key, value);
        is_said = is_said || key == merged_from;
    }
    if (!is_said)
        own.emplace_back(merged_from, title_of(first) + ", " + title_of(second));
    return own;
}

// ---- the program ------------------------------------------------------------------------------------------

constexpr std::string_view program = "merge";

constexpr std::string_view notes =
    "The ratios mean what they mean in ComfyUI's ModelMergeSimple, ModelMergeBlocks and\n"
    "CLIPMergeSimple; ModelMergeSimple alone is --ratio R --text-encoder 1 --vae 1. A text encoder's\n"
    "position ids and logit scale, and what belongs to no component, are A's. A file without prefixes\n"
    "is taken for a diffusion model.\n"
    "\n"
    "F32, F16 and BF16 are merged as F32 and saved in A's dtype; tensors of other dtypes are A's, and\n"
    "named when B has others. What only A has is kept, what only B has is left out; both are named.\n"
    "A's metadata is passed on but for digests; modelspec.merged_from names both.\n";

void settle(const ratios& given)
{
    for (const auto& ratio : {given.all, given.input, given.middle, given.out, given.text_encoder,
                              given.vision_encoder, given.vae})
    {
        if (ratio && !(*ratio >= 0 && *ratio <= 1))
            example::refuse_usage(program, "a ratio lies between 0 and 1");
    }
}

int save(checkpoint_file& first, checkpoint_file& second, const ratio_finder& ratio,
         const std::vector<example::key_and_value>& metadata, const example::destination& where)
{
    workplace         work;
    merged_checkpoint merged;
    if (const std::string complaint = merge_files(first, second, ratio, work, merged); !complaint.empty())
        return example::report_failure(program, complaint);
    // Names are final already, so that no layout has to place them.
    const auto plan = stet::make_plan(stet::model_only{.model = stet::no_entries, .extra = merged.tensors},
                                      stet::layouts::generic{});
    if (!plan)
        return example::report_failure(program, stet::message(plan.error()));
    const text_pairs source = stet::carry::metadata_of(first.header());
    const text_pairs own = own_metadata(first, second, metadata);
    const auto       about = stet::carry::pass_on(source, own);
    if (!about)
        return example::report_failure(program, stet::message(about.error()));

    const example::closing_writer closing({&first, &second}); // one of them may be the file to replace

    const auto saved = [&] {
        example::progress_bar bar;
        return where.save(*plan, {.metadata = about->metadata,
                                  .progress = bar,
                                  .writer = where.replaces() ? closing.writer() : stet::file_writer()});
    }();
    if (!saved)
        return example::report_failure(program, stet::message(saved.error()));
    example::print_file(*saved);
    print_outcome(merged, work);
    example::print_passed_on(*about);
    return example::done;
}

} // namespace

int main(int count, char** values)
{
    ratios                              given;
    std::vector<example::key_and_value> metadata;
    example::destination                where("checkpoints/merged");

    example::command_line line{
        .name = program,
        .purpose = "Merges two checkpoints: A x ratio + B x (1 - ratio). Ratio 1 is all of A, 0 all of B.",
        .words = "A B",
        .fewest = 2,
        .most = 2,
        .options = {{"--ratio", "R", "of everything that has no ratio of its own (0.5)", &given.all},
                    {"--input", "R",
                     "of the diffusion model's input blocks, and of all in it\n"
                     "that is neither middle nor out",
                     &given.input},
                    {"--middle", "R", "of its middle block", &given.middle},
                    {"--out", "R", "of its output blocks and its out layer", &given.out},
                    {"--text-encoder", "R", "of the text encoder", &given.text_encoder},
                    {"--vision-encoder", "R", "of the vision encoder", &given.vision_encoder},
                    {"--vae", "R", "of the vae", &given.vae},
                    {"--metadata", "KEY=VALUE", "put this into the metadata; may be repeated", &metadata}},
        .notes = notes};
    where.describe(line.options);
    const auto paths = example::parse(line, count, values);
    settle(given);
    where.settle(program);

    checkpoint_file first, second;
    if (const std::string complaint = first.open(paths[0]); !complaint.empty())
        return example::report_failure(program, complaint);
    if (const std::string complaint = second.open(paths[1]); !complaint.empty())
        return example::report_failure(program, complaint);
    const ratio_finder ratio(given, first.header());
    if (const std::string_view option = ratio.meaningless_option(); !option.empty())
        return example::report_failure(program, example::quoted(paths[0]) + " gives no meaning to " +
                                                    std::string(option));
    return save(first, second, ratio, metadata, where);
}
