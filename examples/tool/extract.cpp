// SPDX-License-Identifier: MIT
// Takes a checkpoint apart into component files, with the names that tensors had before they were saved.
#include "../report.hpp"
#include "answer.hpp"
#include "carried_metadata.hpp"
#include "checkpoint_file.hpp"
#include "comfyui_parts.hpp"
#include "component_files.hpp"
#include "encoder_files.hpp"
#include "family_layout.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "renamed_metadata.hpp"
#include "same_file.hpp"
#include "saved_members.hpp"
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
    example::answer            answer{program};

    stet::strictness how() const
    {
        return as_comfyui ? stet::strictness::as_comfyui : stet::strictness::strict;
    }
};

/// A file that was saved, and what is in it; where ComfyUI's nodes are followed its path tells.
struct saved_part {
    std::string_view       called;
    stet::saved_checkpoint file;
};

/// All that is to be said.
struct outcome {
    std::vector<saved_part>     files{};
    stet::carry::split_metadata carried{};
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

// ---- the save ---------------------------------------------------------------------------------------------

/// A text encoder's part of all of them.
std::vector<stet::named_tensor> encoder_in(const stet::split_part& part, const example::encoder_name& encoder)
{
    std::vector<stet::named_tensor> found;
    for (const stet::named_tensor& one : part) {
        if (one.name.starts_with(encoder.prefix()))
            found.push_back(one);
    }
    return found;
}

/// Saves tensors as they are named, and says so, or keeps that for the document. Returns the exit status.
template <class Dict>
int save_part(const request& asked, std::string_view called, const Dict& tensors, const std::string& path,
              const stet::metadata_list& metadata, outcome& all)
{
    auto saved = [&] {
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
        return asked.answer.fail(example::told(saved.error()));
    if (!asked.answer.is_json()) {
        std::cout << called << ": ";
        example::print_file(*saved);
        example::print_ceilings(saved->header_bytes);
    }
    all.files.push_back({.called = called, .file = *std::move(saved)});
    return example::done;
}

/// Saves a text encoder under the names it has alone. Returns the exit status.
int save_encoder(const request& asked, const stet::split_part& text_encoder,
                 const example::encoder_name& encoder, const std::string& path, outcome& all)
{
    std::vector<stet::named_tensor> tensors = encoder_in(text_encoder, encoder);
    const auto                      metadata = example::joined_metadata(
        {stet::no_entries}, {tensors, all.carried.text_encoder},
        [&](std::string_view name) { return stet::placed_name{.stem = encoder.alone(name)}; }, asked.how());
    if (!metadata)
        return asked.answer.fail(stet::message(metadata.error()));
    for (stet::named_tensor& one : tensors)
        one.name = encoder.alone(one.name);
    return save_part(asked, encoder.name(), tensors, path, metadata->metadata, all);
}

int save_encoders(const request& asked, const stet::split_part& text_encoder, outcome& all)
{
    for (std::size_t i = 0; i < example::encoder_names.size(); ++i) {
        if (!asked.encoders.paths[i])
            continue;
        const int status =
            save_encoder(asked, text_encoder, example::encoder_names[i], *asked.encoders.paths[i], all);
        if (status != example::done)
            return status;
    }
    return example::done;
}

int save_parts(const request& asked, const stet::split_checkpoint& parts, outcome& all)
{
    for (const component which : example::every_component) {
        if (!asked.files[which])
            continue;
        const int status = save_part(asked, example::name_of(which), of(parts, which), *asked.files[which],
                                     of(all.carried, which), all);
        if (status != example::done)
            return status;
    }
    return save_encoders(asked, parts.text_encoder, all);
}

// ---- what is said of it -----------------------------------------------------------------------------------

/// Whether a component was asked for, if only in part.
bool is_taken(const request& asked, component which)
{
    return asked.files[which] || (which == component::text_encoder && asked.encoders.any());
}

/// Names what stays behind without having been asked for.
void print_rest(const request& asked, const stet::split_checkpoint& parts)
{
    for (const component which : example::every_component) {
        const stet::split_part& part = of(parts, which);
        if (!is_taken(asked, which) && !part.empty())
            std::cout << "not extracted: " << example::name_of(which) << ", "
                      << example::counted(part.size(), "tensor") << " (" << example::option_of(which)
                      << ")\n";
    }
    if (parts.leftover.empty())
        return;
    std::cout << "of no component: " << example::counted(parts.leftover.size(), "tensor") << ", such as "
              << example::quoted(parts.leftover[0].name) << '\n';
}

void write_json(example::json_list& object, const request& asked, const stet::split_checkpoint& parts,
                const outcome& all)
{
    object.next("source") << example::json_text(asked.checkpoint);
    object.objects("files", all.files, [](example::json_list& file, const saved_part& one) {
        if (!one.called.empty())
            file.next("part") << example::json_text(one.called);
        example::write_file(file, one.file);
    });
    std::vector<component> left;
    for (const component which : example::every_component) {
        if (!asked.root && !is_taken(asked, which) && !of(parts, which).empty())
            left.push_back(which);
    }
    object.objects("not_extracted", left, [&](example::json_list& part, component which) {
        part.next("part") << example::json_text(example::name_of(which));
        part.next("tensors") << of(parts, which).size();
    });
    object.next("of_no_component") << parts.leftover.size();
    example::write_carried(object, all.carried);
}

int tell(const request& asked, const stet::split_checkpoint& parts, const outcome& all)
{
    if (asked.answer.is_json())
        return asked.answer.write([&](example::json_list& object) { write_json(object, asked, parts, all); });
    if (!asked.root)
        print_rest(asked, parts);
    example::print_carried(all.carried);
    return example::done;
}

// ---- what is done -----------------------------------------------------------------------------------------

void settle(const request& asked)
{
    std::vector<std::string> paths;
    const auto               take = [&](const std::optional<std::string>& path) {
        const auto is_the_path = [&](const std::string& one) { return example::is_same_file(one, *path); };
        if (path && std::any_of(paths.begin(), paths.end(), is_the_path))
            example::refuse_usage(program, "two components cannot go into one file, '" + *path +
                                                             "'; name one for each");
        if (path && asked.checkpoint != "-" && is_the_path(asked.checkpoint))
            example::refuse_usage(program, "a component cannot take the place of the checkpoint, '" + *path +
                                                             "'; name another file");
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
std::string missing_part(const request& asked, const stet::split_checkpoint& parts)
{
    const auto is_empty = [&](component which) { return of(parts, which).empty(); };
    if (std::all_of(example::every_component.begin(), example::every_component.end(), is_empty))
        return example::quoted(asked.checkpoint) +
               " is no whole checkpoint: no name in it begins as its family's components do; it may be a component";
    const std::string lacks = example::quoted(asked.checkpoint) + " has no ";
    for (const component which : example::every_component) {
        if (asked.files[which] && of(parts, which).empty())
            return lacks + std::string(example::name_of(which));
    }
    for (std::size_t i = 0; i < example::encoder_names.size(); ++i) {
        const example::encoder_name& encoder = example::encoder_names[i];
        if (asked.encoders.paths[i] && encoder_in(parts.text_encoder, encoder).empty())
            return lacks + "text encoder " + std::string(encoder.name());
    }
    return {};
}

/// Saves all of it as ComfyUI's nodes would.
int save_as_nodes(const request& asked, const stet::split_checkpoint& parts,
                  const example::named_family& family, const std::optional<stet::prediction>& predicts)
{
    outcome    all;
    const auto note = [&](stet::saved_checkpoint&& saved) {
        if (!asked.answer.is_json())
            example::print_file(saved);
        all.files.push_back({.called = {}, .file = std::move(saved)});
    };
    const auto refused = example::save_comfyui_parts(*asked.root, parts, family, predicts, note);
    return refused ? asked.answer.fail(example::told(*refused)) : tell(asked, parts, all);
}

/// The layout of the family that is named, else of the file's names. Returns why there is none, or nothing.
std::string find_layout(const example::checkpoint_file&             file,
                        const std::optional<example::named_family>& family, example::layout_facts& layout)
{
    if (!family)
        return detect_layout(file, layout);
    layout = family->layout;
    return {};
}

int extract(const request& asked, const std::optional<example::named_family>& family)
{
    example::checkpoint_file file;
    if (const std::string complaint = file.open(asked.checkpoint); !complaint.empty())
        return asked.answer.fail(complaint);
    example::layout_facts layout;
    if (const std::string complaint = find_layout(file, family, layout); !complaint.empty())
        return asked.answer.fail(complaint);
    const stet::split_options                how{.strictness = asked.how()};
    const stet::component<stet::role::extra> tensors(file.tensors());
    const auto                               parts = stet::split_by(layout.rules, tensors, how);
    if (!parts)
        return asked.answer.fail(stet::message(parts.error()));
    if (asked.root)
        return save_as_nodes(asked, *parts, family ? *family : example::named_family{.layout = layout},
                             example::marked_prediction(file.header()));
    const stet::metadata_list source = stet::carry::metadata_of(file.header());
    auto carried = stet::carry::split_by(layout.rules, tensors, source, how, {.strictness = asked.how()});
    if (!carried)
        return asked.answer.fail(stet::message(carried.error()));
    if (const std::string complaint = missing_part(asked, *parts); !complaint.empty())
        return asked.answer.fail(complaint);
    outcome   all{.carried = *std::move(carried)};
    const int status = save_parts(asked, *parts, all);
    return status == example::done ? tell(asked, *parts, all) : status;
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
    asked->answer.describe(line.options);
    return {.line = std::move(line), .run = [asked](const std::vector<std::string>& words) {
                asked->checkpoint = words[0];
                return ::run(*asked);
            }};
}
