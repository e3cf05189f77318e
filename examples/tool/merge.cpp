// SPDX-License-Identifier: MIT
// Merges checkpoints as ComfyUI's merging nodes do, by stet/merge.hpp: a front end to its recipe.
#include "../report.hpp"
#include "carried_metadata.hpp"
#include "checkpoint_file.hpp"
#include "closing_writer.hpp"
#include "destination.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "subcommand.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/merge.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using example::checkpoint_file;
using stet::merging::decision;
using stet::merging::formula;
using stet::merging::merged_model;
using stet::merging::outcome;
using stet::merging::recipe;

// ---- what is said of it -----------------------------------------------------------------------------------

/// "3 tensors 'a', 'b', 'c'", the first few of them
std::string listed(const std::vector<std::string_view>& names)
{
    constexpr std::size_t most = 6;
    std::string           text = example::counted(names.size(), "tensor") + ':';
    for (std::size_t i = 0; i < names.size() && i < most; ++i)
        text += (i == 0 ? " " : ", ") + example::quoted(names[i]);
    return names.size() > most ? text + " and " + example::grouped(names.size() - most) + " more" : text;
}

template <class Chosen>
std::vector<std::string_view> names_of(const merged_model& merged, Chosen is_chosen)
{
    std::vector<std::string_view> names;
    for (const decision& one : merged.decisions()) {
        if (is_chosen(one))
            names.push_back(one.name);
    }
    return names;
}

void print_numbers(const stet::merging::number_counts& numbers)
{
    const auto line = [](std::uint64_t count, std::string_view what) {
        if (count != 0)
            std::cout << "    " << what << ": " << example::counted(count, "number") << '\n';
    };
    line(numbers.became_infinite, "became infinite");
    line(numbers.became_nan, "became NaN");
    line(numbers.passed_on, "infinite or NaN before");
}

void print_outcome(const merged_model& merged, bool has_type)
{
    const auto line = [&](outcome of, std::string_view what) {
        if (const std::size_t count = merged.count(of); count != 0)
            std::cout << "    " << what << ": " << example::counted(count, "tensor") << '\n';
    };
    const auto list = [&](std::string_view what, auto is_chosen) {
        if (const auto names = names_of(merged, is_chosen); !names.empty())
            std::cout << "    " << what << ": " << listed(names) << '\n';
    };
    const auto of = [](outcome which) {
        return [which](const decision& one) { return one.outcome == which; };
    };
    line(outcome::merged, "merged");
    list("of its first input channels only", [](const decision& one) { return one.is_widened; });
    line(outcome::taken_first, has_type ? "taken from the first" : "taken from the first as they are");
    line(outcome::taken_second, "taken from the second");
    line(outcome::fixed, "the first's, whatever the ratios say");
    const auto equal = names_of(
        merged, [](const decision& one) { return one.outcome == outcome::other_type && !one.differs; });
    if (!equal.empty())
        std::cout << "    of other dtypes, equal in both: " << example::counted(equal.size(), "tensor")
                  << '\n';
    list("of other dtypes, taken from the first",
         [](const decision& one) { return one.outcome == outcome::other_type && one.differs; });
    list("only in the first, kept", of(outcome::only_first));
    list("only in the second, left out", of(outcome::only_second));
    list("not in the third, kept", of(outcome::not_in_third));
    list("of layers that are not quantised so any more, dropped", of(outcome::dropped));
    print_numbers(merged.numbers());
    const auto [first, second] = merged.predictions();
    if (first != second)
        std::cout << "    warning: the models predict differently, " << example::quoted(first) << " and "
                  << example::quoted(second) << "; such a merge is rarely of use\n";
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

/// What the user says, of which models this is a merge, and which layers of it are quantised.
text_pairs own_metadata(const std::vector<const checkpoint_file*>& files, const merged_model& merged,
                        const std::vector<example::key_and_value>& given)
{
    constexpr std::string_view merged_from = "modelspec.merged_from";
    text_pairs                 own;
    bool                       is_said = false;
    for (const auto& [key, value] : given) {
        own.emplace_back(key, value);
        is_said = is_said || key == merged_from;
    }
    if (!is_said) {
        std::string titles;
        for (const checkpoint_file* const file : files)
            titles += (titles.empty() ? "" : ", ") + title_of(*file);
        own.emplace_back(merged_from, std::move(titles));
    }
    if (const auto layers = merged.quantisation())
        own.emplace_back(stet::quantised::metadata_key, *layers);
    return own;
}

/// The first file's metadata, without what it says of layers that may be others now.
text_pairs metadata_of(const checkpoint_file& file)
{
    text_pairs metadata = stet::carry::metadata_of(file.header());
    std::erase_if(metadata, [](const auto& entry) { return entry.first == stet::quantised::metadata_key; });
    return metadata;
}

// ---- the program ------------------------------------------------------------------------------------------

constexpr std::string_view program = "stet merge";

constexpr std::string_view notes =
    "The ratios mean what they mean in ComfyUI's ModelMergeSimple, ModelMergeBlocks and\n"
    "CLIPMergeSimple; ModelMergeSimple alone is --ratio R --text-encoder 1 --vae 1. A text encoder's\n"
    "position ids and logit scale, and what belongs to no component, are A's. A file without prefixes\n"
    "is taken for a diffusion model.\n"
    "\n"
    "--mode add is A + B, subtract A x M - B x M, both of diffusion models and text encoders;\n"
    "add-difference is A + M x (B - C). With these a ratio can only be 1: that part stays A's.\n"
    "\n"
    "F32, F16 and BF16 are merged as F32 and saved in A's dtype or that of --dtype; tensors of other\n"
    "dtypes are A's, and named when B has others. Quantised layers are merged as the numbers they stand\n"
    "for, on request of --dtype or --requantise; a ratio of 0 or 1 takes them as they are, with their\n"
    "scales. 8-bit floats without scales want --dtype. What only A has is kept, what only B has is left\n"
    "out; both are named. A's metadata is passed on but for digests; modelspec.merged_from names all.\n"
    "\n"
    "With --widen a first convolution of A that has more than four input channels, such as an\n"
    "inpainting model's nine, is merged with B's of four: the other channels stay A's.\n";

/// What the command line says.
struct arguments {
    std::optional<std::string>          mode{};
    std::optional<double>               multiplier{};
    std::optional<std::string>          type{};
    std::vector<example::key_and_value> metadata{};
    recipe                              how{};
    example::destination                where{"checkpoints/merged"};
};

struct named_mode {
    std::string_view name;
    formula          meaning;
    std::size_t      files;
};
constexpr named_mode modes[] = {{"weighted", formula::weighted, 2},
                                {"add", formula::add, 2},
                                {"subtract", formula::subtract, 2},
                                {"add-difference", formula::add_difference, 3}};

struct named_type {
    std::string_view name;
    stet::dtype      type;
};
constexpr named_type types[] = {
    {"F32", stet::dtype::f32}, {"F16", stet::dtype::f16}, {"BF16", stet::dtype::bf16}};

/// The value of that name, or no value and an end of the program.
template <class Named>
const Named& chosen(std::span<const Named> all, std::string_view option, std::string_view wanted)
{
    std::string names;
    for (const Named& one : all) {
        if (one.name == wanted)
            return one;
        names += (names.empty() ? "" : ", ") + std::string(one.name);
    }
    example::refuse_usage(program, "option '" + std::string(option) + "' is one of " + names + ", not " +
                                       example::quoted(wanted));
}

void settle(const std::vector<example::option>& options, arguments& given, std::size_t files)
{
    for (const example::option& one : options) {
        const auto* const ratio = std::get_if<std::optional<double>*>(&one.target);
        if (ratio == nullptr || !**ratio || *ratio == &given.multiplier || (***ratio >= 0 && ***ratio <= 1))
            continue;
        std::ostringstream value;
        value << ***ratio;
        example::refuse_usage(program, "option '" + std::string(one.name) + "' is " + value.str() +
                                           "; a ratio lies between 0 and 1");
    }
    const named_mode& mode =
        chosen(std::span<const named_mode>(modes), "--mode", given.mode.value_or("weighted"));
    if (files != mode.files)
        example::refuse_usage(program, "--mode " + std::string(mode.name) + " wants " +
                                           (mode.files == 2 ? "A B" : "A B C"));
    given.how.formula = mode.meaning;
    given.how.multiplier = given.multiplier.value_or(1);
    if (given.type)
        given.how.type = chosen(std::span<const named_type>(types), "--dtype", *given.type).type;
}

int save(const std::vector<checkpoint_file*>& files, const arguments& given)
{
    const auto merged =
        files.size() == 3
            ? stet::merging::merge(files[0]->reader(), files[1]->reader(), files[2]->reader(), given.how)
            : stet::merging::merge(files[0]->reader(), files[1]->reader(), given.how);
    if (!merged)
        return example::report_failure(program, stet::message(merged.error()));
    // Names are final already, so that no layout has to place them.
    const auto plan = stet::make_plan(stet::model_only{.model = stet::no_entries, .extra = *merged},
                                      stet::layouts::generic{});
    if (!plan)
        return example::report_failure(program, stet::message(plan.error()));
    const text_pairs source = metadata_of(*files[0]);
    const text_pairs own = own_metadata({files.begin(), files.end()}, *merged, given.metadata);
    const auto       about = stet::carry::pass_on(source, own);
    if (!about)
        return example::report_failure(program, stet::message(about.error()));

    const example::closing_writer closing(files); // one of them may be the file to replace

    const auto saved = [&] {
        example::progress_bar bar;
        return given.where.save(*plan,
                                {.metadata = about->metadata,
                                 .progress = bar,
                                 .writer = given.where.replaces() ? closing.writer() : stet::file_writer()});
    }();
    if (!saved)
        return example::report_failure(program, example::told(saved.error()));
    example::print_file(*saved);
    print_outcome(*merged, given.how.type.has_value());
    example::print_passed_on(*about);
    return example::done;
}

int run(const std::vector<example::option>& options, arguments& given, const std::vector<std::string>& paths)
{
    settle(options, given, paths.size());
    given.where.settle(program);
    std::vector<checkpoint_file>  files(paths.size());
    std::vector<checkpoint_file*> opened;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (const std::string complaint = files[i].open(paths[i]); !complaint.empty())
            return example::report_failure(program, complaint);
        opened.push_back(&files[i]);
    }
    return save(opened, given);
}

} // namespace

example::subcommand example::merge_command()
{
    const auto             given = std::make_shared<arguments>();
    stet::merging::ratios& ratios = given->how.ratios;
    command_line           line{
                  .name = program,
                  .purpose = "Merges checkpoints: A x ratio + B x (1 - ratio). Ratio 1 is all of A, 0 all of B.",
                  .words = "A B [C]",
                  .fewest = 2,
                  .most = 3,
                  .options = {{"--ratio", "R", "of everything that has no ratio of its own (0.5)", &ratios.all},
                              {"--input", "R",
                               "of the diffusion model's input blocks, and of all in it that is neither middle nor out",
                               &ratios.input},
                              {"--middle", "R", "of its middle block", &ratios.middle},
                              {"--out", "R", "of its output blocks and its out layer", &ratios.out},
                              {"--text-encoder", "R", "of the text encoder", &ratios.text_encoder},
                              {"--vision-encoder", "R", "of the vision encoder", &ratios.vision_encoder},
                              {"--vae", "R", "of the vae", &ratios.vae},
                              {"--mode",
                               "MODE",
                               "weighted, add, subtract or add-difference (weighted)",
                               &given->mode,
                               {"weighted", "add", "subtract", "add-difference"}},
                              {"--multiplier", "M", "of subtract and add-difference (1)", &given->multiplier},
                              {"--dtype",
                               "DTYPE",
                               "of what is merged: F32, F16 or BF16 (A's)",
                               &given->type,
                               {"F32", "F16", "BF16"}},
                              {"--requantise", "", "store layers again as A has them, with new scales",
                               &given->how.requantise},
                              {"--widen", "", "merge A's first four input channels with B's", &given->how.widen},
                              {"--keep-infinite", "", "save numbers that become infinite or NaN",
                               &given->how.keep_not_finite},
                              {"--metadata", "KEY=VALUE", "put this into the metadata; may be repeated",
                               &given->metadata}},
                  .samples = {{"stet merge a.safetensors b.safetensors --ratio 0.7", "seven tenths of a, three of b"},
                              {"stet merge model.safetensors tuned.safetensors base.safetensors --mode add-difference "
                                         "--output new.safetensors",
                               "add to a model what another learnt on top of its base"}},
                  .notes = notes};
    given->where.describe(line.options);
    const auto options = line.options;
    return {.line = std::move(line), .run = [given, options](const std::vector<std::string>& words) {
                return ::run(options, *given, words);
            }};
}
