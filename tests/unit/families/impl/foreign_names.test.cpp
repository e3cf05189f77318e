// SPDX-License-Identifier: MIT
#include <stet/families/impl/foreign_names.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>

using stet::detail::foreign_text_key;
using stet::detail::nameless_part_of;

namespace {

constexpr bool lacks_its_name(std::string_view key)
{
    return nameless_part_of(key) != nullptr;
}

static_assert(lacks_its_name("encoder.block.0.layer.0.SelfAttention.q.weight"));
static_assert(lacks_its_name("shared.weight"));
static_assert(lacks_its_name("text_model.embeddings.token_embedding.weight"));
static_assert(lacks_its_name("model.layers.0.self_attn.q_proj.weight"));
static_assert(lacks_its_name("text_projection"));
static_assert(lacks_its_name("cond_stage_model.clip_l.logit_scale"));
// A whole part, and only the first.
static_assert(!lacks_its_name("t5xxl.transformer.encoder.block.0.layer.0.SelfAttention.q.weight"));
static_assert(!lacks_its_name("text_embedding_projection.weight"));
static_assert(!lacks_its_name("spiece_model"));
static_assert(!lacks_its_name("encoders.a"));
static_assert(!lacks_its_name("modelling"));
static_assert(!lacks_its_name(""));

} // namespace

TEST_CASE("a key without its encoder's name is refused with what is to be put before it")
{
    const stet::error t5 = foreign_text_key({.stem = "shared.weight"});
    CHECK(t5.code == stet::errc::foreign_key);
    CHECK(stet::message(t5) ==
          "tensor 'shared.weight' lacks the name of its encoder, without which no loader finds "
          "it; put that before every key of it, such as 't5xxl.transformer.'");
}

TEST_CASE("a key that bears a whole checkpoint's prefix is refused with what is to be taken off")
{
    const stet::error text = foreign_text_key({.stem = "text_encoders.t5xxl.x"});
    CHECK(text.code == stet::errc::foreign_prefix);
    CHECK(
        stet::message(text) ==
        "key 'text_encoders.t5xxl.x' begins with 'text_encoders.', which a whole checkpoint puts before its keys; "
        "take it off the component's keys, or save as ComfyUI does");
    CHECK(stet::detail::without_prefix("vae", "vae.w").error().first_party() == "vae");
    CHECK(stet::detail::without_prefix("vae", "vaex.w"));
    CHECK(stet::detail::without_prefix("vae", "vae"));
}

TEST_CASE("of another key nothing is said but that the layout does not know it")
{
    CHECK(foreign_text_key({.stem = "t5xxl.x"}).first_party().empty());
    CHECK(foreign_text_key({.prefix = "cond_stage_model.", .stem = "shared.weight"}).first_party().empty());
    CHECK(foreign_text_key({.prefix = "cond_stage_model.", .stem = "x"}).subject() == "cond_stage_model.x");
}
