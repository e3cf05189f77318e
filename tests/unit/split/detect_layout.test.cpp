// SPDX-License-Identifier: MIT
#include "support/split_names.hpp"

#include <stet/split/detect_layout.hpp>

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using stet::known_layout;

/// The candidates for a file with these names and six of a diffusion model under that prefix.
std::vector<known_layout> candidates(std::string_view model, std::initializer_list<std::string_view> names)
{
    stet::layout_detection detection;
    for (const char* const key : {"a", "b", "c", "d", "e", "f"})
        detection.add(std::string(model) + key);
    for (const std::string_view name : names)
        detection.add(name);
    std::vector<known_layout> found;
    const auto                all = detection.candidates();
    for (std::size_t i = 0; i < stet::detail::known_layout_count; ++i) {
        if (all.contains(static_cast<known_layout>(i)))
            found.push_back(static_cast<known_layout>(i));
    }
    CHECK(found.size() == all.size());
    return found;
}

using several = std::vector<known_layout>;

constexpr std::string_view usual = "model.diffusion_model.";

} // namespace

TEST_CASE("a file's prefixes tell its layout where only one has them")
{
    CHECK(candidates(usual, {"vae.a", "text_encoders.a"}) == several{known_layout::generic});
    CHECK(candidates(usual, {"first_stage_model.a", "text_encoders.a"}) == several{known_layout::sd3});
    CHECK(candidates("model.model.", {"vae.a", "text_encoders.a"}) == several{known_layout::hunyuan_video});
    CHECK(candidates("model.", {"vae.a", "conditioner.main_image_encoder.model.a"}) ==
          several{known_layout::hunyuan3d});
    CHECK(candidates(usual, {"vae.a", "conditioner.main_image_encoder.model.a"}) ==
          several{known_layout::trellis2});
    CHECK(candidates(usual, {"first_stage_model.a", "cond_stage_model.transformer.a"}) ==
          several{known_layout::sd1});
    CHECK(candidates(usual, {"conditioner.embedders.1.model.a", "conditioner.embedders.0.transformer.a"}) ==
          several{known_layout::sdxl});
    CHECK(candidates(usual, {"conditioner.embedders.1.encoder.a"}) == several{known_layout::sv3d});
    CHECK(candidates(usual, {"first_stage_model.a", "embedder.model.visual.a", "cond_stage_model.model.a"}) ==
          several{known_layout::sd2_unclip});
    CHECK(candidates(usual, {"text_encoder.a", "clip_l_vision.a"}) == several{known_layout::cascade_c});
    CHECK(candidates(usual, {"detector.backbone.language_backbone.a"}) == several{known_layout::sam3});
    CHECK(candidates(usual, {"cond_stage_model.model.visual.a"}) == several{known_layout::zero123});
}

TEST_CASE("what only shapes tell stays open")
{
    CHECK(candidates(usual, {"first_stage_model.a", "conditioner.embedders.0.model.a"}) ==
          several{known_layout::sd2, known_layout::sd2_unclip, known_layout::sdxl_refiner});
    CHECK(candidates(usual, {"first_stage_model.a", "cond_stage_model.model.a"}) ==
          several{known_layout::sd2, known_layout::sd2_unclip});
    CHECK(candidates("model.model.", {"pretransform.model.a"}) ==
          several{known_layout::stable_audio, known_layout::stable_audio3});
    CHECK(candidates("model.model.", {"pretransform.model.a", "conditioner.conditioners.seconds_start.a"}) ==
          several{known_layout::stable_audio});
    CHECK(candidates(usual, {"vae.a"}).size() == 4);
}

TEST_CASE("prefixes of different layouts together fit none")
{
    CHECK(candidates("model.model.", {"first_stage_model.a", "text_encoders.a"}).empty());
    CHECK(candidates("net.", {"vae.a"}).empty());
}

TEST_CASE("a file with few keys is known by any prefix of a model")
{
    const support::small_tensors few{"model.model.a", "vae.a"};
    CHECK(stet::detect_layout(few).only() == known_layout::hunyuan_video);
    const support::small_tensors none{"vae.a", "text_encoder.a"};
    CHECK(stet::detect_layout(none).size() == 2);
    CHECK_FALSE(stet::detect_layout(none).only());
}

TEST_CASE("a candidate is visited with its layout's type")
{
    stet::layout_candidates some;
    some.add(known_layout::sd1);
    some.add(known_layout::svd);
    std::size_t visited = 0;
    some.each([&]<class Layout>(Layout) {
        CHECK((std::is_same_v<Layout, stet::layouts::sd1> || std::is_same_v<Layout, stet::layouts::svd>));
        ++visited;
    });
    CHECK(visited == 2);
}
