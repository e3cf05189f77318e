// SPDX-License-Identifier: MIT
// Puts component files together to one checkpoint of a model family.
#include "../report.hpp"
#include "carried_metadata.hpp"
#include "component_files.hpp"
#include "destination.hpp"
#include "encoder_files.hpp"
#include "family_layout.hpp"
#include "given_component.hpp"
#include "guessed_kind.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "subcommand.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/comfyui/comfyui_target.hpp>
#include <stet/stet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using example::component;
using example::named_family;

constexpr std::string_view program = "stet compose";

/// Every component there is; those that are not given are stet::no_entries. In the order in which ComfyUI adds them.
struct composed {
    stet::component<stet::role::model>          model;
    stet::component<stet::role::text_encoder>   text_encoder;
    stet::component<stet::role::vae>            vae;
    stet::component<stet::role::vision_encoder> vision_encoder;
    stet::component<stet::role::seconds_start>  seconds_start;
    stet::component<stet::role::seconds_total>  seconds_total;
    stet::component<stet::role::extra>          extra;

    static constexpr stet::field_list<&composed::model, &composed::text_encoder, &composed::vae,
                                      &composed::vision_encoder, &composed::seconds_start,
                                      &composed::seconds_total, &composed::extra>
        fields{};
};

struct request {
    example::component_files            files{};
    example::encoder_files              encoders{};
    std::string                         family{};
    std::optional<std::string>          predicts{};
    std::optional<double>               sigma_max{};
    std::optional<double>               sigma_min{};
    std::vector<example::key_and_value> metadata{};
    bool                                as_comfyui = false;
    bool                                lists_families = false;
    example::destination                where{"checkpoints/ComfyUI"};

    bool has(component which) const
    {
        return files[which] || (which == component::text_encoder && encoders.any());
    }
};

// ---- is the request complete? -----------------------------------------------------------------------------

void require_components(const request& asked)
{
    const auto has = [&](component which) { return asked.has(which); };
    if (!has(component::model))
        example::refuse_usage(program, "the model is missing; give --model FILE");
    const bool has_encoder = has(component::text_encoder) || has(component::vision_encoder);
    if (has_encoder && !has(component::vae))
        example::refuse_usage(program, "the vae is missing; give --vae FILE");
    if (has(component::vae) && !has_encoder)
        example::refuse_usage(program,
                              "an encoder is missing; give --text-encoder FILE for a full checkpoint or "
                              "--vision-encoder FILE for an image-only one");
}

/// Whether the family's layout has a place for a component.
bool has_place(const named_family& family, component which)
{
    const stet::split_rules& rules = family.layout.rules;
    switch (which) {
    case component::text_encoder:
        return rules.take_text != nullptr;
    case component::vision_encoder:
        return rules.vision.has_value();
    case component::seconds_start:
        return rules.seconds_start.has_value();
    case component::seconds_total:
        return rules.seconds_total.has_value();
    case component::model:
        return rules.model.has_value();
    case component::vae:
        return rules.vae.has_value();
    case component::extra:
        break;
    }
    return true;
}

void require_places(const request& asked, const named_family& family)
{
    for (const component which : example::every_component) {
        // ComfyUI saves a vision encoder for any family, where no loader looks for it.
        const bool is_put_anywhere = which == component::vision_encoder && asked.as_comfyui;
        if (asked.has(which) && !has_place(family, which) && !is_put_anywhere)
            example::refuse_usage(program, "family '" + std::string(family.facts.name) +
                                               "' has no place for a " +
                                               std::string(example::name_of(which)));
    }
}

// ---- the prediction ---------------------------------------------------------------------------------------

struct prediction_name {
    std::string_view name;
    stet::prediction means;
};
constexpr std::array<prediction_name, 7> predictions{
    {{"epsilon", stet::prediction::epsilon()},
     {"v", stet::prediction::v()},
     {"v-zsnr", stet::prediction::v(true)},
     {"flow", stet::prediction::flow()},
     {"edm", {.type = stet::model_type::edm}},
     {"edm-v", {.type = stet::model_type::v_prediction_edm}},
     {"continuous-v", {.type = stet::model_type::v_prediction_continuous}}}};

stet::prediction named_prediction(const std::string& name)
{
    std::vector<std::string_view> names;
    for (const prediction_name& known : predictions) {
        if (known.name == name)
            return known.means;
        names.push_back(known.name);
    }
    example::refuse_usage(program, "unknown prediction '" + name + "'" + example::suggestion(name, names));
}

/// What the command line says of it; the family knows the rest.
std::optional<stet::prediction> told_prediction(const request& asked, const named_family& family)
{
    if (asked.sigma_max.has_value() != asked.sigma_min.has_value())
        example::refuse_usage(program, "give both --sigma-max and --sigma-min");
    std::optional<stet::prediction> told;
    if (asked.predicts)
        told = named_prediction(*asked.predicts);
    if (!asked.sigma_max)
        return told;
    if (!told)
        told = stet::prediction{.type = family.facts.type.usual};
    if (!stet::detail::has_sigmas(told->type))
        example::refuse_usage(program, "--sigma-max and --sigma-min need a continuous prediction");
    told->sigmas = {.largest = static_cast<float>(*asked.sigma_max),
                    .smallest = static_cast<float>(*asked.sigma_min)};
    return told;
}

// ---- the save ---------------------------------------------------------------------------------------------

using given_components = std::array<example::given_component, example::component_count>;

template <class Role>
stet::component<Role> component_in(const given_components& given, component which)
{
    const example::given_component& one = given[example::index_of(which)];
    if (!one.is_given())
        return stet::no_entries;
    return one.tensors();
}

/// Model and text encoder as ComfyUI keeps them once it has loaded them, which tells in quantised layers only.
struct kept_components {
    std::optional<stet::carry::comfyui_component> model{};
    std::optional<stet::carry::comfyui_component> text_encoder{};

    /// Returns why it cannot be done, or nothing.
    std::string keep(const given_components& given)
    {
        for (const component which : {component::model, component::text_encoder}) {
            const example::given_component& one = given[example::index_of(which)];
            if (!one.is_given())
                continue;
            auto kept = stet::carry::as_comfyui_keeps(
                one.tensors(), one.files()[0].header().metadata(stet::quantised::metadata_key));
            if (!kept)
                return stet::message(kept.error());
            (which == component::model ? model : text_encoder).emplace(*std::move(kept));
        }
        return {};
    }
};

composed checkpoint_of(const given_components& given, const kept_components& kept)
{
    namespace role = stet::role;
    composed all{.model = component_in<role::model>(given, component::model),
                 .text_encoder = component_in<role::text_encoder>(given, component::text_encoder),
                 .vae = component_in<role::vae>(given, component::vae),
                 .vision_encoder = component_in<role::vision_encoder>(given, component::vision_encoder),
                 .seconds_start = component_in<role::seconds_start>(given, component::seconds_start),
                 .seconds_total = component_in<role::seconds_total>(given, component::seconds_total),
                 .extra = component_in<role::extra>(given, component::extra)};
    if (kept.model)
        all.model = *kept.model;
    if (kept.text_encoder)
        all.text_encoder = *kept.text_encoder;
    return all;
}

using text_map = std::map<std::string, std::string>;

/// What the user says, over what ComfyUI would write if its conduct is asked for, else over what the files bring.
stet::result<text_map> metadata_of(const request& asked, const stet::metadata_list& carried,
                                   const stet::claimed_name& name)
{
    text_map metadata(carried.begin(), carried.end());
    if (asked.as_comfyui) {
        const auto written = stet::comfyui::make_metadata(name);
        if (!written)
            return written.error();
        metadata.insert(written->begin(), written->end());
    }
    for (const auto& [key, value] : asked.metadata)
        metadata.insert_or_assign(key, value);
    return metadata;
}

/// The metadata of the components' files, in the order of composed::fields. As ComfyUI does it there is none.
stet::result<stet::carry::carried> carry(const given_components& given, const request& asked,
                                         const composed& checkpoint, const example::family_layout& layout)
{
    constexpr std::array<component, 7> order{
        component::model,         component::text_encoder,  component::vae,  component::vision_encoder,
        component::seconds_start, component::seconds_total, component::extra};
    std::array<stet::metadata_list, order.size()> lists{};
    std::array<stet::metadata_view, order.size()> sources{};
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (asked.as_comfyui)
            continue;
        lists[i] = given[example::index_of(order[i])].metadata();
        sources[i] = lists[i];
    }
    return stet::carry::compose(
        checkpoint, layout, sources, {},
        {.strictness = asked.as_comfyui ? stet::strictness::as_comfyui : stet::strictness::strict});
}

void print_changes(const stet::plan& plan)
{
    for (const stet::change& change : plan.changes()) {
        const std::string_view what = change.what == stet::change::kind::left_out ? "left out"
                                      : change.what == stet::change::kind::added  ? "added"
                                                                                  : "replaced";
        std::cout << "    " << what << ": " << example::quoted(change.name.text()) << '\n';
    }
}

// ---- what the files are -----------------------------------------------------------------------------------

/// Why a file is not what it is given as, or nothing.
std::string mistaken(const example::checkpoint_file& file, component which)
{
    using example::kind;
    struct place {
        kind             is;
        component        goes_to;
        std::string_view looks;
    };
    constexpr std::array<place, 3> places{{{kind::model, component::model, "a diffusion model"},
                                           {kind::text_encoder, component::text_encoder, "a text encoder"},
                                           {kind::vae, component::vae, "a vae"}}};

    const kind found = example::guessed_kind(file.header());
    const auto knows = [&](const place& one) { return one.goes_to == which; };
    if (!std::any_of(places.begin(), places.end(), knows))
        return {};
    const std::string about = example::quoted(file.path()) + " looks like ";
    if (found == kind::lora)
        return about + "a LoRA, which belongs to no checkpoint until it is merged into a model";
    for (const place& one : places) {
        if (one.is == found && one.goes_to != which)
            return about + std::string(one.looks) + "; give it by " +
                   std::string(example::option_of(one.goes_to)) + ", or --comfyui to have it so all the same";
    }
    return {};
}

/// Takes the prefix off that all names of a file bear already, and says so. Returns why it cannot, or nothing.
std::string take_prefix_off(example::given_component& given, component which)
{
    const example::checkpoint_file& file = given.files().back();
    const example::common_prefix    found = example::prefix_in(file.header());
    const std::string begins = example::quoted(file.path()) + (found.is_whole ? ": its" : ": some of its") +
                               " names begin with " + example::quoted(found.prefix);
    const bool fits =
        (which == component::model && found.prefix == "model.diffusion_model.") ||
        (which == component::vae && (found.prefix == "first_stage_model." || found.prefix == "vae.")) ||
        (which == component::text_encoder && found.prefix == "text_encoders.");
    if (!fits || !found.is_whole)
        return begins + ", as in a whole checkpoint; take the component out of it first: stet extract " +
               example::quoted(file.path()) + ' ' + std::string(example::option_of(which)) + " FILE";
    std::cout << "note: " << begins << ", which is taken off\n";
    return given.rename_last(
        [&](std::string_view name) { return std::string(name.substr(found.prefix.size())); });
}

/// Opens a component's file. Returns why it cannot be taken, or nothing.
std::string open_component(const request& asked, component which, example::given_component& given)
{
    if (!asked.files[which])
        return {};
    if (std::string complaint = given.add(*asked.files[which]); !complaint.empty() || asked.as_comfyui)
        return complaint;
    if (which == component::extra)
        return {};
    if (!example::prefix_in(given.files().back().header()).prefix.empty())
        return take_prefix_off(given, which);
    return mistaken(given.files().back(), which);
}

/// Opens the files of single text encoders and puts the encoders' names before theirs. Returns why it cannot, or nothing.
std::string open_encoders(const request& asked, example::given_component& given)
{
    for (std::size_t i = 0; i < example::encoder_names.size(); ++i) {
        if (!asked.encoders.paths[i])
            continue;
        if (std::string complaint = given.add(*asked.encoders.paths[i]); !complaint.empty())
            return complaint;
        const std::string_view outer = example::encoder_names[i].prefix;
        const auto             renamed = [&](std::string_view name) {
            if (name.starts_with(outer))
                return std::string(name);
            const bool is_inner = name != "logit_scale" && !name.starts_with(example::inner_prefix);
            return std::string(outer) + std::string(is_inner ? example::inner_prefix : "") +
                   std::string(name);
        };
        if (std::string complaint = given.rename_last(renamed); !complaint.empty())
            return complaint;
    }
    return {};
}

/// Opens all files. Returns why one cannot be taken, or nothing.
std::string open(const request& asked, given_components& given)
{
    for (const component which : example::every_component) {
        if (std::string complaint = open_component(asked, which, given[example::index_of(which)]);
            !complaint.empty())
            return complaint;
    }
    return open_encoders(asked, given[example::index_of(component::text_encoder)]);
}

int compose(const request& asked, const named_family& family)
{
    const auto       told_type = told_prediction(asked, family);
    given_components given;
    if (const std::string complaint = open(asked, given); !complaint.empty())
        return example::report_failure(program, complaint);
    stet::plan_options options = asked.as_comfyui ? stet::plan_options::as_comfyui() : stet::plan_options();
    options.prediction = told_type;
    kept_components kept;
    if (const std::string complaint = asked.as_comfyui ? kept.keep(given) : std::string(); !complaint.empty())
        return example::report_failure(program, complaint);
    const composed               checkpoint = checkpoint_of(given, kept);
    const example::family_layout layout(family);
    const auto                   plan = stet::make_plan(checkpoint, layout, options);
    if (!plan)
        return example::report_failure(program, example::told(plan.error()));
    const auto carried = carry(given, asked, checkpoint, layout);
    if (!carried)
        return example::report_failure(program, stet::message(carried.error()));

    stet::result<text_map> metadata = metadata_of(asked, carried->metadata, {.model = plan->model()});
    if (!metadata)
        return example::report_failure(program, stet::message(metadata.error()));
    const bool has_metadata =
        !metadata->empty() || asked.as_comfyui; // ComfyUI's may be empty, but it is there
    const auto metadata_for = [&](const stet::claimed_name& name) -> stet::result<stet::metadata_view> {
        metadata = metadata_of(asked, carried->metadata, name);
        if (!metadata)
            return metadata.error();
        return has_metadata ? stet::metadata_view(*metadata) : stet::metadata_view();
    };
    const auto saved = [&] {
        example::progress_bar bar;
        return asked.where.save(
            *plan, {.metadata = has_metadata ? stet::metadata_view(*metadata) : stet::metadata_view(),
                    .metadata_for = metadata_for,
                    .progress = bar});
    }();
    if (!saved)
        return example::report_failure(program, example::told(saved.error()));
    example::print(*saved);
    print_changes(*plan);
    example::print_carried(*carried);
    const bool has_config = metadata->count("config") + metadata->count("is_512") != 0;
    if (!saved->reload_caveat.empty() && !has_config)
        std::cout << "    note: " << saved->reload_caveat << '\n';
    return example::done;
}

int list_families()
{
    for (const std::string_view name : example::family_names())
        std::cout << name << '\n';
    return example::done;
}

int run(const request& asked)
{
    if (asked.lists_families)
        return list_families();
    if (asked.family.empty())
        example::refuse_usage(program, "give --family NAME");
    const auto family = example::find_family(asked.family);
    if (!family)
        example::refuse_usage(program, example::unknown_family(asked.family));
    require_components(asked);
    require_places(asked, *family);
    asked.where.settle(program);
    return compose(asked, *family);
}

} // namespace

example::subcommand example::compose_command()
{
    const auto   asked = std::make_shared<request>();
    command_line line{
        .name = program,
        .purpose = "Puts component files together to one checkpoint.",
        .words = "",
        .options =
            {{"--family", "NAME", "the model's family, which says where things go", &asked->family,
              family_names()},
             {"--families", "", "list the families and stop", &asked->lists_families},
             {"--prediction",
              "TYPE",
              "record what the model predicts: epsilon, v, v-zsnr, flow, edm, edm-v, continuous-v",
              &asked->predicts,
              {"epsilon", "v", "v-zsnr", "flow", "edm", "edm-v", "continuous-v"}},
             {"--sigma-max", "NUMBER",
              "the largest noise level, of the last three; families of one of them know their own",
              &asked->sigma_max},
             {"--sigma-min", "NUMBER", "the smallest", &asked->sigma_min},
             {"--metadata", "KEY=VALUE", "put this into the metadata; may be repeated", &asked->metadata},
             {"--comfyui", "",
              "lose and overwrite what ComfyUI loses and overwrites instead of refusing it, and write the "
              "metadata it writes",
              &asked->as_comfyui}},
        .samples = {{"stet compose --family SD15 --model unet.safetensors --text-encoder clip.safetensors "
                     "--vae vae.safetensors --output full.safetensors",
                     "a full checkpoint under this name"},
                    {"stet compose --family Flux --model flux.safetensors",
                     "a diffusion model alone, under the next number in output/checkpoints"}},
        .notes =
            "The model with a text encoder and a vae is a full checkpoint, with a vision encoder and a vae an "
            "image-only one; the model alone is allowed, too. A text encoder that lies alone in a file is given by "
            "its name, several such are one text encoder."};
    asked->files.describe(line.options);
    asked->encoders.describe(line.options);
    asked->where.describe(line.options);
    return {.line = std::move(line),
            .run = [asked](const std::vector<std::string>&) { return ::run(*asked); }};
}
