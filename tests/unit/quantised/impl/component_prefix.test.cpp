// SPDX-License-Identifier: MIT
#include <stet/quantised/impl/component_prefix.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace stet::detail;

static_assert(component_prefix("model.diffusion_model.a.b") == "model.diffusion_model.");
static_assert(component_prefix("text_encoders.t5xxl.a") == "text_encoders.");
static_assert(component_prefix("vae.a") == "vae.");
static_assert(component_prefix("model.a").empty());
static_assert(component_prefix("blocks.0").empty());

static_assert(name_root("model.diffusion_model.a") == "model.diffusion_model.");
static_assert(name_root("blocks.0.attn") == "blocks.");
static_assert(name_root("norm") == "norm");

static_assert(is_of_clip("cond_stage_model.transformer.x") && is_of_clip("conditioner.embedders.0.x"));
static_assert(is_of_clip("clip_l.x") && is_of_clip("text_encoders.clip_g.x") && is_of_clip("clip_h.x"));
static_assert(!is_of_clip("text_encoders.t5xxl.x") && !is_of_clip("clip_vision.x") &&
              !is_of_clip("a.clip_l.x"));

static_assert(is_of_openclip("conditioner.embedders.1.model.transformer.resblocks.0.attn.q_proj"));
static_assert(is_of_openclip("cond_stage_model.model.transformer.resblocks.0.mlp.c_fc"));
static_assert(!is_of_openclip("cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1"));
static_assert(!is_of_openclip("blocks.transformer.resblocks.0"));

static_assert(joined_attention("a.attn.q_proj") == "a.attn");
static_assert(joined_attention("a.attn.v_proj") == "a.attn");
static_assert(joined_attention("a.attn.out_proj").empty());

TEST_CASE("a text encoder is one of a checkpoint")
{
    CHECK(is_of_text_encoder("text_encoders.t5xxl.transformer."));
    CHECK_FALSE(is_of_text_encoder("t5xxl.transformer."));
}
