// SPDX-License-Identifier: MIT
#include "support/quantised_sample.hpp"

#include <stet/quantised/impl/block_check.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

using stet::dtype;
using support::quantised_sample;

namespace {

std::string w()
{
    return std::string(support::sample_layer) + ".weight";
}

quantised_sample simple_blocks(std::string_view state)
{
    quantised_sample sample;
    sample.add(w(), dtype::u8, {256, 1});
    sample.add(w() + ".absmax", dtype::f32, {8});
    sample.add(w() + ".quant_map", dtype::f32, {16});
    sample.add_text(w() + ".quant_state.bitsandbytes__fp4", state);
    return sample;
}

constexpr std::string_view sound =
    R"({"quant_type": "fp4", "blocksize": 64, "dtype": "float16", "shape": [8, 64]})";

/// What is said besides that ComfyUI does not read it.
std::string said(const quantised_sample& sample)
{
    std::string       all = sample.said();
    const std::string usual = "info bnb-not-read " + std::string(support::sample_layer) + "\n";
    CHECK(all.starts_with(usual));
    return all.erase(0, usual.size());
}

std::string error_of(std::string_view rule)
{
    return "error " + std::string(rule) + " " + std::string(support::sample_layer) + "\n";
}

} // namespace

TEST_CASE("sound blocks, nested or not, are not read by ComfyUI and have no other finding")
{
    CHECK(said(simple_blocks(sound)).empty());
    CHECK(said(support::sound_sample("bnb_nf4")).empty());
}

TEST_CASE("a state must say type, block size, dtype and shape")
{
    for (const std::string_view state :
         {"", "[]", "{}", R"({"quant_type": "nf4", "blocksize": 64, "dtype": "float16", "shape": [8, 64]})",
          R"({"quant_type": "fp4", "blocksize": 0, "dtype": "float16", "shape": [8, 64]})",
          R"({"quant_type": "fp4", "blocksize": 64, "dtype": 16, "shape": [8, 64]})",
          R"({"quant_type": "fp4", "blocksize": 64, "dtype": "float16", "shape": [8, -64]})",
          R"({"quant_type": "fp4", "blocksize": 64, "dtype": "float16", "shape": [4294967296, 4294967296]})",
          R"({"quant_type": "fp4", "blocksize": 64, "dtype": "float16", "shape": "8, 64"})"})
    {
        CAPTURE(state);
        CHECK(said(simple_blocks(state)) == error_of("bnb-state-json"));
    }
}

TEST_CASE("each tensor has the size that the state says")
{
    for (const std::string_view name : {"", ".absmax", ".quant_map"}) {
        CAPTURE(name);
        auto  sample = simple_blocks(sound);
        auto& tensor = sample[w() + std::string(name)];
        ++tensor.shape[0];
        CHECK(said(sample) == error_of("bnb-shape"));
    }
    auto sample = simple_blocks(sound);
    sample[w()].type = dtype::i8;
    CHECK(said(sample) == error_of("weight-dtype"));
    auto nested = support::sound_sample("bnb_nf4");
    nested[w() + ".nested_absmax"].shape = {2};
    nested[w() + ".nested_quant_map"].shape = {255};
    nested[w() + ".absmax"].type = dtype::f32;
    CHECK(said(nested) == error_of("bnb-shape") + error_of("bnb-shape") + error_of("bnb-shape"));
}

TEST_CASE("what is missing is named")
{
    for (const std::string_view name : {"", ".absmax", ".quant_map", ".quant_state.bitsandbytes__fp4"}) {
        CAPTURE(name);
        auto sample = simple_blocks(sound);
        sample.drop(w() + std::string(name));
        CHECK(said(sample) == error_of("bnb-tensor-missing"));
    }
    for (const std::string_view name : {".nested_absmax", ".nested_quant_map"}) {
        auto sample = support::sound_sample("bnb_nf4");
        sample.drop(w() + std::string(name));
        CHECK(said(sample) == error_of("bnb-tensor-missing"));
    }
}
