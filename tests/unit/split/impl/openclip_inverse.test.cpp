// SPDX-License-Identifier: MIT
#include "support/poured.hpp"
#include "support/short_splitting.hpp"
#include "support/split_names.hpp"

#include <stet/families/impl/openclip_conversion.hpp>
#include <stet/split/impl/openclip_inverse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace {

using support::fill;
using support::name_list;
using support::names_of;
using support::small_tensors;

constexpr stet::detail::openclip_place place{.openclip = "e.",
                                             .encoder = "e.transformer.text_model.",
                                             .projection = "e.transformer.text_projection.weight",
                                             .layers = 32};

} // namespace

TEST_CASE("a text encoder's names come back in ComfyUI's order, whatever the file's")
{
    const small_tensors given{"e.text_projection",
                              "e.transformer.resblocks.1.attn.in_proj_bias",
                              "e.transformer.resblocks.0.mlp.c_proj.bias",
                              "e.transformer.resblocks.0.mlp.c_fc.weight",
                              "e.transformer.resblocks.0.ln_2.bias",
                              "e.transformer.resblocks.0.ln_1.weight",
                              "e.transformer.resblocks.0.attn.out_proj.weight",
                              "e.ln_final.bias",
                              "e.token_embedding.weight",
                              "e.positional_embedding",
                              "e.logit_scale"};
    stet::change_log    log(stet::heap());
    stet::splitting     work(log, stet::strictness::strict);
    REQUIRE(fill(work.rest, given));
    REQUIRE(stet::detail::text_from_openclip(work, work.rest, place));
    const std::string model = "e.transformer.text_model.";
    CHECK(
        names_of(work.rest) ==
        name_list{"e.logit_scale", model + "embeddings.position_embedding.weight",
                  model + "embeddings.token_embedding.weight", model + "final_layer_norm.bias",
                  model + "encoder.layers.0.layer_norm1.weight", model + "encoder.layers.0.layer_norm2.bias",
                  model + "encoder.layers.0.mlp.fc1.weight", model + "encoder.layers.0.mlp.fc2.bias",
                  model + "encoder.layers.0.self_attn.out_proj.weight",
                  model + "encoder.layers.1.self_attn.q_proj.bias",
                  model + "encoder.layers.1.self_attn.k_proj.bias",
                  model + "encoder.layers.1.self_attn.v_proj.bias", "e.transformer.text_projection.weight"});
}

TEST_CASE("q, k and v are views of the rows of the tensor they were joined to")
{
    const small_tensors given{{"e.transformer.resblocks.0.attn.in_proj_weight", {6, 1}}};
    stet::change_log    log(stet::heap());
    stet::splitting     work(log, stet::strictness::strict);
    REQUIRE(fill(work.rest, given));
    REQUIRE(stet::detail::text_from_openclip(work, work.rest, place));
    std::size_t row = 0;
    for (const char* const part : {"q", "k", "v"}) {
        const std::string name =
            std::string("e.transformer.text_model.encoder.layers.0.self_attn.") + part + "_proj.weight";
        const auto* const found = work.rest.find({.stem = name});
        REQUIRE(found != nullptr);
        CHECK(found->tensor->pour == given[0].pour);
        CHECK(found->tensor->data == static_cast<const float*>(given[0].data) + row);
        CHECK(found->tensor->shape[0] == 2);
        row += 2;
    }
}

TEST_CASE("rows that do not divide by three are refused, or the rest is lost as in ComfyUI")
{
    const small_tensors given{{"e.transformer.resblocks.0.attn.in_proj_bias", {7}}};
    for (const auto how : {stet::strictness::strict, stet::strictness::as_comfyui}) {
        stet::change_log log(stet::heap());
        stet::splitting  work(log, how);
        REQUIRE(fill(work.rest, given));
        const auto done = stet::detail::text_from_openclip(work, work.rest, place);
        if (work.is_strict()) {
            REQUIRE_FALSE(done);
            CHECK(done.error().code == stet::errc::uneven_qkv);
            CHECK(done.error().actual == 7);
            CHECK(done.error().subject() == "e.transformer.resblocks.0.attn.in_proj_bias");
            continue;
        }
        REQUIRE(done);
        const auto* const v =
            work.rest.find({.stem = "e.transformer.text_model.encoder.layers.0.self_attn.v_proj.bias"});
        REQUIRE(v != nullptr);
        CHECK(v->tensor->shape[0] == 2);
        CHECK(v->tensor->data == static_cast<const float*>(given[0].data) + 4);
    }
}

TEST_CASE("a fused tensor without rows is refused")
{
    const small_tensors given{{"e.transformer.resblocks.0.attn.in_proj_bias", {}}};
    stet::change_log    log(stet::heap());
    stet::splitting     work(log, stet::strictness::as_comfyui);
    REQUIRE(fill(work.rest, given));
    const auto done = stet::detail::text_from_openclip(work, work.rest, place);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == stet::errc::no_such_axis);
}

TEST_CASE("ComfyUI leaves layers from 32 on as they are, strict conduct does not")
{
    const small_tensors given{"e.transformer.resblocks.31.ln_1.bias", "e.transformer.resblocks.32.ln_1.bias"};
    for (const auto how : {stet::strictness::strict, stet::strictness::as_comfyui}) {
        stet::change_log log(stet::heap());
        stet::splitting  work(log, how);
        REQUIRE(fill(work.rest, given));
        REQUIRE(stet::detail::text_from_openclip(work, work.rest, place));
        const std::string last = work.is_strict()
                                     ? "e.transformer.text_model.encoder.layers.32.layer_norm1.bias"
                                     : "e.transformer.resblocks.32.ln_1.bias";
        CHECK(work.rest.find({.stem = last}) != nullptr);
        CHECK(work.rest.find({.stem = "e.transformer.text_model.encoder.layers.31.layer_norm1.bias"}) !=
              nullptr);
    }
}

TEST_CASE("a projection is turned, one with a module's name is not, and both together are a collision")
{
    const small_tensors given{{"e.text_projection", {3, 2}}, {"e.text_projection.weight", {3, 2}}};
    for (const auto how : {stet::strictness::strict, stet::strictness::as_comfyui}) {
        stet::change_log log(stet::heap());
        stet::splitting  work(log, how);
        REQUIRE(fill(work.rest, given));
        const auto done = stet::detail::text_from_openclip(work, work.rest, place);
        CHECK(static_cast<bool>(done) == !work.is_strict());
        if (!done) {
            CHECK(done.error().code == stet::errc::name_collision);
            continue;
        }
        REQUIRE(names_of(work.rest) == name_list{"e.transformer.text_projection.weight"});
        CHECK(support::poured(work.rest.tensor(work.rest.entries().back())) ==
              support::poured(stet::transposed(given[0])));
    }
}

TEST_CASE("a projection that is a vector is refused")
{
    const small_tensors given{{"e.text_projection", {3}}};
    stet::change_log    log(stet::heap());
    stet::splitting     work(log, stet::strictness::as_comfyui);
    REQUIRE(fill(work.rest, given));
    const auto done = stet::detail::text_from_openclip(work, work.rest, place);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == stet::errc::projection_rank);
    CHECK(done.error().subject() == "e.text_projection");
}

TEST_CASE("the inverse undoes the conversion, text and vision")
{
    const small_tensors text{"e.transformer.text_model.embeddings.token_embedding.weight",
                             "e.transformer.text_model.encoder.layers.0.self_attn.q_proj.weight",
                             "e.transformer.text_model.encoder.layers.0.self_attn.k_proj.weight",
                             "e.transformer.text_model.encoder.layers.0.self_attn.v_proj.weight",
                             "e.transformer.text_model.encoder.layers.0.mlp.fc1.weight",
                             "e.transformer.text_projection.weight"};
    const small_tensors vision{"vision_model.embeddings.class_embedding",
                               "vision_model.embeddings.patch_embedding.weight",
                               "vision_model.encoder.layers.0.self_attn.q_proj.weight",
                               "vision_model.encoder.layers.0.self_attn.k_proj.weight",
                               "vision_model.encoder.layers.0.self_attn.v_proj.weight",
                               "vision_model.post_layernorm.bias",
                               "vision_model.pre_layrnorm.bias",
                               "visual_projection.weight"};
    for (const bool is_text : {true, false}) {
        const small_tensors& given = is_text ? text : vision;
        stet::change_log     log(stet::heap());
        stet::rearrangement  saved(log, 0, stet::strictness::strict);
        REQUIRE(fill(saved.dict, given));
        auto converted = stet::detail::to_openclip(
            is_text ? stet::detail::openclip_text : stet::detail::openclip_vision, saved, "");
        REQUIRE(converted);
        CHECK(stet::detail::has_openclip_vision(*converted, "") == !is_text);
        stet::splitting work(log, stet::strictness::strict);
        REQUIRE((is_text ? stet::detail::text_from_openclip(work, *converted, place)
                         : stet::detail::vision_from_openclip(work, *converted, "")));
        std::size_t count = 0;
        for (const auto& [name, tensor] : given) {
            INFO(name);
            const auto* const found = converted->find({.stem = name});
            REQUIRE(found != nullptr);
            CHECK(support::poured(*found->tensor) == support::poured(tensor));
            ++count;
        }
        CHECK(names_of(*converted).size() == count);
    }
}

TEST_CASE("tensors that get ComfyUI's names where memory is short say so and give all of it back")
{
    const small_tensors given{{"e.transformer.resblocks.0.attn.in_proj_weight", {6, 1}},
                              {"e.transformer.resblocks.1.attn.in_proj_bias", {6}},
                              {"e.transformer.resblocks.1.ln_1.weight"},
                              {"e.ln_final.bias"},
                              {"e.positional_embedding"},
                              {"e.text_projection", {2, 2}}};
    CHECK(support::arena_bytes_needed(given, [](stet::splitting& work, stet::ordered_dict&) {
              return stet::detail::text_from_openclip(work, work.rest, place);
          }) > 7 * sizeof(stet::tensor_view));
}

TEST_CASE("a fused tensor is taken apart into three, or its lack of memory is told")
{
    const small_tensors given{{"e.transformer.resblocks.0.attn.in_proj_weight", {6, 1}}};
    CHECK(support::arena_bytes_needed(given, [](stet::splitting& work, stet::ordered_dict&) {
              auto done = stet::detail::text_from_openclip(work, work.rest, place);
              for (const char* const part : {"q_proj.weight", "k_proj.weight", "v_proj.weight"}) {
                  const stet::placed_name name{
                      .prefix = "e.transformer.text_model.encoder.layers.0.self_attn.", .stem = part};
                  CHECK((!done || work.rest.find(name) != nullptr));
              }
              return done;
          }) > 2 * sizeof(stet::tensor_view));
}

TEST_CASE("a name that is given back tells that memory runs out, whichever comes first")
{
    for (const char* const name : {"e.text_projection.weight", "e.token_embedding.weight"}) {
        support::arena_bytes_needed({name}, [](stet::splitting& work, stet::ordered_dict&) {
            return stet::detail::text_from_openclip(work, work.rest, place);
        });
    }
    for (const char* const name : {"v.conv1.weight", "v.proj", "v.token_embedding.weight"}) {
        support::arena_bytes_needed({name}, [](stet::splitting& work, stet::ordered_dict&) {
            return stet::detail::vision_from_openclip(work, work.rest, "v.");
        });
    }
}

TEST_CASE("a fused tensor that would be cut inside a byte is refused by its name")
{
    constexpr std::array<std::byte, 2> four_numbers{};
    const auto                         fused = stet::view_of(stet::dtype::f4, {4, 1}, four_numbers);
    REQUIRE(fused);
    stet::change_log log(stet::heap());
    stet::splitting  work(log, stet::strictness::as_comfyui);
    REQUIRE(work.rest.set({.stem = "e.transformer.resblocks.0.attn.in_proj_weight"}, *fused));
    const auto cut = stet::detail::text_from_openclip(work, work.rest, place);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().code == stet::errc::partial_byte);
    CHECK(cut.error().subject() == "e.transformer.resblocks.0.attn.in_proj_weight");
}
