// SPDX-License-Identifier: MIT
#include <stet/merge/impl/lora_names.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>

using stet::detail::is_lora_name;

TEST_CASE("factors are known by the parts of their names, as trainers spell them")
{
    for (const std::string_view name :
         {"lora_unet_down_blocks_0_attn1_to_q.lora_up.weight", "lora_unet_down_blocks_0_attn1_to_q.alpha",
          "lora_te1_text_model_encoder.lora_down.weight", "transformer.blocks.0.attn.to_q.lora_A.weight",
          "unet.mid_block.attn.to_k.lora_B.default.weight", "base_model.model.embed.lora_embedding_A",
          "unet.attn1.processor.to_q_lora.up.weight", "unet.attn1.to_q.lora.down.weight",
          "blocks.0.hada_w1_a", "blocks.0.hada_t2", "blocks.0.lokr_w2_b", "blocks.0.lokr_t2",
          "diffusion_model.blocks.0.dora_scale", "a.lora_magnitude_vector", "a.lora_mid.weight"})
        CHECK(is_lora_name(name));
}

TEST_CASE("other names that look a little alike are those of weights")
{
    for (const std::string_view name :
         {"model.diffusion_model.input_blocks.0.0.weight", "flora.up.weight", "colora_up.weight", "alpha",
          "model.alphas_cumprod", "blocks.0.alpha", "explorer.down.weight", "a.lora.weight", ""})
        CHECK_FALSE(is_lora_name(name));
}
