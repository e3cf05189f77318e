// SPDX-License-Identifier: MIT
#include <stet/families/families.hpp>
#include <stet/layout/layout.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace {

namespace families = stet::families;
namespace layouts = stet::layouts;
namespace role = stet::role;
using stet::model_type;

enum class known { always, usually, not_here };

struct row {
    std::string_view name;
    std::string_view layout;
    known            how;
    model_type       type;
    std::string_view architecture;
};

/// source: ComfyUI 0.8.0, supported_models.py, in its order; after SVD_img2vid what came later, by 0.33.0; at last what
/// is announced
constexpr std::array<row, 107> rows{{
    {"LotusD", "sd2", known::always, model_type::img_to_img, ""},
    {"Stable_Zero123", "zero123", known::always, model_type::eps, ""},
    {"SD15_instructpix2pix", "sd1", known::always, model_type::eps, ""},
    {"SD15", "sd1", known::always, model_type::eps, ""},
    {"SD20", "sd2", known::usually, model_type::eps, ""},
    {"SD21UnclipL", "sd2_unclip", known::usually, model_type::eps, ""},
    {"SD21UnclipH", "sd2_unclip", known::usually, model_type::eps, ""},
    {"SDXL_instructpix2pix", "sdxl", known::usually, model_type::eps, "stable-diffusion-xl-v1-edit"},
    {"SDXLRefiner", "sdxl_refiner", known::always, model_type::eps, "stable-diffusion-xl-v1-refiner"},
    {"SDXL", "sdxl", known::usually, model_type::eps, "stable-diffusion-xl-v1-base"},
    {"SSD1B", "sdxl", known::usually, model_type::eps, "stable-diffusion-xl-v1-base"},
    {"KOALA_700M", "sdxl", known::usually, model_type::eps, "stable-diffusion-xl-v1-base"},
    {"KOALA_1B", "sdxl", known::usually, model_type::eps, "stable-diffusion-xl-v1-base"},
    {"Segmind_Vega", "sdxl", known::usually, model_type::eps, "stable-diffusion-xl-v1-base"},
    {"SD_X4Upscaler", "sd2", known::always, model_type::v_prediction, ""},
    {"Stable_Cascade_C", "cascade_c", known::always, model_type::stable_cascade, ""},
    {"Stable_Cascade_B", "cascade_b", known::always, model_type::stable_cascade, ""},
    {"SV3D_u", "sv3d", known::always, model_type::v_prediction_edm, "stable-video-diffusion-img2vid-v1"},
    {"SV3D_p", "sv3d", known::always, model_type::v_prediction_edm, "stable-video-diffusion-img2vid-v1"},
    {"SD3", "sd3", known::always, model_type::flow, "stable-diffusion-v3-medium"},
    {"StableAudio", "stable_audio", known::always, model_type::v_prediction_continuous, ""},
    {"AuraFlow", "generic", known::always, model_type::flow, ""},
    {"PixArtAlpha", "generic", known::always, model_type::eps, ""},
    {"PixArtSigma", "generic", known::always, model_type::eps, ""},
    {"HunyuanDiT", "generic", known::always, model_type::v_prediction, ""},
    {"HunyuanDiT1", "generic", known::always, model_type::v_prediction, ""},
    {"FluxInpaint", "generic", known::always, model_type::flux, ""},
    {"Flux", "generic", known::always, model_type::flux, ""},
    {"FluxSchnell", "generic", known::always, model_type::flow, ""},
    {"GenmoMochi", "generic", known::always, model_type::flow, ""},
    {"LTXV", "generic", known::always, model_type::flux, ""},
    {"LTXAV", "generic", known::always, model_type::flux, ""},
    {"HunyuanVideo15_SR_Distilled", "hunyuan_video", known::always, model_type::flow, ""},
    {"HunyuanVideo15", "hunyuan_video", known::always, model_type::flow, ""},
    {"HunyuanImage21Refiner", "hunyuan_video", known::always, model_type::flow, ""},
    {"HunyuanImage21", "hunyuan_video", known::always, model_type::flow, ""},
    {"HunyuanVideoSkyreelsI2V", "hunyuan_video", known::always, model_type::flow, ""},
    {"HunyuanVideoI2V", "hunyuan_video", known::always, model_type::flow, ""},
    {"HunyuanVideo", "hunyuan_video", known::always, model_type::flow, ""},
    {"CosmosT2V", "generic", known::always, model_type::edm, ""},
    {"CosmosI2V", "generic", known::always, model_type::edm, ""},
    {"CosmosT2IPredict2", "base_default", known::always, model_type::flow_cosmos, ""},
    {"CosmosI2VPredict2", "base_default", known::always, model_type::flow_cosmos, ""},
    {"ZImage", "generic", known::always, model_type::flow, ""},
    {"Lumina2", "generic", known::always, model_type::flow, ""},
    {"WAN22_T2V", "generic", known::always, model_type::flow, ""},
    {"WAN21_T2V", "generic", known::always, model_type::flow, ""},
    {"WAN21_I2V", "generic", known::always, model_type::flow, ""},
    {"WAN21_FunControl2V", "generic", known::always, model_type::flow, ""},
    {"WAN21_Vace", "generic", known::always, model_type::flow, ""},
    {"WAN21_Camera", "generic", known::always, model_type::flow, ""},
    {"WAN22_Camera", "generic", known::always, model_type::flow, ""},
    {"WAN22_S2V", "generic", known::always, model_type::flow, ""},
    {"WAN21_HuMo", "generic", known::always, model_type::flow, ""},
    {"WAN22_Animate", "generic", known::always, model_type::flow, ""},
    {"Hunyuan3Dv2mini", "hunyuan3d", known::always, model_type::flow, ""},
    {"Hunyuan3Dv2", "hunyuan3d", known::always, model_type::flow, ""},
    {"Hunyuan3Dv2_1", "hunyuan3d", known::always, model_type::flow, ""},
    {"HiDream", "generic", known::always, model_type::flow, ""},
    {"Chroma", "base_default", known::always, model_type::flux, ""},
    {"ChromaRadiance", "base_default", known::always, model_type::flux, ""},
    {"ACEStep", "generic", known::always, model_type::flow, ""},
    {"Omnigen2", "generic", known::always, model_type::flow, ""},
    {"QwenImage", "generic", known::always, model_type::flux, ""},
    {"Flux2", "generic", known::always, model_type::flux, ""},
    {"Kandinsky5Image", "generic", known::always, model_type::flow, ""},
    {"Kandinsky5", "generic", known::always, model_type::flow, ""},
    {"SVD_img2vid", "svd", known::always, model_type::v_prediction_edm, "stable-video-diffusion-img2vid-v1"},
    {"LongCatImage", "generic", known::always, model_type::flux, ""},
    {"MiniMaxH3", "generic", known::always, model_type::flow_av, ""},
    {"ZImagePixelSpace", "generic", known::always, model_type::flow, ""},
    {"MingImage", "generic", known::always, model_type::flow, ""},
    {"PixelDiTT2I", "generic", known::always, model_type::flow, ""},
    {"PiD", "generic", known::always, model_type::flow, ""},
    {"WAN21_CausalAR_T2V", "generic", known::always, model_type::flow, ""},
    {"WAN_Animate2", "generic", known::always, model_type::flow, ""},
    {"WAN21_FlowRVS", "generic", known::always, model_type::img_to_img_flow, ""},
    {"WAN21_SCAIL", "generic", known::always, model_type::flow, ""},
    {"WAN21_SCAIL2", "generic", known::always, model_type::flow, ""},
    {"WAN22_WanDancer", "generic", known::always, model_type::flow, ""},
    {"HiDreamO1", "generic", known::always, model_type::flow, ""},
    {"SenseNovaU15", "generic", known::always, model_type::flow, ""},
    {"SeedVR2", "generic", known::always, model_type::flow, ""},
    {"ACEStep15", "generic", known::always, model_type::flow, ""},
    {"YuE2", "generic", known::always, model_type::flow, ""},
    {"Boogu", "generic", known::always, model_type::flow, ""},
    {"MageFlow", "generic", known::always, model_type::flow, ""},
    {"QwenImage21", "generic", known::always, model_type::flux, ""},
    {"JoyImage", "generic", known::always, model_type::flow, ""},
    {"Ideogram4", "generic", known::always, model_type::flow, ""},
    {"Krea2", "generic", known::always, model_type::flux, ""},
    {"Lens", "generic", known::always, model_type::flux, ""},
    {"ErnieImage", "generic", known::always, model_type::flow, ""},
    {"CogVideoX_T2V", "generic", known::always, model_type::v_prediction_ddpm, ""},
    {"CogVideoX_I2V", "generic", known::always, model_type::v_prediction_ddpm, ""},
    {"CogVideoX_Inpaint", "generic", known::always, model_type::v_prediction_ddpm, ""},
    {"Anima", "base_default", known::always, model_type::flow, ""},
    {"TripoSplat", "base_default", known::always, model_type::flow, ""},
    {"MiniMaxMusic3", "base_default", known::always, model_type::flow, ""},
    {"RT_DETR_v4", "base_default", known::always, model_type::flow, ""},
    {"DepthAnything3", "base_default", known::always, model_type::flow, ""},
    {"StableAudio3", "stable_audio3", known::always, model_type::flow, ""},
    {"Trellis2", "trellis2", known::always, model_type::flow, ""},
    {"SAM3", "sam3", known::always, model_type::flow, ""},
    {"SAM31", "sam3", known::always, model_type::flow, ""},
    {"Kandinsky6", "generic", known::not_here, model_type::eps, ""},
    {"Prism", "base_default", known::not_here, model_type::eps, ""},
}};

constexpr std::size_t count = families::all::size;
static_assert(count == rows.size());

template <class Layout>
constexpr std::string_view layout_name()
{
    constexpr std::array<std::pair<bool, std::string_view>, 19> known_layouts{{
        {std::same_as<Layout, layouts::sd1>, "sd1"},
        {std::same_as<Layout, layouts::sd2>, "sd2"},
        {std::same_as<Layout, layouts::sd2_unclip>, "sd2_unclip"},
        {std::same_as<Layout, layouts::sdxl>, "sdxl"},
        {std::same_as<Layout, layouts::sdxl_refiner>, "sdxl_refiner"},
        {std::same_as<Layout, layouts::svd>, "svd"},
        {std::same_as<Layout, layouts::sv3d>, "sv3d"},
        {std::same_as<Layout, layouts::zero123>, "zero123"},
        {std::same_as<Layout, layouts::cascade_c>, "cascade_c"},
        {std::same_as<Layout, layouts::cascade_b>, "cascade_b"},
        {std::same_as<Layout, layouts::sd3>, "sd3"},
        {std::same_as<Layout, layouts::stable_audio>, "stable_audio"},
        {std::same_as<Layout, layouts::stable_audio3>, "stable_audio3"},
        {std::same_as<Layout, layouts::generic>, "generic"},
        {std::same_as<Layout, layouts::hunyuan_video>, "hunyuan_video"},
        {std::same_as<Layout, layouts::base_default>, "base_default"},
        {std::same_as<Layout, layouts::hunyuan3d>, "hunyuan3d"},
        {std::same_as<Layout, layouts::trellis2>, "trellis2"},
        {std::same_as<Layout, layouts::sam3>, "sam3"},
    }};
    for (const auto& [is_it, name] : known_layouts) {
        if (is_it)
            return name;
    }
    return "none of them";
}

template <class Family>
void check(const row& expected)
{
    CAPTURE(expected.name);
    CHECK(Family::name == expected.name);
    CHECK(layout_name<typename Family::layout>() == expected.layout);
    CHECK(Family::type.is_known == (expected.how != known::not_here));
    CHECK(Family::type.is_fixed == (expected.how == known::always));
    if (Family::type.is_known)
        CHECK(Family::type.usual == expected.type);
    CHECK(Family::architecture == expected.architecture);
    static_assert(std::is_empty_v<Family> && std::derived_from<Family, typename Family::layout>);
    static_assert(stet::layout_for<Family, stet::full> && stet::layout_for<Family, stet::model_only>);
}

/// The name of the family that is found, or nothing.
std::string found(std::string_view name)
{
    std::string found_name;
    const bool is_there = stet::visit_family(name, [&](auto family) { found_name = decltype(family)::name; });
    CHECK(is_there == !found_name.empty());
    return found_name;
}

// The families whose layouts surprise.
static_assert(std::same_as<families::chroma::layout, layouts::base_default>);
static_assert(std::same_as<families::cosmos_t2i_predict2::layout, layouts::base_default>);
static_assert(std::same_as<families::cosmos_t2v::layout, layouts::generic>);
static_assert(std::same_as<families::lotus_d::layout, layouts::sd2>);
static_assert(std::same_as<families::flux::layout, layouts::generic>);
static_assert(std::same_as<families::sdxl::layout, layouts::sdxl>);
static_assert(families::flux::place(role::vae{}, "w").prefix == "vae.");

static_assert(stet::layout_for<families::svd_img2vid, stet::image_only> &&
              !stet::layout_for<families::flux, stet::image_only>);
static_assert(stet::layout_for<families::stable_audio, stet::stable_audio> &&
              !stet::layout_for<families::stable_audio3, stet::stable_audio> &&
              !stet::layout_for<families::sdxl, stet::stable_audio>);
static_assert(stet::rearranges<families::sd15, role::text_encoder> &&
              !stet::rearranges<families::sd15, role::vae> &&
              !stet::rearranges<families::flux, role::text_encoder>);

// One of one's own.
struct my_model : stet::family<stet::layouts::generic, stet::always(stet::model_type::flow)> {
    static constexpr std::string_view name = "MyModel";
};
static_assert(my_model::name == "MyModel" && my_model::type.is_fixed && my_model::architecture.empty());
static_assert(stet::told(model_type::eps).is_known && !stet::told(model_type::eps).is_fixed &&
              !stet::told().is_known && !stet::told().is_fixed);

} // namespace

TEST_CASE("every family of ComfyUI has its layout, its model type and its architecture")
{
    []<class... Family>(stet::family_list<Family...>) {
        std::size_t next = 0;
        (check<Family>(rows[next++]), ...);
    }(families::all{});
}

TEST_CASE("every family is found by its name and has it to itself")
{
    std::set<std::string> names;
    for (const row& expected : rows) {
        CHECK(found(expected.name) == expected.name);
        names.emplace(expected.name);
    }
    CHECK(names.size() == count);
}

TEST_CASE("a name that is no family's is not found")
{
    for (const std::string_view name : {"", "flux", "FLUX", "Flux ", "SD", "MyModel"})
        CHECK(found(name).empty());
}

TEST_CASE("families of a continuous type know the sigmas that ComfyUI records, to the bit")
{
    const auto bits = [](float number) { return std::bit_cast<std::uint32_t>(number); };
    std::map<std::string_view, std::pair<std::uint32_t, std::uint32_t>> known;
    []<class... Family>(stet::family_list<Family...>, auto& into, auto to_bits) {
        const auto add = [&]<class One>(One) {
            const std::optional<stet::sigma_range> sigmas = One::sigmas;
            CHECK(sigmas.has_value() == (One::type.is_fixed && stet::detail::has_sigmas(One::type.usual)));
            if (sigmas)
                into[One::name] = {to_bits(sigmas->largest), to_bits(sigmas->smallest)};
        };
        (add(Family{}), ...);
    }(families::all{}, known, bits);
    const std::pair video{0x442EFFFFU, 0x3B03126EU};
    const std::pair cosmos{0x42A00000U, 0x3B03126EU};
    CHECK(known == decltype(known){{"SVD_img2vid", video},
                                   {"SV3D_u", video},
                                   {"SV3D_p", video},
                                   {"CosmosT2V", cosmos},
                                   {"CosmosI2V", cosmos},
                                   {"StableAudio", {0x43FA0002U, 0x3CF5C28FU}}});
}

TEST_CASE("what ComfyUI loses when it loads its own file is known, and of which families")
{
    std::map<std::string_view, std::string_view> known;
    []<class... Family>(stet::family_list<Family...>, auto& into) {
        static_cast<void>(
            ((Family::reload_caveat.empty() || into.emplace(Family::name, Family::reload_caveat).second) &&
             ...));
    }(families::all{}, known);
    std::set<std::string_view> names;
    for (const auto& [name, caveat] : known)
        names.insert(name);
    CHECK(names == std::set<std::string_view>{"SAM3", "SAM31", "PixelDiTT2I", "Stable_Zero123",
                                              "WAN21_CausalAR_T2V", "WAN21_FlowRVS", "WAN_Animate2", "LTXV",
                                              "MiniMaxH3", "Trellis2"});
    for (const std::string_view unknown : {"SAM3", "SAM31", "PixelDiTT2I"})
        CHECK(known[unknown] == "ComfyUI does not recognise the file");
    CHECK(known["Stable_Zero123"].find("SD15_instructpix2pix") != std::string_view::npos);
    CHECK(known["Trellis2"].find("'is_512'") != std::string_view::npos);
    for (const std::string_view configured :
         {"WAN21_CausalAR_T2V", "WAN21_FlowRVS", "WAN_Animate2", "LTXV", "MiniMaxH3"})
        CHECK(known[configured].find("'config'") != std::string_view::npos);
}

TEST_CASE("one family is visited and no other")
{
    int  calls = 0;
    bool is_sdxl = false;
    CHECK(stet::visit_family("SDXL", [&]<class Family>(Family) {
        ++calls;
        is_sdxl = std::same_as<Family, families::sdxl>;
    }));
    CHECK(calls == 1);
    CHECK(is_sdxl);
}
