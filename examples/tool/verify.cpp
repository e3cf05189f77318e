// SPDX-License-Identifier: MIT
// Says whether files are sound: as the format's text has it, in what their metadata and quantised layers claim, and for
// other programs' limits.
#include "header_ceilings.hpp"
#include "json_list.hpp"
#include "looks_like.hpp"
#include "opened_source.hpp"
#include "readable.hpp"
#include "report_each.hpp"
#include "subcommand.hpp"

#include <stet/hashes.hpp>
#include <stet/quantised.hpp>
#include <stet/read.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view program = "stet verify";

using stet::quantised::severity;

struct request {
    bool as_json = false;
    bool is_lenient = false;
    bool warnings_count = false;
    bool without_data = false;
};

/// Something to say of a file; empty members say nothing.
struct remark {
    ::severity  level{};
    std::string rule{};
    std::string layer{};
    std::string tensor{};
    std::string expected{};
    std::string found{};
    std::string text{}; ///< all of it, as a line
};

struct verdict {
    std::optional<std::uint64_t> tensors{};
    std::size_t                  layers = 0;
    std::vector<remark>          remarks{};

    std::size_t count(severity level) const
    {
        return static_cast<std::size_t>(std::count_if(remarks.begin(), remarks.end(),
                                                      [&](const remark& one) { return one.level == level; }));
    }

    bool is_sound(const request& asked) const
    {
        return count(severity::error) == 0 && (!asked.warnings_count || count(severity::warning) == 0);
    }

    /// what: follows the rule in the line
    void add(severity level, std::string_view rule, const std::string& what)
    {
        remarks.push_back({.level = level,
                           .rule = std::string(rule),
                           .text = std::string(name(level)) + ' ' + std::string(rule) + ": " + what});
    }

    /// Two things that differ and should not.
    void add_difference(severity level, std::string_view rule, const std::string& what,
                        std::string_view expected, std::string_view found)
    {
        add(level, rule, what + ": expected " + std::string(expected) + ", found " + stet::readable(found));
        remarks.back().expected = expected;
        remarks.back().found = found;
    }
};

// ---- what is looked at ------------------------------------------------------------------------------------

/// What the format's text forbids and the reference reads all the same.
void look_at_text(const stet::checkpoint_header& header, std::uint64_t file_size, verdict& said)
{
    std::string first(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        first[i] = static_cast<char>(std::uint64_t{header.text().size()} >> (8 * i) & 0xFFU);
    first += header.text();
    const auto strict = stet::read_header(
        std::as_bytes(std::span(first)), file_size,
        {.strict = true, .allow_trailing_bytes = true, .allow_nul_padding = true, .allow_gaps = true});
    if (!strict)
        said.add(severity::warning, "text-forbidden", stet::message(strict.error()));
    const std::uint64_t end = header.data_begin() + header.data_size();
    if (end < file_size)
        said.add(severity::warning, "trailing-bytes",
                 example::counted(file_size - end, "byte") +
                     " after the last tensor; the reference refuses the file");
    if (const std::uint64_t gaps = example::look::gaps_in(header); gaps != 0)
        said.add(severity::warning, "gaps",
                 example::counted(gaps, "byte") +
                     " between tensors or before them; the reference refuses the file");
    if (header.text().ends_with('\0'))
        said.add(severity::warning, "nul-padding",
                 "the header is padded with zeros; the reference refuses the file");
    for (const std::string& one : example::ceilings_passed(header.text().size()))
        said.add(severity::warning, "header-ceiling", one);
}

void look_at_places(const stet::checkpoint_header& header, verdict& said)
{
    std::uint64_t count = 0;
    std::string   first;
    for (const stet::stored_tensor tensor : header) {
        const std::size_t size = stet::is_sub_byte(tensor.type) ? 1 : stet::element_size(tensor.type);
        if (tensor.size() == 0 || header.offset_in_file(tensor) % size == 0)
            continue;
        if (count++ == 0)
            first = tensor.name;
    }
    if (count != 0)
        said.add(severity::info, "unaligned",
                 example::counted(count, "tensor") + (count == 1 ? " does not begin" : " do not begin") +
                     " at a multiple of its elements' size, so readers that map the file copy: " +
                     example::quoted(first) + (count > 1 ? " is the first" : ""));
}

/// A prediction that the metadata names and a marker tensor or another entry denies.
void look_at_prediction(const stet::checkpoint_header& header, verdict& said)
{
    constexpr std::string_view                key = "modelspec.predict_key";
    constexpr std::string_view                type = "modelspec.prediction_type";
    constexpr std::array<std::string_view, 2> markers{"v_pred", "edm_vpred.sigma_max"};
    const auto                                says = [&](std::string_view entry, std::string_view word) {
        return header.metadata(entry) == word;
    };
    if ((says(key, "v") && says(type, "epsilon")) || (says(key, "epsilon") && says(type, "v")))
        said.add_difference(severity::error, "prediction-conflict", "metadata " + example::quoted(type),
                            std::string(*header.metadata(key)) + ", as " + example::quoted(key) + " says",
                            *header.metadata(type));
    for (const std::string_view entry : {key, type}) {
        for (const std::string_view marker : markers) {
            if (says(entry, "epsilon") && header.contains(marker))
                said.add_difference(severity::error, "prediction-conflict",
                                    "metadata " + example::quoted(entry),
                                    "v, as the tensor " + example::quoted(marker) + " says", "epsilon");
        }
    }
}

/// Digests that the metadata records.
/// Returns why the data cannot be read, or nothing.
std::string look_at_digests(stet::source_ref file, const stet::checkpoint_header& header,
                            const stet::read_options& options, verdict& said)
{
    const auto modelspec = header.metadata("modelspec.hash_sha256");
    const auto model = header.metadata("sshs_model_hash");
    const auto legacy = header.metadata("sshs_legacy_hash");
    if (!modelspec && !model && !legacy)
        return {};
    const auto found = stet::hashes::hash_checkpoint(
        file, {.data = modelspec.has_value(), .sshs = model || legacy}, options);
    if (!found)
        return stet::message(found.error());
    const auto texts = stet::hashes::texts_of(*found, stet::hashes::of_nothing::digits);
    const auto compare = [&](std::string_view key, std::optional<std::string_view> told,
                             std::string_view right) {
        if (told && example::look::lower_case(*told) != right)
            said.add_difference(severity::error, "digest-conflict", "metadata " + example::quoted(key), right,
                                *told);
    };
    compare("modelspec.hash_sha256", modelspec, texts.modelspec_sha256.view());
    compare("sshs_model_hash", model, texts.sshs_model.view());
    compare("sshs_legacy_hash", legacy, texts.sshs_legacy.view());
    return {};
}

/// Returns why the layers cannot be looked at, or nothing.
std::string look_at_layers(const stet::checkpoint_reader& reader, const request& asked, verdict& said)
{
    const auto layers = stet::quantised::find_layers(reader);
    if (!layers)
        return stet::message(layers.error());
    said.layers = layers->size();
    const auto found = (stet::quantised::verify)(reader, {.values = !asked.without_data});
    if (!found)
        return stet::message(found.error());
    for (const stet::quantised::finding& one : *found)
        said.remarks.push_back({.level = one.severity,
                                .rule = std::string(name(one.rule)),
                                .layer = std::string(one.layer),
                                .tensor = std::string(one.tensor),
                                .expected = std::string(one.expected),
                                .found = std::string(one.found),
                                .text = stet::quantised::message(one)});
    return {};
}

/// Returns why the file cannot be looked at, or nothing.
std::string look_at(const std::string& path, const request& asked, verdict& said)
{
    example::opened_source file;
    if (std::string complaint = file.open(path); !complaint.empty())
        return complaint;
    const stet::read_options options = example::lenience(asked.is_lenient);
    const auto               reader = stet::open_checkpoint(file, options);
    if (!reader) {
        said.add(severity::error, "unreadable",
                 example::why_unreadable(example::shown_path(path), file, reader.error()));
        return {};
    }
    const stet::checkpoint_header& header = reader->header();
    said.tensors = header.size();
    look_at_text(header, file.size(), said);
    look_at_places(header, said);
    look_at_prediction(header, said);
    std::string complaint = asked.without_data ? std::string() : look_at_digests(file, header, options, said);
    return complaint.empty() ? look_at_layers(*reader, asked, said) : complaint;
}

// ---- what is said -----------------------------------------------------------------------------------------

std::string summary(const verdict& said, const request& asked)
{
    std::string text;
    const auto  add = [&](severity level, std::string_view thing) {
        const std::size_t count = said.count(level);
        if (count != 0)
            text += (text.empty() ? "" : ", ") + example::counted(count, thing);
    };
    add(severity::error, "error");
    add(severity::warning, "warning");
    const std::string verdict = said.is_sound(asked) ? "sound" : "not sound";
    return text.empty() ? verdict : verdict + ", " + text;
}

void print(const std::string& path, const verdict& said, const request& asked)
{
    std::cout << stet::readable(example::shown_path(path)) << ": " << summary(said, asked) << '\n';
    if (said.tensors)
        std::cout << "    " << example::counted(*said.tensors, "tensor") << ", "
                  << example::counted(said.layers, "quantised layer") << '\n';
    for (const remark& one : said.remarks)
        std::cout << "    " << one.text << '\n';
}

void write_json(example::json_list& object, const verdict& said, const request& asked)
{
    object.truth("sound", said.is_sound(asked));
    if (said.tensors) {
        object.next("tensors") << *said.tensors;
        object.next("quantised_layers") << said.layers;
    }
    object.next("errors") << said.count(severity::error);
    object.next("warnings") << said.count(severity::warning);
    object.objects("findings", said.remarks, [](example::json_list& finding, const remark& one) {
        finding.next("level") << example::json_text(name(one.level));
        finding.next("rule") << example::json_text(one.rule);
        const auto member = [&](std::string_view key, const std::string& value) {
            if (!value.empty())
                finding.next(key) << example::json_text(value);
        };
        member("layer", one.layer);
        member("tensor", one.tensor);
        member("expected", one.expected);
        member("found", one.found);
        finding.next("message") << example::json_text(one.text);
    });
}

int verify(const request& asked, const std::vector<std::string>& paths)
{
    bool      are_sound = true;
    const int status = example::report_each<verdict>(
        program, paths, asked.as_json,
        [&](const std::string& path, verdict& said) {
            std::string complaint = look_at(path, asked, said);
            are_sound = are_sound && (!complaint.empty() || said.is_sound(asked));
            return complaint;
        },
        [&](const std::string& path, const verdict& said) { print(path, said, asked); },
        [&](example::json_list& object, const verdict& said) { write_json(object, said, asked); });
    return are_sound ? status : example::failed;
}

} // namespace

namespace example {

subcommand verify_command()
{
    const auto asked = std::make_shared<request>();
    return {
        .line =
            {.name = program,
             .purpose = "Says whether files are sound.",
             .words = "FILE...",
             .fewest = 1,
             .most = SIZE_MAX,
             .options = {{"--strict", "", "take warnings for errors", &asked->warnings_count},
                         {"--lenient", "",
                          "read what has bytes that belong to no tensor, or zeros after its header, and warn",
                          &asked->is_lenient},
                         {"--header-only", "",
                          "read no tensor's data: neither scales nor what digests are of",
                          &asked->without_data},
                         {"--json", "", "one JSON document", &asked->as_json}},
             .samples = {{"stet verify model.safetensors", "check one file"},
                         {"curl -s URL | stet verify - --json", "check what another program brings"}},
             .notes =
                 "An error is what the reference or ComfyUI cannot read, or reads as other numbers "
                 "than were meant; a warning is what loads all the same; the rest is worth a line. "
                 "Looked at are the header by the format's own text, quantised layers with their scales, "
                 "what the metadata says of prediction and digests, and the header's size, which other "
                 "programs limit.\n\n"
                 "`-` is standard input, which is read into memory. The exit status is 1 if a file is not "
                 "sound."},
        .run = [asked](const std::vector<std::string>& words) { return verify(*asked, words); }};
}

} // namespace example
