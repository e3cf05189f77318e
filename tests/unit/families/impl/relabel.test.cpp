// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/families/impl/relabel.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace {

using stet::detail::label;

std::string relabelled(std::string_view                    name,
                       const stet::detail::openclip_names& names = stet::detail::openclip_text)
{
    std::string all;
    stet::detail::relabel(name, names.labels, [&all](std::string_view piece) { all += piece; });
    return all;
}

/// The same, tried at every position.
std::string slowly_relabelled(std::string_view name, std::span<const label> labels)
{
    std::string all;
    while (!name.empty()) {
        const label* found = nullptr;
        for (const label& known : labels) {
            if (name.starts_with(known.internal))
                found = &known;
        }
        all += found == nullptr ? name.substr(0, 1) : found->openclip;
        name.remove_prefix(found == nullptr ? 1 : found->internal.size());
    }
    return all;
}

/// The order in which labels are tried makes no difference.
constexpr bool none_begins_another(std::span<const label> labels)
{
    for (const label& one : labels) {
        for (const label& other : labels) {
            if (&one != &other && other.internal.starts_with(one.internal))
                return false;
        }
    }
    return true;
}

/// Every label is looked for where it begins.
constexpr bool all_are_found(std::span<const label> labels)
{
    for (const label& known : labels) {
        if (stet::detail::label_at(known.internal, labels) != &known)
            return false;
    }
    return true;
}

static_assert(none_begins_another(stet::detail::openclip_text.labels) &&
              none_begins_another(stet::detail::openclip_vision.labels));
static_assert(all_are_found(stet::detail::openclip_text.labels) &&
              all_are_found(stet::detail::openclip_vision.labels));
static_assert(stet::detail::openclip_text.labels.size() == 9 &&
              stet::detail::openclip_vision.labels.size() == 11);

} // namespace

TEST_CASE("a text encoder's names become OpenCLIP's")
{
    CHECK(relabelled("clip_g.transformer.text_model.embeddings.token_embedding.weight") ==
          "clip_g.token_embedding.weight");
    CHECK(relabelled("clip_g.transformer.text_model.embeddings.position_embedding.weight") ==
          "clip_g.positional_embedding");
    CHECK(relabelled("clip_g.transformer.text_model.final_layer_norm.bias") == "clip_g.ln_final.bias");
    const std::string layer = "clip_g.transformer.text_model.encoder.layers.31.";
    const std::string block = "clip_g.transformer.resblocks.31.";
    CHECK(relabelled(layer + "layer_norm1.weight") == block + "ln_1.weight");
    CHECK(relabelled(layer + "layer_norm2.bias") == block + "ln_2.bias");
    CHECK(relabelled(layer + "mlp.fc1.weight") == block + "mlp.c_fc.weight");
    CHECK(relabelled(layer + "mlp.fc2.weight") == block + "mlp.c_proj.weight");
    CHECK(relabelled(layer + "self_attn.out_proj.weight") == block + "attn.out_proj.weight");
    CHECK(relabelled(layer + "self_attn") == block + "attn");
}

TEST_CASE("a vision encoder's names become OpenCLIP's")
{
    const auto vision = [](std::string_view name) { return relabelled(name, stet::detail::openclip_vision); };
    CHECK(vision("vision_model.embeddings.class_embedding") == "class_embedding");
    CHECK(vision("vision_model.embeddings.patch_embedding.weight") == "conv1.weight");
    CHECK(vision("vision_model.embeddings.position_embedding.weight") == "positional_embedding");
    CHECK(vision("vision_model.pre_layrnorm.weight") == "ln_pre.weight");
    CHECK(vision("vision_model.post_layernorm.bias") == "ln_post.bias");
    CHECK(vision("vision_model.encoder.layers.7.layer_norm1.weight") ==
          "transformer.resblocks.7.ln_1.weight");
    CHECK(vision("vision_model.encoder.layers.7.mlp.fc1.bias") == "transformer.resblocks.7.mlp.c_fc.bias");
    CHECK(vision("vision_model.encoder.layers.7.self_attn.out_proj.bias") ==
          "transformer.resblocks.7.attn.out_proj.bias");
}

TEST_CASE("names without a label stay, in one piece")
{
    for (const std::string_view name :
         {"", "x", "clip_g.logit_scale", "text_model.final_layer_norm.weight", "mlp.fc1", "self_attn.a",
          "mlp.fc3.weight", "clip_g.transformer.text_model.embeddings.position_ids", "layer_norm",
          "text_model.encoder.layers"})
    {
        CAPTURE(name);
        std::size_t pieces = 0;
        stet::detail::relabel(name, stet::detail::openclip_text.labels, [&](std::string_view piece) {
            ++pieces;
            CHECK(piece.data() == name.data());
            CHECK(piece == name);
        });
        CHECK(pieces == 1);
    }
}

TEST_CASE("labels are looked for from left to right, and not in what took their place")
{
    CHECK(relabelled("x.fc1.fc2.y") == "x.c_fc.fc2.y");
    CHECK(relabelled("layer_norm11") == "ln_11");
    CHECK(relabelled("x.self_attn.q_proj.foo") == "x.attn.q_proj.foo");
    CHECK(relabelled(".self_attn.self_attn") == ".attn.attn");
    CHECK(relabelled("layer_layer_norm1layer_norm2") == "layer_ln_1ln_2");
    CHECK(relabelled("text_model.encoder.layers.text_model.encoder.layers.") == "resblocks.resblocks.");

    constexpr std::array<label, 2> endless{{{"lab", "llab"}, {"ttt", "t"}}};
    std::string                    all;
    stet::detail::relabel("lablab.tttt", endless, [&all](std::string_view piece) { all += piece; });
    CHECK(all == "llabllab.tt");
}

TEST_CASE("names of labels, torn and put together, are relabelled as by trying every position")
{
    support::dice dice(4);
    for (const auto* const names : {&stet::detail::openclip_text, &stet::detail::openclip_vision}) {
        std::size_t changed = 0;
        for (int round = 0; round < 20'000; ++round) {
            std::string name;
            for (auto pieces = dice.below(6); pieces > 0; --pieces) {
                const label&     known = names->labels[dice.below(names->labels.size())];
                std::string_view piece = dice.below(5) == 0 ? known.openclip : known.internal;
                if (dice.below(3) == 0)
                    piece = piece.substr(dice.below(piece.size() + 1));
                name += dice.below(3) == 0 ? piece.substr(0, dice.below(piece.size() + 1)) : piece;
                name += dice.below(3) == 0 ? "." : "";
            }
            const std::string expected = slowly_relabelled(name, names->labels);
            changed += expected == name ? 0U : 1U;
            if (relabelled(name, *names) != expected)
                FAIL_CHECK("'" << name << "' should become '" << expected << "'");
        }
        CHECK(changed > 5'000);
    }
}
