// SPDX-License-Identifier: MIT
// Saves a checkpoint again in several files with an index, as the hub and its libraries keep large models.
#include "answer.hpp"
#include "progress_bar.hpp"
#include "readable.hpp"
#include "refusal.hpp"
#include "subcommand.hpp"

#include <stet/read/mapped_file.hpp>
#include <stet/shards/save_shards.hpp>
#include <stet/shards/sharding.hpp>
#include <stet/vocabulary/message.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

namespace shards = stet::shards;

constexpr std::string_view program = "stet shard";

struct request {
    std::string checkpoint{};
    std::string folder{};
    std::string size = "5GB";
    std::string pattern = "model{suffix}.safetensors";
    std::string variant{};
    std::string dialect = "hub";
    bool        replaces = false;

    example::answer answer{program};
};

using metadata_list = std::vector<std::pair<std::string, std::string>>;

/// What the checkpoint says of itself, to be said again.
metadata_list metadata_of(const stet::checkpoint_header& header)
{
    metadata_list all;
    for (std::size_t i = 0; i < header.metadata_size(); ++i)
        all.emplace_back(header.metadata(i).key, header.metadata(i).value);
    return all;
}

shards::dialect dialect_named(const std::string& name)
{
    constexpr std::array<std::pair<std::string_view, shards::dialect>, 4> known{
        {{"hub", shards::dialect::hub},
         {"diffusers", shards::dialect::diffusers},
         {"transformers", shards::dialect::transformers},
         {"torch", shards::dialect::torch}}};
    std::vector<std::string_view> names;
    for (const auto& [spelled, dialect] : known) {
        if (example::distance(spelled, name) == 0) // in capitals or not
            return dialect;
        names.push_back(spelled);
    }
    example::refuse_usage(program, "unknown dialect '" + name + "'" + example::suggestion(name, names));
}

void print(const shards::saved_set& saved)
{
    for (const shards::saved_shard& file : saved.files) {
        std::cout << stet::readable(file.name) << "\n    " << file.tensors
                  << (file.tensors == 1 ? " tensor, " : " tensors, ") << file.bytes << " bytes\n";
    }
    if (!saved.index.empty())
        std::cout << stet::readable(saved.index) << '\n';
    for (const std::string& name : saved.removed)
        std::cout << "removed: " << stet::readable(name) << '\n';
    for (const std::string& name : saved.left)
        std::cout << "could not be removed: " << stet::readable(name) << '\n';
}

void write_json(example::json_list& object, const request& asked, const shards::saved_set& saved)
{
    object.next("source") << example::json_text(asked.checkpoint);
    object.next("folder") << example::json_text(asked.folder);
    object.objects("files", saved.files, [](example::json_list& file, const shards::saved_shard& one) {
        file.next("name") << example::json_text(one.name);
        file.next("bytes") << one.bytes;
        file.next("tensors") << one.tensors;
    });
    if (!saved.index.empty())
        object.next("index") << example::json_text(saved.index);
    object.texts("removed", saved.removed);
    object.texts("not_removed", saved.left);
}

/// A number of bytes, or a size as the hub writes it.
stet::result<std::int64_t> size_in(const std::string& text)
{
    std::int64_t      bytes = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, bytes);
    if (fault == std::errc() && rest == end && bytes >= 0)
        return bytes;
    return shards::parse_size(text);
}

int shard(const request& asked)
{
    const auto limit = size_in(asked.size);
    if (!limit)
        example::refuse_usage(program, stet::message(limit.error()));
    const shards::dialect dialect = dialect_named(asked.dialect);
    const auto            file = stet::file_checkpoint::open(asked.checkpoint.c_str());
    if (!file)
        return asked.answer.fail(example::told_of_file(asked.checkpoint, file.error()));
    const metadata_list metadata = metadata_of(file->header());
    const auto          saved = [&] {
        example::progress_bar bar;
        return shards::save(
            *file, asked.folder,
            {.limit = *limit,
                      .names = {.pattern = asked.pattern, .variant = asked.variant},
                      .dialect = dialect,
                      .existing = asked.replaces ? stet::existing_file::replace : stet::existing_file::refuse,
                      .file = {.metadata = metadata, .progress = bar}});
    }();
    if (!saved)
        return asked.answer.fail(example::told(saved.error()));
    if (asked.answer.is_json())
        return asked.answer.write([&](example::json_list& object) { write_json(object, asked, *saved); });
    print(*saved);
    return example::done;
}

} // namespace

example::subcommand example::shard_command()
{
    const auto   asked = std::make_shared<request>();
    command_line line{
        .name = program,
        .purpose = "Saves a checkpoint again in several files with an index.",
        .words = "CHECKPOINT FOLDER",
        .fewest = 2,
        .most = 2,
        .options = {{"--size", "SIZE", "of the largest file, such as 1.5GB (5GB)", &asked->size},
                    {"--pattern", "NAME", "of the files, with {suffix} in it (model{suffix}.safetensors)",
                     &asked->pattern},
                    {"--variant", "NAME", "of the model, such as fp16", &asked->variant},
                    {"--dialect",
                     "NAME",
                     "of the index: hub, diffusers, transformers, torch (hub)",
                     &asked->dialect,
                     {"hub", "diffusers", "transformers", "torch"}},
                    {"--replace", "", "even if there is a set of these names already", &asked->replaces}},
        .samples = {{"stet shard model.safetensors model", "files of 5 GB at most in the folder model"},
                    {"stet shard model.safetensors model --size 2GB --variant fp16",
                     "smaller ones, named model.fp16-00001-of-..."}},
        .notes = "A tensor that is larger than the size has a file of its own. Readers find the old set in "
                 "the folder or the new one. `stet join` makes one file of it again."};
    asked->answer.describe(line.options);
    return {.line = std::move(line), .run = [asked](const std::vector<std::string>& words) {
                asked->checkpoint = words[0];
                asked->folder = words[1];
                return shard(*asked);
            }};
}
