// SPDX-License-Identifier: MIT
// Saves a checkpoint without what only training needs, or without tensors of given names.
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
#include <stet/families/layouts.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr std::string_view program = "stet prune";

using example::checkpoint_file;
namespace selection = stet::selection;

struct request {
    bool                     ema = false;
    bool                     optimizer = false;
    bool                     training = false;
    bool                     position_ids = false;
    std::vector<std::string> patterns{};
    std::vector<std::string> kept{};
    bool                     only_lists = false;
    bool                     lists_tensors = false;
    bool                     is_lenient = false;
    example::destination     where{"checkpoints/pruned"};
    example::answer          answer{program};
};

/// A reason to leave a tensor out.
struct reason {
    std::string_view what;
    bool request::*is_asked;
    bool (*fits)(const selection::tensor& asked) noexcept;
};

constexpr std::array<reason, 4> reasons{{
    {"EMA copies", &request::ema, selection::ema_copies},
    {"optimizer state", &request::optimizer, selection::optimizer_state},
    {"training scalars", &request::training, selection::training_scalars},
    {"position ids", &request::position_ids, selection::position_ids},
}};

/// Tensors that go, and why; and those that stay.
struct choice {
    struct left_out {
        std::string_view name;
        std::string      why;
        std::uint64_t    bytes = 0;
    };
    std::vector<left_out>            gone{};
    std::vector<example::file_entry> stay{};

    std::uint64_t bytes() const
    {
        std::uint64_t sum = 0;
        for (const left_out& one : gone)
            sum += one.bytes;
        return sum;
    }
};

bool fits_any(const stet::placed_name& name, const std::vector<std::string>& patterns)
{
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return selection::matches(name, pattern); });
}

/// Why the tensor goes; empty if it stays.
std::string why_left_out(const selection::tensor& tensor, const request& asked)
{
    if (fits_any(tensor.name, asked.kept))
        return {};
    for (const reason& one : reasons) {
        if (asked.*one.is_asked && one.fits(tensor))
            return std::string(one.what);
    }
    for (const std::string& pattern : asked.patterns) {
        if (selection::matches(tensor.name, pattern))
            return example::quoted(pattern);
    }
    return {};
}

choice choose(const checkpoint_file& file, const request& asked)
{
    choice made;
    for (const example::file_entry& one : file.tensors()) {
        const stet::stored_tensor& stored = one.tensor.stored;
        std::string                why = why_left_out(
            {.name = {.stem = one.name}, .type = stored.type, .shape = stored.shape, .size = stored.size()},
            asked);
        if (why.empty())
            made.stay.push_back(one);
        else
            made.gone.push_back({.name = one.name, .why = std::move(why), .bytes = stored.size()});
    }
    return made;
}

/// The file's metadata, with those quantised layers that are still there.
stet::result<stet::carry::carried> metadata_of(const checkpoint_file& file, const choice& made)
{
    const stet::metadata_list                source = stet::carry::metadata_of(file.header());
    const stet::model_only                   whole{.model = stet::no_entries, .extra = made.stay};
    const std::array<stet::metadata_view, 2> sources{stet::metadata_view(), source};
    return stet::carry::compose(whole, stet::layouts::generic{}, sources);
}

// ---- what is said -----------------------------------------------------------------------------------------

void print(const choice& made, bool with_tensors)
{
    struct reason_sum {
        std::string_view why;
        std::uint64_t    count = 0;
        std::uint64_t    bytes = 0;
    };
    std::vector<reason_sum> sums; // in the order of their first tensor
    for (const choice::left_out& one : made.gone) {
        auto sum = std::find_if(sums.begin(), sums.end(),
                                [&](const reason_sum& known) { return known.why == one.why; });
        if (sum == sums.end())
            sum = sums.insert(sum, {.why = one.why});
        ++sum->count;
        sum->bytes += one.bytes;
    }
    for (const reason_sum& sum : sums)
        std::cout << "    left out: " << sum.why << ", " << example::counted(sum.count, "tensor") << ", "
                  << example::counted(sum.bytes, "byte") << '\n';
    if (!with_tensors)
        return;
    using example::table;
    table lines({table::side::left, table::side::right, table::side::left});
    for (const choice::left_out& one : made.gone)
        lines.add({stet::readable(one.name), example::grouped(one.bytes), one.why});
    lines.print("        ");
}

void write_choice(example::json_list& object, const choice& made)
{
    object.objects("left_out", made.gone, [](example::json_list& tensor, const choice::left_out& one) {
        tensor.next("name") << example::json_text(one.name);
        tensor.next("bytes") << one.bytes;
        tensor.next("why") << example::json_text(one.why);
    });
}

int list(const request& asked, const checkpoint_file& file, const choice& made)
{
    if (asked.answer.is_json())
        return asked.answer.write([&](example::json_list& object) {
            object.next("source") << example::json_text(file.path());
            write_choice(object, made);
        });
    std::cout << stet::readable(file.path()) << "\n    " << example::counted(made.stay.size(), "tensor")
              << " would stay, " << example::counted(made.gone.size(), "tensor") << " of "
              << example::counted(made.bytes(), "byte") << " would go\n";
    print(made, true);
    return example::done;
}

// ---- what is done -----------------------------------------------------------------------------------------

int save(const request& asked, checkpoint_file& file, const choice& made)
{
    const auto plan = stet::make_plan(made.stay, {.order = stet::dict_order});
    if (!plan)
        return asked.answer.fail(example::told(plan.error()));
    const auto about = metadata_of(file, made);
    if (!about)
        return asked.answer.fail(stet::message(about.error()));
    const auto saved = example::save_from(file, *plan, asked.where, about->metadata);
    if (!saved)
        return asked.answer.fail(example::told(saved.error()));
    if (asked.answer.is_json())
        return asked.answer.write([&](example::json_list& object) {
            object.next("source") << example::json_text(file.path());
            example::write_file(object, *saved);
            example::write_carried(object, *about);
            write_choice(object, made);
        });
    example::print_file(*saved);
    print(made, asked.lists_tensors);
    example::print_carried(*about);
    example::print_ceilings(saved->header_bytes);
    return example::done;
}

int prune(request& asked, const std::string& path)
{
    asked.where.settle(program);
    if (!asked.ema && !asked.optimizer && !asked.training && !asked.position_ids && asked.patterns.empty())
        asked.ema = asked.optimizer = asked.training = true;
    checkpoint_file file;
    if (const std::string complaint = file.open(path, example::lenience(asked.is_lenient));
        !complaint.empty())
        return asked.answer.fail(complaint);
    const choice made = choose(file, asked);
    if (asked.only_lists)
        return list(asked, file, made);
    if (made.stay.empty() && !made.gone.empty())
        return asked.answer.fail("nothing of " + example::quoted(path) + " would stay; no file was written");
    if (made.gone.empty() && !asked.is_lenient) // that alone makes a sound file of one that is not
        return asked.answer.fail(example::quoted(path) + " has nothing to leave out; no file was written");
    return save(asked, file, made);
}

} // namespace

example::subcommand example::prune_command()
{
    const auto   asked = std::make_shared<request>();
    command_line line{
        .name = program,
        .purpose = "Saves a checkpoint without what only training needs.",
        .words = "FILE",
        .fewest = 1,
        .most = 1,
        .options = {{"--ema", "", "leave out averaged copies of the weights", &asked->ema},
                    {"--optimizer", "", "leave out what an optimizer keeps", &asked->optimizer},
                    {"--training", "", "leave out counters of a training run", &asked->training},
                    {"--position-ids", "", "leave out position ids, which loaders make themselves",
                     &asked->position_ids},
                    {"--pattern", "PATTERN", "leave out tensors of such names; may be repeated",
                     &asked->patterns},
                    {"--keep", "PATTERN", "but not those of such names; may be repeated", &asked->kept},
                    {"--dry-run", "", "list what would go, and save nothing", &asked->only_lists},
                    {"--tensors", "", "list what went", &asked->lists_tensors},
                    {"--lenient", "",
                     "read what has bytes that belong to no tensor, or zeros after its header; they go",
                     &asked->is_lenient}},
        .samples = {{"stet prune last.safetensors --output model.safetensors",
                     "without EMA copies, optimizer state and counters"},
                    {"stet prune model.safetensors --pattern 'first_stage_model.*' --dry-run",
                     "see what a checkpoint would lose without its vae"}},
        .notes =
            "Without --ema, --optimizer, --training, --position-ids or --pattern the first three are meant. In a "
            "PATTERN `*` stands for any characters, dots too, `?` for one. What stays keeps its order and its "
            "bytes; digests in the metadata go, and so does what it says of layers that are gone."};
    asked->where.describe(line.options);
    asked->answer.describe(line.options);
    return {.line = std::move(line),
            .run = [asked](const std::vector<std::string>& words) { return prune(*asked, words[0]); }};
}
