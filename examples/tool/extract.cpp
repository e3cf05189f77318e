// SPDX-License-Identifier: MIT
// Takes a checkpoint apart into component files, with the names that tensors had before they were saved.
#include "../report.hpp"
#include "carried_metadata.hpp"
#include "checkpoint_file.hpp"
#include "comfyui_parts.hpp"
#include "component_files.hpp"
#include "encoder_files.hpp"
#include "family_layout.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "subcommand.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/quantised.hpp>
#include <stet/split/split.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using example::component;

constexpr std::string_view program = "stet extract";

struct request {
    std::string                checkpoint{};
    example::component_files   files{};
    example::encoder_files     encoders{};
    std::string                family{};
    bool                       as_comfyui = false;
    bool                       replaces = false;
    std::optional<std::string> root{};
};

/// What there is of a component: its part of a checkpoint, or of the metadata.
template <class Parts>
const auto& of(const Parts& all, component which)
{
    switch (which) {
    case component::model:
        return all.model;
    case component::text_encoder:
        return all.text_encoder;
    case component::vision_encoder:
        return all.vision_encoder;
    case component::vae:
        return all.vae;
    case component::seconds_start:
        return all.seconds_start;
    case component::seconds_total:
        return all.seconds_total;
    case component::extra:
        break;
    }
    return all.extra;
}

/// Finds the layout in the file's names. Returns why it cannot, or nothing.
std::string detect_layout(const example::checkpoint_file& file, example::layout_facts& layout)
{
    const example::detected_layout detected = example::detect(file.header());
    if (detected.layout && !detected.text_is_disputed) {
        layout = *detected.layout;
        return {};
    }
    std::string text = example::quoted(file.path()) + ": its names fit ";
    for (std::size_t i = 0; i < detected.names.size(); ++i)
        text += (i == 0 ? "the layouts " : ", ") + std::string(detected.names[i]);
    return text + (detected.names.empty() ? "no layout that is known" : "") +
           "; name the family with --family";
}

/// A state dict of tensors under names of their own.
using renamed_tensors = std::vector<std::pair<std::string, stet::tensor_view>>;

/// A text encoder's tensors under the names it has alone.
renamed_tensors encoder_in(const stet::split_part& part, std::string_view prefix)
{
    renamed_tensors found;
    for (const stet::named_tensor& one : part) {
        if (!one.name.starts_with(prefix))
            continue;
        std::string_view name = one.name.substr(prefix.size());
        if (name.starts_with(example::inner_prefix))
            name.remove_prefix(example::inner_prefix.size());
        found.emplace_back(name, one.tensor);
    }
    return found;
}

/// Saves tensors as they are named, and says so.
template <class Dict>
int save_part(const request& asked, std::string_view called, const Dict& tensors, const std::string& path,
              const stet::metadata_list& metadata)
{
    const auto saved = [&] {
        example::progress_bar bar;
        return stet::save(
            stet::model_only{.model = stet::no_entries, .extra = tensors}, stet::layouts::generic{},
            stet::exact_path{.path = path,
                             .existing =
                                 asked.replaces ? stet::existing_file::replace : stet::existing_file::refuse},
            {.metadata = metadata.empty() ? stet::metadata_view() : stet::metadata_view(metadata),
             .progress = bar});
    }();
    if (!saved)
        return example::report_failure(program, example::told(saved.error()));
    std::cout << called << ": ";
    example::print_file(*saved);
    return example::done;
}

/// Why the encoders that are asked for cannot be taken out, or nothing.
std::string encoders_complaint(const request& asked, const stet::split_part& text_encoder,
                               const stet::metadata_list& metadata)
{
    for (std::size_t i = 0; i < example::encoder_names.size(); ++i) {
        const std::string_view prefix = example::encoder_names[i].prefix;
        if (asked.encoders.paths[i] && encoder_in(text_encoder, prefix).empty())
            return example::quoted(asked.checkpoint) + " has no text encoder " +
                   std::string(prefix.substr(0, prefix.size() - 1));
    }
    for (const auto& [key, value] : metadata) {
        if (asked.encoders.any() && key == stet::quantised::metadata_key)
            return example::quoted(asked.checkpoint) +
                   " names layers of its text encoders in _quantization_metadata, which is not renamed here; take "
                   "them out together by --text-encoder";
    }
    return {};
}

int save_encoders(const request& asked, const stet::split_part& text_encoder,
                  const stet::metadata_list& metadata)
{
    for (std::size_t i = 0; i < example::encoder_names.size(); ++i) {
        const std::string_view prefix = example::encoder_names[i].prefix;
        if (!asked.encoders.paths[i])
            continue;
        const int status = save_part(asked, prefix.substr(0, prefix.size() - 1),
                                     encoder_in(text_encoder, prefix), *asked.encoders.paths[i], metadata);
        if (status != example::done)
            return status;
    }
    return example::done;
}

int save_parts(const request& asked, const stet::split_checkpoint& parts,
               const stet::carry::split_metadata& carried)
{
    for (const component which : example::every_component) {
        if (!asked.files[which])
            continue;
        const int status = save_part(asked, example::name_of(which), of(parts, which), *asked.files[which],
                                     of(carried, which));
        if (status != example::done)
            return status;
    }
    return save_encoders(asked, parts.text_encoder, carried.text_encoder);
}

/// Names what stays behind without having been asked for.
void print_rest(const request& asked, const stet::split_checkpoint& parts)
{
    for (const component which : example::every_component) {
        const stet::split_part& part = of(parts, which);
        const bool              is_taken =
            asked.files[which] || (which == component::text_encoder && asked.encoders.any());
        if (!is_taken && !part.empty())
            std::cout << "not extracted: " << example::name_of(which) << ", "
                      << example::counted(part.size(), "tensor") << " (" << example::option_of(which)
                      << ")\n";
    }
    if (parts.leftover.empty())
        return;
    std::cout << "of no component: " << example::counted(parts.leftover.size(), "tensor") << ", such as "
              << example::quoted(parts.leftover[0].name) << '\n';
}

void settle(const request& asked)
{
    std::vector<std::string> paths;
    const auto               take = [&](const std::optional<std::string>& path) {
        if (path && std::find(paths.begin(), paths.end(), *path) != paths.end())
            example::refuse_usage(program, "two components cannot go into one file, '" + *path + "'");
        if (path)
            paths.push_back(*path);
    };
    for (const auto& path : asked.files.paths)
        take(path);
    for (const auto& path : asked.encoders.paths)
        take(path);
    if (asked.root && (!paths.empty() || asked.replaces || !asked.as_comfyui))
        example::refuse_usage(program, "--root is for --comfyui, without files and --replace");
    if (paths.empty() && !asked.root)
        example::refuse_usage(program, "name a file for each component to extract, such as --model FILE");
}

/// Why a part that is asked for cannot be taken out, or nothing.
std::string missing_part(const request& asked, const stet::split_checkpoint& parts,
                         const stet::carry::split_metadata& carried)
{
    for (const component which : example::every_component) {
        if (asked.files[which] && of(parts, which).empty())
            return example::quoted(asked.checkpoint) + " has no " + std::string(example::name_of(which));
    }
    return encoders_complaint(asked, parts.text_encoder, carried.text_encoder);
}

/// Saves all of it as ComfyUI's nodes would.
int save_as_nodes(const request& asked, const stet::split_checkpoint& parts,
                  const example::named_family& family, const std::optional<stet::prediction>& predicts)
{
    const auto refused = example::save_comfyui_parts(*asked.root, parts, family, predicts);
    return refused ? example::report_failure(program, example::told(*refused)) : int{example::done};
}

int extract(const request& asked, const std::optional<example::named_family>& family)
{
    example::checkpoint_file file;
    if (const std::string complaint = file.open(asked.checkpoint); !complaint.empty())
        return example::report_failure(program, complaint);
    example::layout_facts layout;
    if (family)
        layout = family->layout;
    else if (const std::string complaint = detect_layout(file, layout); !complaint.empty())
        return example::report_failure(program, complaint);
    const auto how = asked.as_comfyui ? stet::strictness::as_comfyui : stet::strictness::strict;
    const stet::component<stet::role::extra> tensors(file.tensors());
    const auto parts = stet::split_by(layout.rules, tensors, {.strictness = how});
    if (!parts)
        return example::report_failure(program, stet::message(parts.error()));
    if (asked.root)
        return save_as_nodes(asked, *parts, family ? *family : example::named_family{.layout = layout},
                             example::marked_prediction(file.header()));
    const stet::metadata_list source = stet::carry::metadata_of(file.header());
    const auto                carried =
        stet::carry::split_by(layout.rules, tensors, source, {.strictness = how}, {.strictness = how});
    if (!carried)
        return example::report_failure(program, stet::message(carried.error()));
    if (const std::string complaint = missing_part(asked, *parts, *carried); !complaint.empty())
        return example::report_failure(program, complaint);
    const int status = save_parts(asked, *parts, *carried);
    if (status == example::done) {
        print_rest(asked, *parts);
        example::print_carried(*carried);
    }
    return status;
}

int run(const request& asked)
{
    settle(asked);
    const auto family = example::find_family(asked.family);
    if (!family && !asked.family.empty())
        example::refuse_usage(program, example::unknown_family(asked.family));
    return extract(asked, family);
}

} // namespace

example::subcommand example::extract_command()
{
    const auto   asked = std::make_shared<request>();
    command_line line{
        .name = program,
        .purpose = "Takes a checkpoint apart into component files.",
        .words = "CHECKPOINT",
        .fewest = 1,
        .most = 1,
        .options =
            {{"--family", "NAME", "its family (else its tensors' names tell the layout)", &asked->family,
              family_names()},
             {"--comfyui", "", "take what ComfyUI's loader would take, and nothing else", &asked->as_comfyui},
             {"--root", "FOLDER",
              "with --comfyui: save all of it below this folder as ModelSave, CLIPSave and VAESave do, each "
              "part under their names and the next number",
              &asked->root},
             {"--replace", "", "even if there are files of these names already", &asked->replaces}},
        .samples = {{"stet extract full.safetensors --vae vae.safetensors", "the vae in a file of its own"},
                    {"stet extract full.safetensors --model unet.safetensors --text-encoder clip.safetensors "
                     "--vae vae.safetensors",
                     "all of it, in three files"}},
        .notes =
            "Only the components that are asked for are extracted. Tensors bear the names they had before the "
            "checkpoint was saved, so that `stet compose` makes the same checkpoint of them again; --extra are "
            "those that record the prediction."};
    asked->files.describe(line.options);
    asked->encoders.describe(line.options);
    return {.line = std::move(line), .run = [asked](const std::vector<std::string>& words) {
                asked->checkpoint = words[0];
                return ::run(*asked);
            }};
}
