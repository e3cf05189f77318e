// SPDX-License-Identifier: MIT
// Makes one file of a checkpoint that lies in several.
#include "../report.hpp"
#include "answer.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "saved_members.hpp"
#include "subcommand.hpp"

#include <stet/save/save.hpp>
#include <stet/shards/mapped_set.hpp>
#include <stet/vocabulary/message.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace shards = stet::shards;

constexpr std::string_view program = "stet join";

struct request {
    std::string set{};
    std::string file{};
    std::string pattern = "model{suffix}.safetensors";
    std::string variant{};
    bool        as_hub = false;
    bool        replaces = false;

    example::answer answer{program};
};

/// What the set says of itself, in its index and in its first file.
std::map<std::string, std::string> metadata_of(const shards::mapped_set& set)
{
    std::map<std::string, std::string> all;
    if (!set.files().empty()) {
        const stet::checkpoint_header& header = set.files()[0].header();
        for (std::size_t i = 0; i < header.metadata_size(); ++i)
            all.emplace(header.metadata(i).key, header.metadata(i).value);
    }
    if (set.index()) {
        for (const stet::stored_metadata& entry : set.index()->metadata())
            all.insert_or_assign(std::string(entry.key), std::string(entry.value));
    }
    return all;
}

int join(const request& asked)
{
    const auto set = shards::mapped_set::open(
        asked.set, {.rules = asked.as_hub ? shards::set_rules::as_hub : shards::set_rules::strict,
                    .names = {.pattern = asked.pattern, .variant = asked.variant}});
    if (!set)
        return asked.answer.fail(stet::message(set.error()));
    const auto metadata = metadata_of(*set);
    const auto existing = asked.replaces ? stet::existing_file::replace : stet::existing_file::refuse;
    const auto saved = [&] {
        example::progress_bar bar;
        return stet::save(*set, stet::exact_path{asked.file, existing},
                          {.metadata = metadata, .progress = bar, .prefetch = stet::populate_pages});
    }();
    if (!saved)
        return asked.answer.fail(example::told(saved.error()));
    if (asked.answer.is_json())
        return asked.answer.write([&](example::json_list& object) {
            object.next("source") << example::json_text(asked.set);
            object.next("files") << set->files().size();
            example::write_file(object, *saved);
        });
    example::print_file(*saved);
    example::print_ceilings(saved->header_bytes);
    return example::done;
}

} // namespace

example::subcommand example::join_command()
{
    const auto   asked = std::make_shared<request>();
    command_line line{
        .name = program,
        .purpose = "Makes one file of a checkpoint that lies in several.",
        .words = "SET FILE",
        .fewest = 2,
        .most = 2,
        .options = {{"--pattern", "NAME",
                     "of the files in the folder, with {suffix} in it (model{suffix}.safetensors)",
                     &asked->pattern},
                    {"--variant", "NAME", "of the model, such as fp16", &asked->variant},
                    {"--hub", "", "take a set whose index does not tell the truth, as the hub's loader does",
                     &asked->as_hub},
                    {"--replace", "", "even if there is such a file already", &asked->replaces}},
        .samples = {{"stet join model model.safetensors", "the set in the folder model as one file"},
                    {"stet join unet/diffusion_pytorch_model.safetensors.index.json unet.safetensors",
                     "a set that is known by its index"}},
        .notes = "SET is a folder, or the index in it."};
    asked->answer.describe(line.options);
    return {.line = std::move(line), .run = [asked](const std::vector<std::string>& words) {
                asked->set = words[0];
                asked->file = words[1];
                return join(*asked);
            }};
}
