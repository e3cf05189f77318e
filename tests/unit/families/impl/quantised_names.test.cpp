// SPDX-License-Identifier: MIT
#include <stet/families/impl/quantised_names.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

using stet::detail::is_quantised_companion;
using stet::detail::lost_layer;

static_assert(is_quantised_companion("a.weight_zeros") && !is_quantised_companion("a.weight"));

TEST_CASE("a layer that would lose its meaning is named with the rule")
{
    CHECK(
        stet::message(lost_layer({.stem = "clip_l.a.comfy_quant"}, "clip-not-read")) ==
        "tensor 'clip_l.a.comfy_quant' belongs to a quantised layer of a CLIP text encoder, which no loader reads "
        "(clip-not-read); dequantise it first, or save as ComfyUI does");
    CHECK(
        stet::message(lost_layer({.prefix = "a.", .stem = "b"}, "metadata-conflict")) ==
        "layer 'a.b': its marker and the metadata say different things (metadata-conflict); remove the one that is "
        "wrong");
    CHECK(
        stet::message(lost_layer({.stem = "a.comfy_quant"}, "text-encoder-openclip")) ==
        "tensor 'a.comfy_quant': a quantised encoder cannot be saved under OpenCLIP names; dequantise it first");
}
