// SPDX-License-Identifier: MIT
#include <stet/families/families.hpp>
#include <stet/families/layouts.hpp>
#include <stet/split/split_rules.hpp>

#include <catch2/catch_test_macros.hpp>

#include <set>
#include <string_view>

namespace {

namespace layouts = stet::layouts;
namespace families = stet::families;
using stet::rules_of;

constexpr stet::split_rules sdxl = rules_of<families::sdxl>();
static_assert(sdxl.model == "model.diffusion_model." && sdxl.vae == "first_stage_model.");
static_assert(!sdxl.vision && !sdxl.seconds_start && !sdxl.seconds_total);
static_assert(sdxl.text.size() == 2 && sdxl.text[1] == "conditioner.embedders.1.model.");
static_assert(sdxl.take_text == &stet::inverse_of<stet::text_rules::sdxl>::invert && sdxl.comfyui_takes_text);

constexpr stet::split_rules zero123 = rules_of<layouts::zero123>();
static_assert(zero123.vision == "cond_stage_model.model.visual.");
static_assert(zero123.text.size() == 1 && zero123.text[0] == "cond_stage_model.");

constexpr stet::split_rules audio = rules_of<families::stable_audio>();
static_assert(audio.seconds_start == "conditioner.conditioners.seconds_start.");
static_assert(rules_of<layouts::stable_audio3>().seconds_total &&
              !rules_of<layouts::stable_audio3>().seconds_start);

static_assert(rules_of<stet::with_unprefixed_vision<layouts::sd1>>().vision == "");
static_assert(rules_of<stet::with_openclip_vision<layouts::svd>>().vision == rules_of<layouts::svd>().vision);

// A layout of one's own.
using tiny = stet::prefix_layout<stet::under<stet::role::model, "m.">>;
static_assert(rules_of<tiny>().model == "m." && !rules_of<tiny>().vae &&
              rules_of<tiny>().take_text == nullptr && rules_of<tiny>().text.empty());

} // namespace

TEST_CASE("of some families ComfyUI's loader looks for no text encoder")
{
    std::set<std::string_view> without;
    []<class... Family>(stet::family_list<Family...>, auto& into) {
        static_cast<void>(
            ((stet::detail::comfyui_reads_text<Family> || into.insert(Family::name).second) && ...));
    }(families::all{}, without);
    CHECK(without == std::set<std::string_view>{"Stable_Zero123", "SV3D_u", "SV3D_p", "SVD_img2vid",
                                                "Hunyuan3Dv2mini", "Hunyuan3Dv2", "Hunyuan3Dv2_1", "HiDream",
                                                "TripoSplat", "SeedVR2", "RT_DETR_v4", "Trellis2",
                                                "DepthAnything3"});
    CHECK(stet::detail::comfyui_reads_text<layouts::generic>);
}

TEST_CASE("rules are read off layouts while compiling")
{
    SUCCEED("the assertions above have been checked");
}
