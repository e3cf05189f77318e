// SPDX-License-Identifier: MIT
#include "support/quantised_sample.hpp"

#include <stet/quantised/impl/formats.hpp>
#include <stet/quantised/impl/tensor_check.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

using stet::dtype;
using support::owned_tensor;
using support::quantised_sample;
using support::sound_sample;

namespace {

std::string layer()
{
    return std::string(support::sample_layer);
}

std::string line(std::string_view what)
{
    return std::string(what) + " " + layer() + "\n";
}

/// What is said of a sound layer with one tensor of another dtype.
std::string retyped(std::string_view format, std::string_view companion, dtype type)
{
    auto          sample = sound_sample(format);
    owned_tensor& tensor = sample[layer() + "." + std::string(companion)];
    tensor.data.resize(tensor.data.size() / stet::element_size(tensor.type) * stet::element_size(type));
    tensor.type = type;
    return sample.said();
}

std::string reshaped(std::string_view format, std::string_view companion, std::vector<std::uint64_t> shape)
{
    auto sample = sound_sample(format);
    sample[layer() + "." + std::string(companion)].shape = std::move(shape);
    return sample.said(false);
}

std::string marked(std::string_view format, std::string_view marker)
{
    auto sample = sound_sample(format);
    sample.drop(layer() + ".comfy_quant");
    sample.add_text(layer() + ".comfy_quant", marker);
    return sample.said();
}

} // namespace

TEST_CASE("a weight has a dtype of its format, or one that is read all the same")
{
    CHECK(retyped("int8_tensorwise", "weight", dtype::u8) == line("warning weight-dtype"));
    CHECK(retyped("nvfp4", "weight", dtype::i8) == line("warning weight-dtype"));
    CHECK(retyped("convrot_w4a4", "weight", dtype::u8) == line("warning weight-dtype"));
    CHECK(retyped("float8_e4m3fn", "weight", dtype::u8) == line("error weight-dtype"));
    CHECK(retyped("float8_e4m3fn", "weight", dtype::f8_e5m2) == line("error weight-dtype"));
    CHECK(retyped("nvfp4", "weight", dtype::f8_e4m3) == line("error weight-dtype"));
    CHECK(retyped("mxfp8", "weight", dtype::u8) == line("error weight-dtype"));
}

TEST_CASE("codes that are stored as numbers load, real weights do not")
{
    auto          sample = sound_sample("int8_tensorwise");
    owned_tensor& weight = sample[layer() + ".weight"];
    weight.type = dtype::bf16;
    weight.data.assign(weight.data.size() * 2, std::byte(0));
    CHECK(sample.said() == line("warning weight-dtype"));
    weight.data[0] = std::byte(0x00); // 0.5 as BF16
    weight.data[1] = std::byte(0x3F);
    CHECK(sample.said() == line("error weight-dtype"));
    CHECK(sample.said(false) == line("warning weight-dtype")); // without a look at values
}

TEST_CASE("a weight is a matrix of whole blocks, or a bank of them")
{
    CHECK(reshaped("float8_e4m3fn", "weight", {2048}) == line("error weight-rank"));
    CHECK(reshaped("float8_e4m3fn", "weight", {32, 16, 2, 2}) == line("error weight-rank"));
    CHECK(reshaped("nvfp4", "weight", {32, 33}) == line("error weight-shape"));
    CHECK(reshaped("mxfp8", "weight", {32, 48}) == line("error weight-shape"));
    CHECK(reshaped("asym_w4a8_int8", "weight", {32, 33}) == line("error weight-shape"));
    auto bank = sound_sample("nvfp4");
    bank[layer() + ".weight"].shape = {3, 32, 32};
    bank[layer() + ".weight_scale"].shape = {3, 128, 4};
    bank[layer() + ".weight_scale_2"].shape = {3};
    bank[layer() + ".bias"].shape = {3, 32};
    bank.drop(layer() + ".pre_quant_scale");
    CHECK(bank.said(false).empty());
    bank[layer() + ".bias"].shape = {2, 32};
    CHECK(bank.said(false) == line("error bias-shape"));
}

TEST_CASE("a bias has as many numbers as the weight has rows, or had before padding")
{
    CHECK(reshaped("float8_e4m3fn", "bias", {31}) == line("error bias-shape"));
    CHECK(reshaped("float8_e4m3fn", "bias", {1, 32}) == line("error bias-shape"));
    CHECK(reshaped("nvfp4", "bias", {17}).empty());
    CHECK(reshaped("nvfp4", "bias", {16}) == line("error bias-shape"));
    CHECK(reshaped("mxfp8", "bias", {1}).empty());
    CHECK(reshaped("mxfp8", "bias", {33}) == line("error bias-shape"));
}

TEST_CASE("what a format needs is missed, what it may have is not")
{
    for (const stet::quantised::format* const format : stet::detail::marker_formats) {
        for (const auto& side : format->side_tensors) {
            CAPTURE(format->name, side.name);
            auto sample = sound_sample(format->name);
            sample.drop(layer() + "." + std::string(side.name));
            CHECK(sample.said() == (side.is_required                 ? line("error scale-missing")
                                    : side.name == "weight_codebook" ? line("info codebook-missing")
                                                                     : std::string()));
        }
    }
}

TEST_CASE("a scale of fewer bits or of the same bits loads")
{
    CHECK(retyped("float8_e4m3fn", "weight_scale", dtype::bf16).starts_with(line("warning scale-dtype")));
    CHECK(retyped("float8_e4m3fn", "weight_scale", dtype::f64) == line("error scale-dtype"));
    CHECK(retyped("nvfp4", "weight_scale", dtype::u8).empty());
    CHECK(retyped("nvfp4", "weight_scale", dtype::f8_e5m2) == line("warning scale-dtype"));
    CHECK(retyped("nvfp4", "weight_scale", dtype::f32) == line("error scale-dtype"));
    CHECK(retyped("mxfp8", "weight_scale", dtype::f8_e4m3) == line("warning scale-dtype"));
    CHECK(retyped("mxfp8", "weight_scale", dtype::f8_e8m0) == line("warning comfyui-dtype"));
    CHECK(retyped("awq_w4a16", "weight_zeros", dtype::f16).empty());
}

TEST_CASE("a scale's shape follows from the weight's")
{
    CHECK(reshaped("float8_e4m3fn", "weight_scale", {64}) == line("error scale-shape"));
    CHECK(reshaped("float8_e4m3fn", "weight_scale", {32}) == line("error scale-shape"));
    CHECK(reshaped("float8_e4m3fn", "weight_scale", {32, 1}).empty());
    CHECK(reshaped("nvfp4", "weight_scale", {32, 4}) == line("error scale-shape"));
    CHECK(reshaped("nvfp4", "weight_scale", {512}) == line("warning scale-shape"));
    CHECK(reshaped("convrot_w4a4", "weight_scale", {32, 1}) == line("error scale-shape"));
    CHECK(reshaped("asym_w4a8_int8", "weight_codebook", {15}) == line("error scale-shape"));
    CHECK(reshaped("awq_w4a16", "weight_scale", {32, 1}) == line("error scale-shape"));
}

TEST_CASE("scales that are NaN, infinite or 0 are worth a warning")
{
    auto sample = sound_sample("float8_e4m3fn");
    sample[layer() + ".weight_scale"].data.assign(4, std::byte(0));
    CHECK(sample.said() == line("warning scale-value"));
    CHECK(sample.said(false).empty());
    auto tiles = sound_sample("mxfp8");
    tiles[layer() + ".weight_scale"].data[0] = std::byte(0xFF);
    CHECK(tiles.said() == line("warning scale-value"));
    tiles[layer() + ".weight_scale"].data[0] = std::byte(0x38);
    tiles[layer() + ".weight_scale"].data[2] = std::byte(0xFF); // a column that the weight has not
    CHECK(tiles.said().empty());
}

TEST_CASE("members must fit the shapes")
{
    const auto rotated = [](std::string_view size) {
        return marked("int8_tensorwise",
                      R"({"format": "int8_tensorwise", "convrot": true, "convrot_groupsize": )" +
                          std::string(size) + "}");
    };
    for (const std::string_view size : {"4", "16", "64"})
        CHECK(rotated(size).empty());
    for (const std::string_view size : {"0", "1", "2", "32", "256", "-64", "18446744073709551615"})
        CHECK(rotated(size) == line("error marker-field-value"));
    CHECK(marked("int8_tensorwise", R"({"format": "int8_tensorwise", "convrot_groupsize": 3})").empty());
    const auto grouped = [](std::string_view size) {
        return marked("asym_w4a8_int8",
                      R"({"format": "asym_w4a8_int8", "convrot_groupsize": 64, "group_size": )" +
                          std::string(size) + "}");
    };
    CHECK(grouped("16").empty());
    for (const std::string_view size : {"0", "2", "24", "128"})
        CHECK(grouped(size) == line("error marker-field-value"));
    CHECK(grouped("32") == line("error scale-shape")); // there are scales for sixteen
    CHECK(marked("awq_w4a16", R"({"format": "awq_w4a16", "group_size": 48})") ==
          line("error marker-field-value"));
}

TEST_CASE("rows of six bits have no codebook, and groups of a multiple of sixteen")
{
    auto sample = sound_sample("asym_w4a8_int8");
    sample[layer() + ".weight"].shape = {32, 48};
    sample.drop(layer() + ".weight_codebook");
    CHECK(sample.said(false).empty());
}

TEST_CASE("side tensors of another format are not used, and of none not known")
{
    auto sample = sound_sample("mxfp8");
    sample.add(layer() + ".weight_scale_2", dtype::f32, {});
    sample.add(layer() + ".weight_scale_inv", dtype::f32, {});
    sample.add(layer() + ".scale_weight", dtype::f32, {});
    sample.add(layer() + ".pre_quant_scale", dtype::f32, {64});
    CHECK(sample.said() == line("warning side-tensor-unused") + line("warning side-tensor-unknown") +
                               line("warning side-tensor-unknown") + line("warning side-tensor-unused"));
}
