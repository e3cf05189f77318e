// SPDX-License-Identifier: MIT
// Merges checkpoints as ComfyUI's merging nodes do, by stet/merge.hpp: a front end to its recipe.
#include "../report.hpp"
#include "answer.hpp"
#include "carried_metadata.hpp"
#include "checkpoint_file.hpp"
#include "closing_writer.hpp"
#include "destination.hpp"
#include "merge_outcome.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "saved_members.hpp"
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

constexpr std::string_view program = "stet merge";

using example::checkpoint_file;
using stet::merging::formula;
using stet::merging::merged_model;
using stet::merging::recipe;

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
    example::answer                     answer{program};
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
    std::string                   names;
    std::vector<std::string_view> known;
    for (const Named& one : all) {
        if (example::distance(one.name, wanted) == 0) // in capitals or not
            return one;
        names += (names.empty() ? "" : ", ") + std::string(one.name);
        known.push_back(one.name);
    }
    example::refuse_usage(program, "option '" + std::string(option) + "' is one of " + names + ", not " +
                                       example::quoted(wanted) + example::suggestion(wanted, known));
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

int tell(const std::vector<checkpoint_file*>& files, const arguments& given, const merged_model& merged,
         const stet::saved_checkpoint& saved, const stet::carry::passed_on& about)
{
    if (!given.answer.is_json()) {
        example::print_file(saved);
        example::print_outcome(merged, given.how.type.has_value());
        example::print_passed_on(about);
        example::print_ceilings(saved.header_bytes);
        return example::done;
    }
    std::vector<std::string_view> sources;
    for (const checkpoint_file* const file : files)
        sources.push_back(file->path());
    return given.answer.write([&](example::json_list& object) {
        object.texts("sources", sources);
        example::write_file(object, saved);
        example::write_passed_on(object, about);
        example::write_outcome(object, merged);
    });
}

int save(const std::vector<checkpoint_file*>& files, const arguments& given)
{
    const auto merged =
        files.size() == 3
            ? stet::merging::merge(files[0]->reader(), files[1]->reader(), files[2]->reader(), given.how)
            : stet::merging::merge(files[0]->reader(), files[1]->reader(), given.how);
    if (!merged)
        return given.answer.fail(example::told(merged.error()));
    // Names are final already, so that no layout has to place them.
    const auto plan = stet::make_plan(stet::model_only{.model = stet::no_entries, .extra = *merged},
                                      stet::layouts::generic{});
    if (!plan)
        return given.answer.fail(example::told(plan.error()));
    const text_pairs source = metadata_of(*files[0]);
    const text_pairs own = own_metadata({files.begin(), files.end()}, *merged, given.metadata);
    const auto       about = stet::carry::pass_on(source, own);
    if (!about)
        return given.answer.fail(stet::message(about.error()));

    const example::closing_writer closing(files); // one of them may be the file to replace

    const auto saved = [&] {
        example::progress_bar bar;
        return given.where.save(*plan,
                                {.metadata = about->metadata,
                                 .progress = bar,
                                 .writer = given.where.replaces() ? closing.writer() : stet::file_writer()});
    }();
    if (!saved)
        return given.answer.fail(example::told(saved.error()));
    return tell(files, given, *merged, *saved, *about);
}

int run(const std::vector<example::option>& options, arguments& given, const std::vector<std::string>& paths)
{
    settle(options, given, paths.size());
    given.where.settle(program);
    std::vector<checkpoint_file>  files(paths.size());
    std::vector<checkpoint_file*> opened;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (const std::string complaint = files[i].open(paths[i]); !complaint.empty())
            return given.answer.fail(complaint);
        opened.push_back(&files[i]);
    }
    return save(opened, given);
}

std::vector<example::option> options_of(arguments& given)
{
    stet::merging::ratios& ratios = given.how.ratios;
    return {{"--ratio", "R", "of everything that has no ratio of its own (0.5)", &ratios.all},
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
             &given.mode,
             {"weighted", "add", "subtract", "add-difference"}},
            {"--multiplier", "M", "of subtract and add-difference (1)", &given.multiplier},
            {"--dtype",
             "DTYPE",
             "of what is merged: F32, F16 or BF16 (A's)",
             &given.type,
             {"F32", "F16", "BF16"}},
            {"--requantise", "", "store layers again as A has them, with new scales", &given.how.requantise},
            {"--widen", "", "merge A's first four input channels with B's", &given.how.widen},
            {"--keep-infinite", "", "save numbers that become infinite or NaN", &given.how.keep_not_finite},
            {"--metadata", "KEY=VALUE", "put this into the metadata; may be repeated", &given.metadata}};
}

} // namespace

example::subcommand example::merge_command()
{
    const auto   given = std::make_shared<arguments>();
    command_line line{
        .name = program,
        .purpose = "Merges checkpoints: A x ratio + B x (1 - ratio). Ratio 1 is all of A, 0 all of B.",
        .words = "A B [C]",
        .fewest = 2,
        .most = 3,
        .options = options_of(*given),
        .samples = {{"stet merge a.safetensors b.safetensors --ratio 0.7", "seven tenths of a, three of b"},
                    {"stet merge model.safetensors tuned.safetensors base.safetensors --mode add-difference "
                     "--output new.safetensors",
                     "add to a model what another learnt on top of its base"}},
        .notes = notes};
    given->where.describe(line.options);
    given->answer.describe(line.options);
    const auto options = line.options;
    return {.line = std::move(line), .run = [given, options](const std::vector<std::string>& words) {
                return ::run(options, *given, words);
            }};
}
