// SPDX-License-Identifier: MIT
// Sound quantised layers with one thing wrong: whatever it is, it is named.
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/quantised_sample.hpp"
#include "support/recorded_cases.hpp"

#include <stet/read/checkpoint_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using support::owned_tensor;
using support::quantised_sample;

quantised_sample sample_of(std::string_view file)
{
    quantised_sample sample;
    const auto       content = support::file_content(support::test_data("quantised") / file);
    REQUIRE(content);
    const auto read = stet::read_checkpoint(std::as_bytes(std::span(*content)));
    REQUIRE(read);
    for (const auto [name, tensor] : *read) {
        const auto bytes = read->data(*read->header().find(name));
        sample.tensors().push_back({std::string(name),
                                    tensor.type,
                                    {tensor.shape.begin(), tensor.shape.end()},
                                    {bytes.begin(), bytes.end()}});
    }
    if (const auto text = read->header().metadata(stet::quantised::metadata_key))
        sample.metadata() = std::string(*text);
    return sample;
}

/// What is found: in words, and about which layer.
using facts_found = std::set<std::pair<std::string, std::string>>;

facts_found facts(const quantised_sample& sample)
{
    facts_found all;
    const auto  found = sample.verified();
    REQUIRE(found);
    for (const stet::quantised::finding& one : *found)
        all.emplace(stet::quantised::message(one), std::string(one.layer));
    return all;
}

enum class change { dropped, retyped, reshaped, renamed, emptied, zeroed };

constexpr std::array<std::pair<change, std::string_view>, 6> changes{{{change::dropped, "dropped"},
                                                                      {change::retyped, "retyped"},
                                                                      {change::reshaped, "reshaped"},
                                                                      {change::renamed, "renamed"},
                                                                      {change::emptied, "emptied"},
                                                                      {change::zeroed, "of NUL"}}};

bool is_text(std::string_view companion)
{
    return companion == "comfy_quant" || companion.find("quant_state") != std::string_view::npos;
}

/// Whether a layer is another one without it: what activations need can be left out, and a marker where the metadata says
/// the same.
bool makes_sense(change what, std::string_view companion, bool is_described_twice)
{
    if (what == change::emptied || what == change::zeroed)
        return is_text(companion);
    const bool is_optional = companion == "input_scale" || companion == "pre_quant_scale" ||
                             companion == "scale_input" || (companion == "comfy_quant" && is_described_twice);
    return !is_optional || (what != change::dropped && what != change::renamed);
}

void apply(change what, quantised_sample& sample, const std::string& name)
{
    owned_tensor& tensor = sample[name];
    switch (what) {
    case change::dropped:
        sample.drop(name);
        break;
    case change::retyped:
        tensor.data.resize(tensor.data.size() / stet::element_size(tensor.type) * 8);
        tensor.type = stet::dtype::i64;
        break;
    case change::reshaped:
        tensor.shape.insert(tensor.shape.end(), {11, 2}); // one more would make a bank of experts
        tensor.data.resize(tensor.data.size() * 22, std::byte(1));
        break;
    case change::renamed:
        tensor.name += "_x";
        break;
    case change::emptied:
        tensor.data.clear();
        tensor.shape = {0};
        break;
    case change::zeroed:
        std::fill(tensor.data.begin(), tensor.data.end(), std::byte(0));
        break;
    }
}

/// A finding that the sound file has not, about this layer or the header.
bool is_named(const quantised_sample& mutant, std::string_view layer, const facts_found& before)
{
    const auto after = facts(mutant);
    return std::any_of(after.begin(), after.end(), [&](const auto& one) {
        return (one.second == layer || one.second.empty()) && !before.contains(one);
    });
}

/// Everything that can be wrong with one tensor of the layer.
/// is_described_twice: by its marker and by the metadata
std::size_t mutants_of(const quantised_sample& sound, const std::string& layer,
                       bool is_described_twice = false)
{
    const auto  before = facts(sound);
    std::size_t count = 0;
    for (const owned_tensor& one : sound.tensors()) {
        if (!one.name.starts_with(layer + '.') || one.name == layer + ".bias")
            continue;
        const std::string companion = one.name.substr(layer.size() + 1);
        for (const auto& [what, words] : changes) {
            if (!makes_sense(what, companion, is_described_twice))
                continue;
            INFO(one.name << " " << words);
            quantised_sample mutant = sound;
            apply(what, mutant, one.name);
            CHECK(is_named(mutant, layer, before));
            ++count;
        }
    }
    return count;
}

/// What can be wrong with the metadata of a file whose layers it describes.
std::size_t mutants_of_metadata(const quantised_sample& sound)
{
    const auto  before = facts(sound);
    std::size_t count = 0;
    for (const std::string_view text :
         {R"()", R"(null)", R"([])", R"({})", R"({"layers": null})", R"({"layers": {}})",
          R"({"layers": {"x": {}}})", R"({'layers': {}})", R"({"layers": {"x": {"format": "nvfp4"}})"})
    {
        INFO(text);
        quantised_sample mutant = sound;
        mutant.metadata() = std::string(text);
        const auto after = facts(mutant);
        CHECK(
            std::any_of(after.begin(), after.end(), [&](const auto& one) { return !before.contains(one); }));
        ++count;
    }
    return count;
}

} // namespace

TEST_CASE("whatever is wrong with one tensor of a quantised layer is named")
{
    constexpr const char* index_file = "quantised/index.json";
    if (!support::has_test_data(index_file))
        return;
    using support::a_text;
    const auto layer = support::data_shape::object({{"layer", a_text()}});
    const auto index = support::read_cases(
        index_file,
        {{"dequantise", support::data_shape::object({{"file", a_text()},
                                                     {"form", a_text()},
                                                     {"kind", a_text()},
                                                     {"layers", support::data_shape::list_of(layer)}})}});
    if (!index)
        return;
    std::size_t mutants = 0;
    for (const support::json_value& one : index->at("dequantise").items()) {
        INFO(one.at("file").text());
        const quantised_sample sound = sample_of(one.at("file").text());
        if (one.at("kind").text() == "plain_fp8")
            continue; // nothing belongs to such a weight
        for (const support::json_value& each : one.at("layers").items())
            mutants +=
                mutants_of(sound, std::string(each.at("layer").text()), one.at("form").text() == "both");
        if (one.at("form").text() == "metadata")
            mutants += mutants_of_metadata(sound);
    }
    for (const std::string_view format : support::marked_formats)
        mutants += mutants_of(support::sound_sample(format), std::string(support::sample_layer));
    support::report_cases("quantised: mutants named", mutants);
}
