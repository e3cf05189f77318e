// SPDX-License-Identifier: MIT
#include <stet/split/impl/vision_names.hpp>

#include <catch2/catch_test_macros.hpp>

namespace {

using stet::detail::is_vision_name;

static_assert(is_vision_name("vision_model.embeddings.class_embedding"));
static_assert(is_vision_name("vision_model.embeddings.patch_embedding.weight"));
static_assert(is_vision_name("vision_model.pre_layrnorm.bias"));
static_assert(is_vision_name("visual_projection.weight"));
static_assert(is_vision_name("vision_model.encoder.layers.0.self_attn.q_proj.weight"));
static_assert(is_vision_name("vision_model.encoder.layers.47.mlp.fc2.bias"));
static_assert(is_vision_name("encoder.layer.39.attention.output.dense.weight"));
static_assert(is_vision_name("encoder.layer.7.layer_scale1.lambda1"));
static_assert(is_vision_name("embeddings.cls_token"));
static_assert(is_vision_name("layernorm.weight"));

static_assert(!is_vision_name(""));
static_assert(!is_vision_name("vision_model.final_layer_norm.weight"));
static_assert(!is_vision_name("vision_model.pre_layrnorm.weights"));
static_assert(!is_vision_name("vision_model.pre_layrnorm."));
static_assert(!is_vision_name("vision_model.embeddings.patch_embedding.bias"));
static_assert(!is_vision_name("vision_model.encoder.layers.48.mlp.fc2.bias"));
static_assert(!is_vision_name("vision_model.encoder.layers.01.mlp.fc2.bias"));
static_assert(!is_vision_name("vision_model.encoder.layers.99999999999.mlp.fc2.bias"));
static_assert(!is_vision_name("vision_model.encoder.layers..mlp.fc2.bias"));
static_assert(!is_vision_name("vision_model.encoder.layers.1"));
static_assert(!is_vision_name("vision_model.encoder.layers.1.mlp.c_fc.weight"));
static_assert(!is_vision_name("encoder.layer.40.norm1.bias"));
static_assert(!is_vision_name("encoder.layers.1.norm1.bias"));

} // namespace

TEST_CASE("names of vision encoders are told from others while compiling")
{
    SUCCEED("the assertions above have been checked");
}
