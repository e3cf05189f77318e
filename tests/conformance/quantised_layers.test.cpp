// SPDX-License-Identifier: MIT
// Which layers of a checkpoint are quantised, how, and how large they are.
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/recorded_cases.hpp"

#include <stet/quantised/find_layers.hpp>
#include <stet/read/checkpoint_view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace {

using stet::quantised::described_by;
using stet::quantised::layer;

/// At the top, or else in `params`.
const support::json_value& member(const support::json_value& config, std::string_view key)
{
    return config.find(key) != nullptr ? config.at(key) : config.at("params").at(key);
}

std::optional<std::uint64_t> number_or(const support::json_value& config, std::string_view key,
                                       std::optional<std::uint64_t> usual)
{
    return member(config, key).is_null() ? usual : member(config, key).integer();
}

void check_config(const layer& found, const support::json_value& config)
{
    const auto flag = [&](std::string_view key) { return member(config, key).boolean().value_or(false); };
    if (found.described_by == described_by::bitsandbytes) {
        CHECK(found.blocks.blocksize == config.at("blocksize").integer());
        CHECK(found.blocks.nested_blocksize == number_or(config, "nested_blocksize", 0));
        if (config.find("nested_offset") != nullptr)
            CHECK(found.blocks.nested_offset == config.at("nested_offset").number());
        return;
    }
    const stet::quantised::settings& settings = found.settings;
    CHECK(settings.full_precision_matrix_mult == flag("full_precision_matrix_mult"));
    const bool is_rotated = flag("convrot") || found.format->members.is_always_rotated;
    CHECK(settings.convrot == is_rotated);
    if (is_rotated)
        CHECK(settings.convrot_groupsize == number_or(config, "convrot_groupsize", 256));
    CHECK(settings.group_size == number_or(config, "group_size", found.format->members.usual_group_size));
    CHECK((settings.linear_dtype == stet::quantised::linear_dtype::int8) ==
          (member(config, "linear_dtype").text() == "int8"));
}

void check_shape(const layer& found, const support::json_value& logical)
{
    const auto axes = logical.items();
    if (!found.shape.whole.empty() && axes.size() != 3) {
        REQUIRE(found.shape.whole.size() == axes.size());
        for (std::size_t i = 0; i < axes.size(); ++i)
            CHECK(found.shape.whole[i] == axes[i].integer());
    }
    if (axes.size() != 2 && axes.size() != 3)
        return;
    // What may be padding is not told; what is told is right.
    const bool may_be_padded = found.format->padding != 1;
    if (!may_be_padded || found.shape.rows)
        CHECK(found.shape.rows == axes[axes.size() - 2].integer());
    if (!may_be_padded || found.shape.columns)
        CHECK(found.shape.columns == axes[axes.size() - 1].integer());
    if (axes.size() == 3 && found.shape.experts)
        CHECK(found.shape.experts == axes[0].integer());
}

bool is_told_by(described_by how, std::string_view form)
{
    switch (how) {
    case described_by::marker:
        return form == "marker" || form == "both";
    case described_by::metadata:
        return form == "metadata" || form == "both";
    case described_by::both:
        return form == "both";
    case described_by::old_names:
    case described_by::dtype:
    case described_by::bitsandbytes:
        return form == "names";
    case described_by::nothing:
        break;
    }
    return false;
}

void check_layer(const stet::quantised::layers& all, const support::json_value& wanted, std::string_view form)
{
    INFO(wanted.at("layer").text());
    const layer* const found = all.find(wanted.at("layer").text());
    REQUIRE(found != nullptr);
    REQUIRE(found->format != nullptr);
    if (found->described_by != described_by::dtype)
        CHECK(found->format->name == wanted.at("format").text());
    CHECK(is_told_by(found->described_by, form));
    check_config(*found, wanted.at("config"));
    check_shape(*found, wanted.at("logical_shape"));
    for (const support::json_member& tensor : *wanted.at("tensors").members()) {
        INFO(tensor.key);
        const std::uint32_t position = tensor.key == "weight" ? found->weight
                                       : tensor.key == "bias" ? found->bias
                                                              : found->position_of(tensor.key);
        REQUIRE(position != stet::quantised::no_tensor);
        CHECK(stet::name(all.tensors()[position].tensor.type) == tensor.value.at("dtype").text());
        CHECK(all.layer_of(position) == found);
    }
}

} // namespace

TEST_CASE("the quantised layers of a checkpoint are found with what describes them")
{
    const char* const index_file = "quantised/index.json";
    if (!support::has_test_data(index_file))
        return;
    using support::a_text;
    using support::data_shape;
    const auto one_layer = data_shape::object({{"layer", a_text()},
                                               {"format", a_text()},
                                               {"logical_shape", support::counts()},
                                               {"tensors", support::an_object()}});
    const auto one_case = data_shape::object(
        {{"file", a_text()}, {"form", a_text()}, {"layers", data_shape::list_of(one_layer)}});
    const auto index = support::read_cases(index_file, {{"dequantise", one_case}});
    if (!index)
        return;
    std::size_t layers = 0;
    for (const support::json_value& one : index->at("dequantise").items()) {
        INFO(one.at("file").text());
        const auto content =
            support::file_content(support::test_data("quantised") / std::string(one.at("file").text()));
        REQUIRE(content);
        const auto file = stet::read_checkpoint(std::as_bytes(std::span(*content)));
        REQUIRE(file);
        const auto found = stet::quantised::find_layers(*file);
        REQUIRE(found);
        CHECK(found->size() == one.at("layers").items().size());
        for (const support::json_value& wanted : one.at("layers").items()) {
            check_layer(*found, wanted, one.at("form").text());
            ++layers;
        }
    }
    support::report_cases("quantised: layers found", layers);
}
