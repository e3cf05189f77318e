// SPDX-License-Identifier: MIT
// Hashes checkpoints as registries, trainers and other programs do, whole or by tensor.
#include "json_list.hpp"
#include "looks_like.hpp"
#include "opened_source.hpp"
#include "readable.hpp"
#include "report_each.hpp"
#include "subcommand.hpp"
#include "table.hpp"

#include <stet/hashes.hpp>

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

constexpr std::string_view program = "stet hash";

using stet::hashes::hash_texts;

/// A hash that can be asked for.
struct named_hash {
    std::string_view    kind;  ///< as --kind takes it
    std::string_view    label; ///< as programs call it
    stet::hashes::kinds needs;
    std::string (*spelled)(const hash_texts& all);
    std::string (*by_civitai)(const hash_texts& all) = nullptr;
};

template <auto Member>
std::string text(const hash_texts& all)
{
    return std::string((all.*Member).view());
}

template <auto Member>
std::string civitai(const hash_texts& all)
{
    return std::string((all.civitai.*Member).view());
}

using as_civitai = stet::hashes::civitai_texts;

constexpr std::array<named_hash, 10> hashes{{
    {"autov1", "AutoV1", {.autov1 = true}, text<&hash_texts::autov1>, civitai<&as_civitai::autov1>},
    {"autov2", "AutoV2", {.sha256 = true}, text<&hash_texts::autov2>, civitai<&as_civitai::autov2>},
    {"autov3", "AutoV3", {.data = true}, text<&hash_texts::autov3>, civitai<&as_civitai::autov3>},
    {"sha256", "SHA-256", {.sha256 = true}, text<&hash_texts::sha256>, civitai<&as_civitai::sha256>},
    {"crc32", "CRC32", {.crc32 = true}, text<&hash_texts::crc32>, civitai<&as_civitai::crc32>},
    {"blake3", "BLAKE3", {.blake3 = true}, text<&hash_texts::blake3>, civitai<&as_civitai::blake3>},
    {"modelspec", "modelspec.hash_sha256", {.data = true}, text<&hash_texts::modelspec_sha256>},
    {"sshs", "sshs_model_hash", {.sshs = true}, text<&hash_texts::sshs_model>},
    {"sshs-legacy", "sshs_legacy_hash", {.sshs = true}, text<&hash_texts::sshs_legacy>},
    {"content", "content", {.content = true}, text<&hash_texts::content>},
}};

struct request {
    std::vector<std::string> kinds{};
    bool                     as_civitai = false;
    bool                     by_tensor = false;
    bool                     is_lenient = false;
    bool                     as_json = false;
};

std::vector<std::string_view> kind_names()
{
    std::vector<std::string_view> names;
    for (const named_hash& one : hashes)
        names.push_back(one.kind);
    return names;
}

/// Those that were asked for, in the table's order; all if none was.
std::vector<const named_hash*> chosen(const request& asked)
{
    const auto names = kind_names();
    for (const std::string& kind : asked.kinds) {
        if (std::find(names.begin(), names.end(), example::look::lower_case(kind)) == names.end())
            example::refuse_usage(program,
                                  "there is no hash '" + kind + "'" + example::suggestion(kind, names));
    }
    std::vector<const named_hash*> wanted;
    for (const named_hash& one : hashes) {
        const bool is_named =
            asked.kinds.empty() ||
            std::any_of(asked.kinds.begin(), asked.kinds.end(),
                        [&](const std::string& kind) { return example::look::lower_case(kind) == one.kind; });
        if (is_named && (!asked.as_civitai || one.by_civitai != nullptr))
            wanted.push_back(&one);
    }
    return wanted;
}

stet::hashes::kinds needs_of(const std::vector<const named_hash*>& wanted)
{
    stet::hashes::kinds all;
    for (const named_hash* const one : wanted) {
        all.sha256 |= one->needs.sha256;
        all.autov1 |= one->needs.autov1;
        all.data |= one->needs.data;
        all.sshs |= one->needs.sshs;
        all.crc32 |= one->needs.crc32;
        all.blake3 |= one->needs.blake3;
        all.content |= one->needs.content;
    }
    return all;
}

struct hashed_tensor {
    std::string name;
    std::string sha256;
    std::string content;
};

/// What was found of one file.
struct hashed {
    std::uint64_t                                          bytes = 0;
    std::vector<std::pair<const named_hash*, std::string>> digests{};
    std::vector<hashed_tensor>                             tensors{};
};

/// Returns why the tensors cannot be hashed, or nothing.
std::string hash_tensors(stet::source_ref file, const stet::read_options& options, hashed& found)
{
    const auto add = [&](const stet::stored_tensor&         tensor,
                         const stet::hashes::tensor_hashes& of) -> stet::result<void> {
        found.tensors.push_back({.name = std::string(tensor.name),
                                 .sha256 = std::string(stet::hashes::digits_of(of.sha256).view()),
                                 .content = std::string(stet::hashes::digits_of(of.content).view())});
        return {};
    };
    const auto done = stet::hashes::hash_tensors(file, add, options);
    return done ? std::string() : stet::message(done.error());
}

/// Returns why the file cannot be hashed, or nothing.
std::string hash_file(const std::string& path, const request& asked,
                      const std::vector<const named_hash*>& wanted, hashed& found)
{
    example::opened_source file;
    if (std::string complaint = file.open(path); !complaint.empty())
        return complaint;
    const stet::read_options options = example::lenience(asked.is_lenient);
    // Refused with what the file looks like, before its data is read.
    if (const auto reader = stet::open_checkpoint(file, options); !reader)
        return example::why_unreadable(example::shown_path(path), file, reader.error());
    found.bytes = file.size();
    if (asked.by_tensor)
        return hash_tensors(file, options, found);
    const auto digests = stet::hashes::hash_checkpoint(file, needs_of(wanted), options);
    if (!digests)
        return example::quoted(example::shown_path(path)) + ": " + stet::message(digests.error());
    const hash_texts texts = stet::hashes::texts_of(*digests);
    for (const named_hash* const one : wanted) {
        std::string spelled = asked.as_civitai ? one->by_civitai(texts) : one->spelled(texts);
        if (!spelled.empty())
            found.digests.emplace_back(one, std::move(spelled));
    }
    return {};
}

void print(const std::string& path, const hashed& found, bool is_only_one)
{
    const std::string shown = stet::readable(example::shown_path(path));
    if (is_only_one && found.tensors.empty()) {
        for (const auto& [one, digest] : found.digests)
            std::cout << digest << "  " << shown << '\n';
        return;
    }
    std::cout << shown << '\n';
    using example::table;
    table lines({table::side::left, table::side::left});
    for (const auto& [one, digest] : found.digests)
        lines.add({std::string(one->label), digest});
    for (const hashed_tensor& one : found.tensors)
        lines.add({one.sha256, stet::readable(one.name)});
    lines.print("    ");
}

void write_json(example::json_list& object, const hashed& found, bool by_tensor)
{
    object.next("bytes") << found.bytes;
    for (const auto& [one, digest] : found.digests)
        object.next(one->kind) << example::json_text(digest);
    if (!by_tensor)
        return;
    object.objects("tensors", found.tensors, [](example::json_list& tensor, const hashed_tensor& one) {
        tensor.next("name") << example::json_text(one.name);
        tensor.next("sha256") << example::json_text(one.sha256);
        tensor.next("content") << example::json_text(one.content);
    });
}

int hash(const request& asked, const std::vector<std::string>& paths)
{
    if (asked.by_tensor && (!asked.kinds.empty() || asked.as_civitai))
        example::refuse_usage(program, "--tensors gives SHA-256 and the content digest; use it alone");
    const auto wanted = chosen(asked);
    return example::report_each<hashed>(
        program, paths, asked.as_json,
        [&](const std::string& path, hashed& found) { return hash_file(path, asked, wanted, found); },
        [&](const std::string& path, const hashed& found) { print(path, found, asked.kinds.size() == 1); },
        [&](example::json_list& object, const hashed& found) { write_json(object, found, asked.by_tensor); });
}

} // namespace

namespace example {

subcommand hash_command()
{
    const auto asked = std::make_shared<request>();
    return {
        .line = {.name = program,
                 .purpose = "Hashes checkpoints as registries and trainers do.",
                 .words = "FILE...",
                 .fewest = 1,
                 .most = SIZE_MAX,
                 .options =
                     {{"--kind", "HASH",
                       "only this one; may be repeated. With one alone each file is a line, as of sha256sum",
                       &asked->kinds, kind_names()},
                      {"--civitai", "", "spell them as Civitai lists them", &asked->as_civitai},
                      {"--tensors", "", "SHA-256 of each tensor's data, by itself", &asked->by_tensor},
                      {"--lenient", "",
                       "read what has bytes that belong to no tensor, or zeros after its header",
                       &asked->is_lenient},
                      {"--json", "", "one JSON document", &asked->as_json}},
                 .samples = {{"stet hash model.safetensors", "all hashes, in one pass over the file"},
                             {"stet hash --kind autov3 *.safetensors",
                              "a line for each file, which stays when only metadata changes"}},
                 .notes =
                     "AutoV1 is of 64 KiB from the first MiB on, AutoV2, SHA-256, CRC32 and BLAKE3 of the "
                     "whole file, AutoV3 and modelspec.hash_sha256 of all after the header, kohya's two of "
                     "the file that its trainer would write, content of what the tensors are, wherever they "
                     "stand. A hash of no bytes is `none`.\n\n"
                     "`-` is standard input, which is read into memory."},
        .run = [asked](const std::vector<std::string>& words) { return hash(*asked, words); }};
}

} // namespace example
