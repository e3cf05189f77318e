// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/families/impl/usual_names.hpp>
#include <stet/families/layouts.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string_view>

namespace {

namespace layouts = stet::layouts;
namespace role = stet::role;

} // namespace

TEST_CASE("what a whole checkpoint puts before its keys no component has")
{
    const auto code_of = [](const stet::result<void>& vetted) {
        return vetted ? std::string_view() : support::failure(vetted);
    };
    const auto refused = [&](const stet::result<void>& vetted) {
        return code_of(vetted) == "foreign_prefix";
    };
    CHECK(refused(layouts::hunyuan_video::vet(role::model{}, "model.diffusion_model.a")));
    CHECK(layouts::hunyuan_video::vet(role::model{}, "model.a"));
    CHECK(refused(layouts::generic::vet(role::vae{}, "first_stage_model.a")));
    CHECK(refused(layouts::sd1::vet(role::vae{}, "vae.a")));
    CHECK(layouts::generic::vet(role::vae{}, "decoder.vae.a"));
    CHECK(refused(layouts::base_default::vet(role::text_encoder{}, "text_encoders.t5xxl.a")));
    CHECK(code_of(layouts::generic::vet(role::text_encoder{}, "encoder.block.0")) == "foreign_key");
    CHECK(layouts::generic::vet(role::text_encoder{}, "umt5xxl.transformer.encoder.block.0"));
    CHECK(support::failure(layouts::generic::vet(role::text_encoder{}, "clip_l.transformer.a.comfy_quant")) ==
          "quantised_companion");
    CHECK(layouts::generic::vet(role::text_encoder{}, "t5xxl.transformer.a.comfy_quant"));
    CHECK(layouts::generic::vet(role::text_encoder{}, "clip_l.transformer.a.weight"));
    CHECK(layouts::sam3::vet(role::text_encoder{}, "encoder.block.0")); // bears no name there
}
