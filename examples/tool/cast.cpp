// SPDX-License-Identifier: MIT
// Saves a checkpoint with its floating tensors as another dtype, its quantised layers too if that is asked for.
#include "../report.hpp"
#include "answer.hpp"
#include "carried_metadata.hpp"
#include "checkpoint_file.hpp"
#include "destination.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "saved_from.hpp"
#include "saved_members.hpp"
#include "subcommand.hpp"
#include "table.hpp"

#include <stet/carry.hpp>
#include <stet/casts.hpp>
#include <stet/quantised.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view program = "stet cast";

using example::checkpoint_file;

struct request {
    std::optional<std::string> type{};
    std::vector<std::string>   kept{};
    std::vector<std::string>   only{};
    bool                       dequantises = false;
    bool                       becomes_nan = false;
    bool                       lists_tensors = false;
    bool                       is_lenient = false;
    example::destination       where{"checkpoints/cast"};
    example::answer            answer{program};
};

/// The dtypes that are cast, as a header spells them.
std::vector<std::string_view> type_names()
{
    std::vector<std::string_view> names;
    for (std::size_t i = stet::detail::dtype_count; i-- > 0;) {
        if (stet::casts::is_cast(static_cast<stet::dtype>(i)))
            names.push_back(stet::name(static_cast<stet::dtype>(i)));
    }
    return names;
}

stet::dtype wanted_type(const request& asked)
{
    const auto names = type_names();
    if (!asked.type)
        example::refuse_usage(program, "give --to DTYPE, such as BF16");
    for (const std::string_view name : names) {
        if (example::distance(name, *asked.type) == 0)
            return *stet::dtype_named(name);
    }
    std::string known;
    for (const std::string_view name : names)
        known += (known.empty() ? "" : ", ") + std::string(name);
    example::refuse_usage(program, "nothing is cast to '" + *asked.type + "'" +
                                       example::suggestion(*asked.type, names) + "; there is " + known);
}

/// What is cast, and what stays.
std::vector<stet::casts::rule> rules_of(const request& asked, stet::dtype type)
{
    const auto beyond =
        asked.becomes_nan ? stet::casts::too_large::becomes_nan : stet::casts::too_large::saturates;
    std::vector<stet::casts::rule> rules;
    for (const std::string& pattern : asked.kept)
        rules.push_back({.names = pattern});
    for (const std::string& pattern : asked.only)
        rules.push_back({.names = pattern, .to = type, .beyond = beyond});
    if (asked.only.empty())
        rules.push_back({.to = type, .beyond = beyond});
    return rules;
}

/// The file's metadata as it holds for what is saved.
stet::result<stet::carry::passed_on> metadata_of(const checkpoint_file& file, bool dequantises)
{
    stet::metadata_list source = stet::carry::metadata_of(file.header());
    if (dequantises)
        std::erase_if(source, [](const auto& entry) { return entry.first == stet::quantised::metadata_key; });
    return stet::carry::pass_on(source);
}

// ---- what is said -----------------------------------------------------------------------------------------

/// The casts of a save, and how many tensors stayed.
struct outcome {
    std::map<std::pair<stet::dtype, stet::dtype>, std::uint64_t> kinds{};
    std::vector<stet::change>                                    casts{};
    std::uint64_t                                                as_they_were = 0;
    std::size_t                                                  layers = 0; ///< dequantised
};

outcome outcome_of(const stet::saved_checkpoint& saved, std::size_t layers)
{
    outcome found{.layers = layers};
    for (const stet::component_report& part : saved.components)
        found.as_they_were += part.tensors;
    for (const stet::change& change : saved.changes.changes) {
        if (change.what != stet::change::kind::cast)
            continue;
        ++found.kinds[{change.from, change.to}];
        found.casts.push_back(change);
    }
    found.as_they_were -= found.casts.size() + layers;
    return found;
}

void print_numbers(std::string_view what, std::uint64_t count, const stet::change& of)
{
    if (count != 0)
        std::cout << "    " << what << ": " << example::counted(count, "number") << " of "
                  << example::quoted(of.name.text()) << '\n';
}

void print(const outcome& found, bool with_tensors)
{
    for (const auto& [types, count] : found.kinds)
        std::cout << "    " << example::counted(count, "tensor") << ' ' << stet::name(types.first) << " to "
                  << stet::name(types.second) << '\n';
    if (found.layers != 0)
        std::cout << "    " << example::counted(found.layers, "quantised layer") << " dequantised\n";
    if (found.as_they_were != 0)
        std::cout << "    " << example::counted(found.as_they_were, "tensor")
                  << (found.as_they_were == 1 ? " as it was\n" : " as they were\n");
    for (const stet::change& one : found.casts) {
        print_numbers("too large, clipped", one.clipped, one);
        print_numbers("infinite or NaN before", one.not_finite, one);
    }
    if (!with_tensors)
        return;
    using example::table;
    table lines({table::side::left, table::side::left, table::side::left});
    for (const stet::change& one : found.casts)
        lines.add({stet::readable(one.name.text()), std::string(stet::name(one.from)),
                   std::string(stet::name(one.to))});
    lines.print("    ");
}

void write_json(example::json_list& object, const outcome& found)
{
    object.next("dequantised_layers") << found.layers;
    object.next("as_they_were") << found.as_they_were;
    object.objects("cast", found.casts, [](example::json_list& tensor, const stet::change& one) {
        tensor.next("name") << example::json_text(one.name.text());
        tensor.next("from") << example::json_text(stet::name(one.from));
        tensor.next("to") << example::json_text(stet::name(one.to));
        tensor.next("clipped") << one.clipped;
        tensor.next("not_finite") << one.not_finite;
    });
}

// ---- what is done -----------------------------------------------------------------------------------------

int save(const request& asked, checkpoint_file& file, const stet::plan& plan, std::size_t layers)
{
    const auto changes = plan.changes();
    const bool casts = std::any_of(changes.begin(), changes.end(), [](const stet::change& one) {
        return one.what == stet::change::kind::cast;
    });
    if (!casts && layers == 0)
        return asked.answer.fail(example::quoted(file.path()) + " has nothing to cast to " +
                                 std::string(stet::name(wanted_type(asked))) + "; no file was written");
    const auto about = metadata_of(file, asked.dequantises);
    if (!about)
        return asked.answer.fail(stet::message(about.error()));
    const auto saved = example::save_from(file, plan, asked.where, about->metadata);
    if (!saved)
        return asked.answer.fail(example::told(saved.error()));
    const outcome found = outcome_of(*saved, layers);
    if (asked.answer.is_json())
        return asked.answer.write([&](example::json_list& object) {
            object.next("source") << example::json_text(file.path());
            example::write_file(object, *saved);
            example::write_passed_on(object, *about);
            write_json(object, found);
        });
    example::print_file(*saved);
    print(found, asked.lists_tensors);
    example::print_passed_on(*about);
    example::print_ceilings(saved->header_bytes);
    return example::done;
}

int save_dequantised(const request& asked, checkpoint_file& file, stet::dtype type,
                     const stet::plan_options& options)
{
    const auto layers = stet::quantised::find_layers(file.reader());
    if (!layers)
        return asked.answer.fail(stet::message(layers.error()));
    const auto model = stet::quantised::dequantised_model::of(*layers, type);
    if (!model)
        return asked.answer.fail(stet::message(model.error()));
    const auto plan = stet::make_plan(*model, options);
    return plan ? save(asked, file, *plan, layers->size()) : asked.answer.fail(example::told(plan.error()));
}

int cast(const request& asked, const std::string& path)
{
    asked.where.settle(program);
    const stet::dtype type = wanted_type(asked);
    if (asked.dequantises && type != stet::dtype::f32 && type != stet::dtype::f16 &&
        type != stet::dtype::bf16)
        example::refuse_usage(program, "--dequantise gives F32, F16 or BF16");
    checkpoint_file file;
    if (const std::string complaint = file.open(path, example::lenience(asked.is_lenient));
        !complaint.empty())
        return asked.answer.fail(complaint);
    const auto               rules = rules_of(asked, type);
    const stet::plan_options options{.cast = stet::casts::by(rules)};
    if (asked.dequantises)
        return save_dequantised(asked, file, type, options);
    const auto plan = stet::make_plan(file.tensors(), options);
    return plan ? save(asked, file, *plan, 0) : asked.answer.fail(example::told(plan.error()));
}

} // namespace

example::subcommand example::cast_command()
{
    const auto   asked = std::make_shared<request>();
    command_line line{
        .name = program,
        .purpose = "Saves a checkpoint with its numbers as another dtype.",
        .words = "FILE",
        .fewest = 1,
        .most = 1,
        .options = {{"--to", "DTYPE", "the dtype to cast floating tensors to", &asked->type, type_names()},
                    {"--keep", "PATTERN", "leave tensors of such names as they are; may be repeated",
                     &asked->kept},
                    {"--only", "PATTERN", "cast only tensors of such names; may be repeated", &asked->only},
                    {"--dequantise", "", "make plain weights of quantised layers, too", &asked->dequantises},
                    {"--nan", "", "numbers too large for F8_E4M3 become NaN, not its largest",
                     &asked->becomes_nan},
                    {"--tensors", "", "list what was cast", &asked->lists_tensors},
                    {"--lenient", "",
                     "read what has bytes that belong to no tensor, or zeros after its header; they go",
                     &asked->is_lenient}},
        .samples = {{"stet cast model.safetensors --to bf16 --keep '*norm*'",
                     "half as large, the norms as they are"},
                    {"stet cast fp8.safetensors --to f16 --dequantise --output plain.safetensors",
                     "a quantised model as programs read it that know none"}},
        .notes =
            "In a PATTERN `*` stands for any characters, dots too, `?` for one; what --keep names stays even if "
            "--only names it, too. Integers, empty tensors, the markers of a prediction and what quantised "
            "layers are made of stay as they are. Numbers are rounded to the nearest, as PyTorch does. Digests "
            "in the metadata hold no longer and go."};
    asked->where.describe(line.options);
    asked->answer.describe(line.options);
    return {.line = std::move(line),
            .run = [asked](const std::vector<std::string>& words) { return cast(*asked, words[0]); }};
}
