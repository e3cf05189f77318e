// SPDX-License-Identifier: MIT
#include "support/quantised_sample.hpp"

#include <stet/quantised/impl/validator.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

using stet::dtype;
using support::quantised_sample;
using support::sound_sample;

namespace {

std::string q()
{
    return std::string(support::sample_layer);
}

/// The sound layer under another name.
quantised_sample layer_at(std::string_view name, std::string_view format = "float8_e4m3fn")
{
    auto sample = sound_sample(format);
    for (auto& tensor : sample.tensors()) {
        if (tensor.name.starts_with(q()))
            tensor.name.replace(0, q().size(), name);
    }
    return sample;
}

std::string line(std::string_view what, std::string_view layer)
{
    return std::string(what) + " " + std::string(layer) + "\n";
}

} // namespace

TEST_CASE("names are each seen once")
{
    stet::detail::name_set names(stet::heap());
    CHECK_FALSE(names.contains("a"));
    CHECK(names.add("a"));
    CHECK(names.add("a"));
    CHECK(names.contains("a"));
    CHECK_FALSE(names.contains("b"));
}

TEST_CASE("side tensors beside a weight need something that describes them")
{
    auto sample = sound_sample("nvfp4");
    sample.drop(q() + ".comfy_quant");
    CHECK(sample.said() == line("error marker-missing", q()));
    sample = sound_sample("float8_e4m3fn");
    sample.drop(q() + ".comfy_quant");
    sample.drop(q() + ".weight_scale");
    CHECK(sample.said() == line("info plain-fp8", q()) + line("warning side-tensor-unused", q()));
}

TEST_CASE("a weight is missing where others have its prefix, else its companions are orphans")
{
    auto sample = layer_at("model.diffusion_model.a");
    sample.add("model.diffusion_model.b.weight", dtype::f16, {2});
    sample.drop("model.diffusion_model.a.weight");
    CHECK(sample.said() == line("error weight-missing", "model.diffusion_model.a"));
    sample = layer_at("a.b");
    sample.add("model.diffusion_model.b.weight", dtype::f16, {2});
    sample.drop("a.b.weight");
    CHECK(sample.said() == line("error side-tensor-orphan", "a.b"));
    sample.drop("a.b.comfy_quant");
    CHECK(sample.said() == line("error side-tensor-orphan", "a.b"));
}

TEST_CASE("a model by itself, whose weights have no prefix in common, has lost none")
{
    auto sample = layer_at("txt_in"); // and another weight
    sample.drop("txt_in.weight");
    CHECK(sample.said() == line("error side-tensor-orphan", "txt_in")); // as an encoder's name would be
    sample.add("img_in.weight", dtype::f16, {2});
    CHECK(sample.said() == line("error weight-missing", "txt_in"));
    sample.add("vae.conv_in.weight", dtype::f16, {2});
    CHECK(sample.said() == line("error side-tensor-orphan", "txt_in"));
}

TEST_CASE("metadata that is no JSON, has no layers, or names no layer")
{
    auto sample = sound_sample("mxfp8");
    sample.metadata() = "";
    CHECK(sample.said() == "error metadata-json \n");
    sample.metadata() = "7";
    CHECK(sample.said() == "error metadata-layers \n");
    sample.metadata() = R"({"layers": {"a": 1, "b": 2}})";
    CHECK(sample.said() == "error metadata-layer-unknown \nerror metadata-layer-unknown \n");
    sample.metadata() = R"({"layers": {"blocks.0.attn.q": {"format": "mxfp8"}}})";
    CHECK(sample.said().empty());
    sample.drop(q() + ".weight"); // the companions are there
    CHECK(sample.said() == "error metadata-layer-unknown \n" + line("error side-tensor-orphan", q()));
}

TEST_CASE("the older form needs its flag, in its place, and no metadata")
{
    auto sample = sound_sample("scaled_fp8");
    CHECK(sample.said().empty());
    sample.metadata() = R"({"layers": {}})";
    CHECK(sample.said() == "error old-and-metadata \n");
    sample.metadata().reset();
    sample["scaled_fp8"].name = "x.scaled_fp8";
    CHECK(sample.said() == "error old-flag-prefix \n" + line("error old-scale-without-flag", q()));
    sample["x.scaled_fp8"].name = "scaled_fp8";
    sample.add("model.diffusion_model.b.weight", dtype::f16, {2});
    CHECK(sample.said() == "error old-flag-prefix \n" + line("error old-scale-without-flag", q()));
    sample = sound_sample("scaled_fp8");
    sample.drop(q() + ".scale_weight");
    CHECK(sample.said() == line("warning old-scale-missing", q()) + line("info plain-fp8", q()) +
                               line("warning side-tensor-unknown", q()));
    sample.drop(q() + ".scale_input");
    CHECK(sample.said() == line("warning old-scale-missing", q()) + line("info plain-fp8", q()));
    sample = sound_sample("scaled_fp8");
    sample[q() + ".weight"].type = dtype::f8_e5m2;
    CHECK(sample.said() == line("error weight-dtype", q()));
}

TEST_CASE("a text encoder's flag in a checkpoint is read beside metadata")
{
    auto sample = layer_at("text_encoders.t5.transformer.a", "scaled_fp8");
    sample["scaled_fp8"].name = "text_encoders.t5.transformer.scaled_fp8";
    sample.metadata() = R"({"layers": {}})";
    CHECK(sample.said().empty());
}

TEST_CASE("no loader of a CLIP text encoder reads markers")
{
    for (const std::string_view layer :
         {"clip_l.transformer.a", "text_encoders.clip_g.transformer.a", "cond_stage_model.transformer.a"})
        CHECK(layer_at(layer).said() == line("error clip-not-read", layer));
    CHECK(layer_at("text_encoders.t5xxl.transformer.a").said().empty());
    quantised_sample plain;
    plain.add("clip_l.a.weight", dtype::f8_e4m3, {2, 2});
    CHECK(plain.said() == line("info plain-fp8", "clip_l.a"));
}

TEST_CASE("under OpenCLIP names a layer is lost, q, k and v as one")
{
    const std::string block = "conditioner.embedders.1.model.transformer.resblocks.0.";
    CHECK(layer_at(block + "mlp.c_fc").said() == line("error text-encoder-openclip", block + "mlp.c_fc"));
    quantised_sample sample;
    for (const std::string_view one : {"attn.k_proj", "attn.q_proj", "attn.v_proj"}) {
        sample.add(block + std::string(one) + ".weight_scale", dtype::f32, {});
        sample.add_text(block + std::string(one) + ".comfy_quant", R"({"format": "float8_e4m3fn"})");
    }
    sample.add(block + "attn.in_proj_weight", dtype::f8_e4m3, {12, 4});
    CHECK(sample.said() == line("error text-encoder-openclip", block + "attn"));
    sample.drop(block + "attn.q_proj.comfy_quant");
    CHECK(sample.said() == line("error text-encoder-openclip", block + "attn"));
}

TEST_CASE("dtypes that ComfyUI's reader lacks are named in layers and elsewhere")
{
    auto sample = sound_sample("mxfp8");
    sample[q() + ".weight_scale"].type = dtype::f8_e8m0;
    sample.add("x", dtype::f8_e4m3fnuz, {1});
    CHECK(sample.said() == line("warning comfyui-dtype", q()) + "warning comfyui-dtype \n");
}

TEST_CASE("a failure to read stops the look at the file")
{
    const auto sample = sound_sample("float8_e4m3fn");
    auto       tensors = sample.named();
    for (auto& one : tensors) {
        if (one.name == q() + ".weight_scale")
            one.tensor.pour = [](const stet::tensor_view&, stet::sink_ref) -> stet::result<void> {
                return stet::error{.code = stet::errc::source_refused};
            };
    }
    const stet::array_view<const stet::quantised::named_tensor> all(tensors);
    const auto                                                  found = stet::quantised::verify(all);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == stet::errc::source_refused);
    CHECK(found.error().subject() == q() + ".weight_scale");
    CHECK(stet::quantised::verify(all, {.values = false}));
}
