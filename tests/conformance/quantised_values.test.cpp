// SPDX-License-Identifier: MIT
// Values of quantised layers, and layers made of values, beside what ComfyUI and bitsandbytes make.
#include "support/exact_floats.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/poured.hpp"
#include "support/recorded_cases.hpp"
#include "support/test_data.hpp"

#include <stet/quantised/dequantised.hpp>
#include <stet/quantised/encoded.hpp>
#include <stet/quantised/find_layers.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/tensor/numbers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace quantised = stet::quantised;

constexpr const char* index_file = "quantised/index.json";

/// A file of the data with what is read from it.
struct read_file {
    explicit read_file(std::string_view relative)
        : content(support::file_content(support::test_data("quantised") / relative).value_or(std::string())),
          view(stet::read_checkpoint(std::as_bytes(std::span(content))))
    {
    }

    std::string                         content;
    stet::result<stet::checkpoint_view> view;
};

std::vector<std::uint64_t> shape_of(const support::json_value& list)
{
    std::vector<std::uint64_t> shape;
    for (const support::json_value& axis : list.items())
        shape.push_back(axis.integer().value_or(0));
    return shape;
}

std::vector<float> numbers_of(const stet::tensor_view& tensor)
{
    const auto read = stet::to_numbers<float>(tensor);
    REQUIRE(read);
    return *read;
}

/// How many numbers are not the same, bit for bit; a NaN is the same as any other.
std::size_t differing(const std::vector<float>& made, const std::vector<float>& wanted)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool is_same = std::isnan(wanted[i]) ? std::isnan(made[i])
                                                   : std::bit_cast<std::uint32_t>(made[i]) ==
                                                         std::bit_cast<std::uint32_t>(wanted[i]);
        count += is_same ? 0U : 1U;
    }
    return count;
}

/// How many numbers are further off than a part of the largest one.
std::size_t beyond(const std::vector<float>& made, const std::vector<float>& wanted, double part)
{
    double largest = 0;
    for (const float number : wanted)
        largest = std::fmax(largest, std::isfinite(number) ? std::fabs(static_cast<double>(number)) : 0.0);
    std::size_t count = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const double off = std::fabs(static_cast<double>(made[i]) - static_cast<double>(wanted[i]));
        const bool   is_near =
            std::isnan(wanted[i]) ? std::isnan(made[i]) : made[i] == wanted[i] || off <= part * largest;
        count += is_near ? 0U : 1U;
    }
    return count;
}

struct value_type {
    stet::dtype type;
    double      tolerance; ///< of cases whose sums have no order
};
constexpr std::array<value_type, 3> value_types{
    {{stet::dtype::f32, 0x1p-18}, {stet::dtype::f16, 0x1p-10}, {stet::dtype::bf16, 0x1p-7}}};

void check_layer(const quantised::layers& found, const quantised::layer& layer,
                 const stet::checkpoint_view& expected, bool is_close)
{
    for (const value_type& wanted : value_types) {
        const std::string name =
            std::string(stet::name(wanted.type)) + "/" + std::string(layer.name) + ".weight";
        INFO(name);
        const auto golden = expected[name];
        const auto made = quantised::dequantised::of(found, layer, wanted.type);
        REQUIRE(golden);
        REQUIRE(made);
        CHECK(made->shape() == golden->shape);
        const auto view = made->view();
        REQUIRE(view);
        const auto values = numbers_of(*view);
        const auto right = numbers_of(*golden);
        REQUIRE(values.size() == right.size());
        CHECK((is_close ? beyond(values, right, wanted.tolerance) : differing(values, right)) == 0);
    }
}

void check_dequantised(const support::json_value& one)
{
    const read_file stored(one.at("file").text());
    const read_file expected(one.at("expected").text());
    REQUIRE(stored.view);
    REQUIRE(expected.view);
    std::vector<quantised::known_shape> shapes;
    for (const support::json_value& layer : one.at("layers").items()) {
        const auto shape = shape_of(layer.at("logical_shape"));
        if (shape.size() > 1)
            shapes.push_back({.layer = layer.at("layer").text(),
                              .rows = shape[shape.size() - 2],
                              .columns = shape[shape.size() - 1]});
    }
    const auto found = quantised::find_layers(*stored.view, {.shapes = shapes});
    REQUIRE(found);
    for (const support::json_value& layer : one.at("layers").items()) {
        INFO(layer.at("layer").text());
        const quantised::layer* const its = found->find(layer.at("layer").text());
        REQUIRE(its != nullptr);
        check_layer(*found, *its, *expected.view, one.at("compare").text() == "close");
    }
    // The whole file as one dict: each layer's weight and whatever belongs to no layer.
    const auto model = quantised::dequantised_model::of(*found, stet::dtype::bf16);
    REQUIRE(model);
    std::size_t weights = 0;
    for (const auto& [name, tensor] : *model)
        weights += tensor.is_packed() ? 0U : 1U;
    CHECK(weights == one.at("layers").items().size());
}

// ---- quantising ---------------------------------------------------------------------------------------------

const quantised::format* format_named(std::string_view name)
{
    for (const quantised::format* const one :
         {&quantised::formats::float8_e4m3fn, &quantised::formats::float8_e5m2, &quantised::formats::nvfp4,
          &quantised::formats::mxfp8, &quantised::formats::int8_tensorwise, &quantised::formats::convrot_w4a4,
          &quantised::formats::asym_w4a8_int8})
    {
        if (one->name == name)
            return one;
    }
    return nullptr;
}

quantised::style style_asked_by(const support::json_value& one)
{
    const support::json_value& options = one.at("options");
    quantised::style           how{.format = format_named(one.at("format").text())};
    REQUIRE(how.format != nullptr);
    if (const auto given = options.at("scale").number())
        how.scale = static_cast<float>(*given);
    else if (options.find("scale") == nullptr && how.format->arithmetic == quantised::arithmetic::float8)
        how.scale = 1.0F;
    how.has_row_scales = options.at("per_channel").boolean().value_or(false);
    how.has_codebook = options.at("codebook").boolean().value_or(true);
    how.bits = static_cast<unsigned>(options.at("bits").integer().value_or(4));
    how.settings.convrot = options.at("convrot").boolean().value_or(false);
    how.settings.convrot_groupsize = options.at("convrot_groupsize").integer().value_or(256);
    return how;
}

/// The values of the layer that a dict of its tensors is.
std::vector<float> values_of(const std::map<std::string, stet::tensor_view>& tensors,
                             const std::vector<std::uint64_t>&               shape)
{
    std::vector<quantised::known_shape> shapes;
    if (shape.size() > 1)
        shapes.push_back(
            {.layer = "layer", .rows = shape[shape.size() - 2], .columns = shape[shape.size() - 1]});
    const auto found = quantised::find_layers(tensors, {.shapes = shapes});
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    const auto made = quantised::dequantised::of(*found, (*found)[0], stet::dtype::f32);
    REQUIRE(made);
    return numbers_of(*made->view());
}

void check_same_tensors(const quantised::encoded& made, const stet::checkpoint_view& expected, bool are_bits)
{
    CHECK(made.size() == expected.size() + 1); // and the marker
    for (const auto [name, golden] : expected) {
        INFO(name);
        const std::string full = "layer." + std::string(name);
        const auto*       its =
            std::find_if(made.begin(), made.end(), [&](const auto& entry) { return entry.name == full; });
        REQUIRE(its != made.end());
        CHECK(its->tensor.type == golden.type);
        CHECK(its->tensor.shape == golden.shape);
        const std::string bytes = support::poured(its->tensor);
        CHECK((!are_bits || bytes == support::poured(golden)));
    }
}

void check_quantised(const support::json_value& one)
{
    const read_file input(one.at("input").text());
    const read_file expected(one.at("expected").text());
    REQUIRE(input.view);
    REQUIRE(expected.view);
    const auto values = (*input.view)["weight"];
    REQUIRE(values);
    const auto made = quantised::encoded::of("layer", *values, style_asked_by(one));
    REQUIRE(made);
    const std::string_view compare = one.at("compare").text();
    check_same_tensors(*made, *expected.view, compare == "bits");

    // What was made is found as a layer again, and so is what was wanted under the same marker.
    std::map<std::string, stet::tensor_view> own;
    std::map<std::string, stet::tensor_view> golden;
    for (const auto& [name, tensor] : *made)
        own.emplace(name, tensor);
    for (const auto [name, tensor] : *expected.view)
        golden.emplace("layer." + std::string(name), tensor);
    golden.emplace("layer.comfy_quant", own.at("layer.comfy_quant"));
    const auto shape = shape_of(one.at("logical_shape"));
    const auto read_back = values_of(own, shape);
    if (compare == "close")
        CHECK(beyond(read_back, values_of(golden, shape), 0x1p-3) == 0);
    if (compare == "bits")
        CHECK(differing(read_back, values_of(golden, shape)) == 0);
    if (compare == "unspecified") {
        // Zeros, of which the other makes NaN: they stay, under a scale of 1.
        CHECK(differing(read_back, std::vector<float>(read_back.size())) == 0);
        const auto whole = own.find("layer.weight_scale_2");
        CHECK(numbers_of(whole == own.end() ? own.at("layer.weight_scale") : whole->second) ==
              std::vector<float>{1.0F});
    }
}

std::optional<support::json_value> read_index()
{
    using support::a_text;
    using support::counts;
    using support::data_shape;
    const data_shape comparison{"'bits', 'close' or 'unspecified'", [](const support::json_value& value) {
                                    const std::string_view text = value.text();
                                    return text == "bits" || text == "close" || text == "unspecified";
                                }};
    const auto       layer = data_shape::object({{"layer", a_text()}, {"logical_shape", counts()}});
    const auto       dequantise = data_shape::object({{"id", a_text()},
                                                      {"file", a_text()},
                                                      {"expected", a_text()},
                                                      {"compare", comparison},
                                                      {"layers", data_shape::list_of(layer)}});
    const auto       requantise = data_shape::object({{"id", a_text()},
                                                      {"format", a_text()},
                                                      {"input", a_text()},
                                                      {"expected", a_text()},
                                                      {"options", support::an_object()},
                                                      {"logical_shape", counts()},
                                                      {"compare", comparison}});
    return support::read_cases(index_file, {{"dequantise", dequantise}, {"requantise", requantise}});
}

template <class Check>
void check_all(const char* array, Check check)
{
    const auto index = read_index();
    if (!index)
        return;
    std::size_t cases = 0;
    for (const support::json_value& one : index->at(array).items()) {
        INFO(one.at("id").text());
        check(one);
        ++cases;
    }
    support::report_cases(std::string("quantised/") + array, cases);
}

} // namespace

TEST_CASE("quantised layers have the values that ComfyUI and bitsandbytes give them")
{
    check_all("dequantise", check_dequantised);
}

TEST_CASE("values become the codes and scales that ComfyUI makes of them")
{
    check_all("requantise", check_quantised);
}
