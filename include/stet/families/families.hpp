// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_FAMILIES_HPP
#define STET_FAMILIES_FAMILIES_HPP

#include "../layout/family.hpp"
#include "../state/prediction.hpp"
#include "layouts.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// The families ComfyUI knows, in the order in which its loader tries them.
/// source: ComfyUI 0.8.0, supported_models.py
namespace families {

struct lotus_d : family<layouts::sd2, always(model_type::img_to_img)> {
    static constexpr std::string_view name = "LotusD";
};
struct stable_zero123 : family<layouts::zero123, always(model_type::eps)> {
    static constexpr std::string_view name = "Stable_Zero123";
};
struct sd15_instructpix2pix : family<layouts::sd1, always(model_type::eps)> {
    static constexpr std::string_view name = "SD15_instructpix2pix";
};
struct sd15 : family<layouts::sd1, always(model_type::eps)> {
    static constexpr std::string_view name = "SD15";
};
struct sd20 : family<layouts::sd2, told(model_type::eps)> {
    static constexpr std::string_view name = "SD20";
};
struct sd21_unclip_l : family<layouts::sd2_unclip, told(model_type::eps)> {
    static constexpr std::string_view name = "SD21UnclipL";
};
struct sd21_unclip_h : family<layouts::sd2_unclip, told(model_type::eps)> {
    static constexpr std::string_view name = "SD21UnclipH";
};
struct sdxl_instructpix2pix : family<layouts::sdxl, told(model_type::eps)> {
    static constexpr std::string_view name = "SDXL_instructpix2pix";
    static constexpr std::string_view architecture = "stable-diffusion-xl-v1-edit";
};
struct sdxl_refiner : family<layouts::sdxl_refiner, always(model_type::eps)> {
    static constexpr std::string_view name = "SDXLRefiner";
    static constexpr std::string_view architecture = "stable-diffusion-xl-v1-refiner";
};
struct sdxl : family<layouts::sdxl, told(model_type::eps)> {
    static constexpr std::string_view name = "SDXL";
    static constexpr std::string_view architecture = "stable-diffusion-xl-v1-base";
};
struct ssd1b : family<layouts::sdxl, told(model_type::eps)> {
    static constexpr std::string_view name = "SSD1B";
    static constexpr std::string_view architecture = "stable-diffusion-xl-v1-base";
};
struct koala_700m : family<layouts::sdxl, told(model_type::eps)> {
    static constexpr std::string_view name = "KOALA_700M";
    static constexpr std::string_view architecture = "stable-diffusion-xl-v1-base";
};
struct koala_1b : family<layouts::sdxl, told(model_type::eps)> {
    static constexpr std::string_view name = "KOALA_1B";
    static constexpr std::string_view architecture = "stable-diffusion-xl-v1-base";
};
struct segmind_vega : family<layouts::sdxl, told(model_type::eps)> {
    static constexpr std::string_view name = "Segmind_Vega";
    static constexpr std::string_view architecture = "stable-diffusion-xl-v1-base";
};
struct sd_x4_upscaler : family<layouts::sd2, always(model_type::v_prediction)> {
    static constexpr std::string_view name = "SD_X4Upscaler";
};
struct stable_cascade_c : family<layouts::cascade_c, always(model_type::stable_cascade)> {
    static constexpr std::string_view name = "Stable_Cascade_C";
};
struct stable_cascade_b : family<layouts::cascade_b, always(model_type::stable_cascade)> {
    static constexpr std::string_view name = "Stable_Cascade_B";
};
struct sv3d_u : family<layouts::sv3d, always(model_type::v_prediction_edm)> {
    static constexpr std::string_view name = "SV3D_u";
    static constexpr std::string_view architecture = "stable-video-diffusion-img2vid-v1";
};
struct sv3d_p : family<layouts::sv3d, always(model_type::v_prediction_edm)> {
    static constexpr std::string_view name = "SV3D_p";
    static constexpr std::string_view architecture = "stable-video-diffusion-img2vid-v1";
};
struct sd3 : family<layouts::sd3, always(model_type::flow)> {
    static constexpr std::string_view name = "SD3";
    static constexpr std::string_view architecture = "stable-diffusion-v3-medium";
};
struct stable_audio : family<layouts::stable_audio, always(model_type::v_prediction_continuous)> {
    static constexpr std::string_view name = "StableAudio";
};
struct aura_flow : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "AuraFlow";
};
struct pixart_alpha : family<layouts::generic, always(model_type::eps)> {
    static constexpr std::string_view name = "PixArtAlpha";
};
struct pixart_sigma : family<layouts::generic, always(model_type::eps)> {
    static constexpr std::string_view name = "PixArtSigma";
};
struct hunyuan_dit : family<layouts::generic, always(model_type::v_prediction)> {
    static constexpr std::string_view name = "HunyuanDiT";
};
struct hunyuan_dit1 : family<layouts::generic, always(model_type::v_prediction)> {
    static constexpr std::string_view name = "HunyuanDiT1";
};
struct flux_inpaint : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "FluxInpaint";
};
struct flux : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "Flux";
};
struct flux_schnell : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "FluxSchnell";
};
struct genmo_mochi : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "GenmoMochi";
};
struct ltxv : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "LTXV";
};
struct ltxav : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "LTXAV";
};
struct hunyuan_video15_sr_distilled : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanVideo15_SR_Distilled";
};
struct hunyuan_video15 : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanVideo15";
};
struct hunyuan_image21_refiner : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanImage21Refiner";
};
struct hunyuan_image21 : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanImage21";
};
struct hunyuan_video_skyreels_i2v : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanVideoSkyreelsI2V";
};
struct hunyuan_video_i2v : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanVideoI2V";
};
struct hunyuan_video : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanVideo";
};
struct cosmos_t2v : family<layouts::generic, always(model_type::edm)> {
    static constexpr std::string_view name = "CosmosT2V";
};
struct cosmos_i2v : family<layouts::generic, always(model_type::edm)> {
    static constexpr std::string_view name = "CosmosI2V";
};
struct cosmos_t2i_predict2 : family<layouts::base_default, always(model_type::flow_cosmos)> {
    static constexpr std::string_view name = "CosmosT2IPredict2";
};
struct cosmos_i2v_predict2 : family<layouts::base_default, always(model_type::flow_cosmos)> {
    static constexpr std::string_view name = "CosmosI2VPredict2";
};
struct z_image : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "ZImage";
};
struct lumina2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "Lumina2";
};
struct wan22_t2v : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN22_T2V";
};
struct wan21_t2v : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_T2V";
};
struct wan21_i2v : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_I2V";
};
struct wan21_fun_control2v : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_FunControl2V";
};
struct wan21_vace : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_Vace";
};
struct wan21_camera : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_Camera";
};
struct wan22_camera : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN22_Camera";
};
struct wan22_s2v : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN22_S2V";
};
struct wan21_humo : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_HuMo";
};
struct wan22_animate : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN22_Animate";
};
struct hunyuan3d_v2_mini : family<layouts::hunyuan3d, always(model_type::flow)> {
    static constexpr std::string_view name = "Hunyuan3Dv2mini";
};
struct hunyuan3d_v2 : family<layouts::hunyuan3d, always(model_type::flow)> {
    static constexpr std::string_view name = "Hunyuan3Dv2";
};
struct hunyuan3d_v2_1 : family<layouts::hunyuan3d, always(model_type::flow)> {
    static constexpr std::string_view name = "Hunyuan3Dv2_1";
};
struct hidream : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "HiDream";
};
struct chroma : family<layouts::base_default, always(model_type::flux)> {
    static constexpr std::string_view name = "Chroma";
};
struct chroma_radiance : family<layouts::base_default, always(model_type::flux)> {
    static constexpr std::string_view name = "ChromaRadiance";
};
struct ace_step : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "ACEStep";
};
struct omnigen2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "Omnigen2";
};
struct qwen_image : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "QwenImage";
};
struct flux2 : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "Flux2";
};
struct kandinsky5_image : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "Kandinsky5Image";
};
struct kandinsky5 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "Kandinsky5";
};
struct svd_img2vid : family<layouts::svd, always(model_type::v_prediction_edm)> {
    static constexpr std::string_view name = "SVD_img2vid";
    static constexpr std::string_view architecture = "stable-video-diffusion-img2vid-v1";
};

// Since 0.8.0; where ComfyUI's own type is not on record, the caller tells it.

struct longcat_image : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "LongCatImage";
};
struct minimax_h3 : family<layouts::generic, always(model_type::flow_av)> {
    static constexpr std::string_view name = "MiniMaxH3";
};
struct z_image_pixel_space : family<layouts::generic, told()> {
    static constexpr std::string_view name = "ZImagePixelSpace";
};
struct ming_image : family<layouts::generic, told()> {
    static constexpr std::string_view name = "MingImage";
};
struct pixel_dit_t2i : family<layouts::generic, told()> {
    static constexpr std::string_view name = "PixelDiTT2I";
};
struct pid : family<layouts::generic, told()> {
    static constexpr std::string_view name = "PiD";
};
struct wan21_causal_ar_t2v : family<layouts::generic, told()> {
    static constexpr std::string_view name = "WAN21_CausalAR_T2V";
};
struct wan_animate2 : family<layouts::generic, told()> {
    static constexpr std::string_view name = "WAN_Animate2";
};
struct wan21_flow_rvs : family<layouts::generic, told()> {
    static constexpr std::string_view name = "WAN21_FlowRVS";
};
struct wan21_scail : family<layouts::generic, told()> {
    static constexpr std::string_view name = "WAN21_SCAIL";
};
struct wan21_scail2 : family<layouts::generic, told()> {
    static constexpr std::string_view name = "WAN21_SCAIL2";
};
struct wan22_wandancer : family<layouts::generic, told()> {
    static constexpr std::string_view name = "WAN22_WanDancer";
};
struct hidream_o1 : family<layouts::generic, told()> {
    static constexpr std::string_view name = "HiDreamO1";
};
struct sensenova_u15 : family<layouts::generic, told()> {
    static constexpr std::string_view name = "SenseNovaU15";
};
struct seed_vr2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "SeedVR2";
};
struct ace_step15 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "ACEStep15";
};
struct yue2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "YuE2";
};
struct boogu : family<layouts::generic, told()> {
    static constexpr std::string_view name = "Boogu";
};
struct mage_flow : family<layouts::generic, told()> {
    static constexpr std::string_view name = "MageFlow";
};
struct qwen_image21 : family<layouts::generic, told()> {
    static constexpr std::string_view name = "QwenImage21";
};
struct joy_image : family<layouts::generic, told()> {
    static constexpr std::string_view name = "JoyImage";
};
struct ideogram4 : family<layouts::generic, told()> {
    static constexpr std::string_view name = "Ideogram4";
};
struct krea2 : family<layouts::generic, told()> {
    static constexpr std::string_view name = "Krea2";
};
struct lens : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "Lens";
};
struct ernie_image : family<layouts::generic, told()> {
    static constexpr std::string_view name = "ErnieImage";
};
struct cogvideox_t2v : family<layouts::generic, told()> {
    static constexpr std::string_view name = "CogVideoX_T2V";
};
struct cogvideox_i2v : family<layouts::generic, told()> {
    static constexpr std::string_view name = "CogVideoX_I2V";
};
struct cogvideox_inpaint : family<layouts::generic, told()> {
    static constexpr std::string_view name = "CogVideoX_Inpaint";
};
struct anima : family<layouts::base_default, always(model_type::flow)> {
    static constexpr std::string_view name = "Anima";
};
struct triposplat : family<layouts::base_default, told()> {
    static constexpr std::string_view name = "TripoSplat";
};
struct minimax_music3 : family<layouts::base_default, always(model_type::flow)> {
    static constexpr std::string_view name = "MiniMaxMusic3";
};
struct rt_detr_v4 : family<layouts::base_default, told()> {
    static constexpr std::string_view name = "RT_DETR_v4";
};
struct depth_anything3 : family<layouts::base_default, told()> {
    static constexpr std::string_view name = "DepthAnything3";
};
struct stable_audio3 : family<layouts::stable_audio3, always(model_type::flow)> {
    static constexpr std::string_view name = "StableAudio3";
};
struct trellis2 : family<layouts::trellis2, told()> {
    static constexpr std::string_view name = "Trellis2";
};
struct sam3 : family<layouts::sam3, told()> {
    static constexpr std::string_view name = "SAM3";
};
struct sam31 : family<layouts::sam3, told()> {
    static constexpr std::string_view name = "SAM31";
};

/// All of them, to look one up by name.
using all = family_list<
    lotus_d, stable_zero123, sd15_instructpix2pix, sd15, sd20, sd21_unclip_l, sd21_unclip_h,
    sdxl_instructpix2pix, sdxl_refiner, sdxl, ssd1b, koala_700m, koala_1b, segmind_vega, sd_x4_upscaler,
    stable_cascade_c, stable_cascade_b, sv3d_u, sv3d_p, sd3, stable_audio, aura_flow, pixart_alpha,
    pixart_sigma, hunyuan_dit, hunyuan_dit1, flux_inpaint, flux, flux_schnell, genmo_mochi, ltxv, ltxav,
    hunyuan_video15_sr_distilled, hunyuan_video15, hunyuan_image21_refiner, hunyuan_image21,
    hunyuan_video_skyreels_i2v, hunyuan_video_i2v, hunyuan_video, cosmos_t2v, cosmos_i2v, cosmos_t2i_predict2,
    cosmos_i2v_predict2, z_image, lumina2, wan22_t2v, wan21_t2v, wan21_i2v, wan21_fun_control2v, wan21_vace,
    wan21_camera, wan22_camera, wan22_s2v, wan21_humo, wan22_animate, hunyuan3d_v2_mini, hunyuan3d_v2,
    hunyuan3d_v2_1, hidream, chroma, chroma_radiance, ace_step, omnigen2, qwen_image, flux2, kandinsky5_image,
    kandinsky5, svd_img2vid, longcat_image, minimax_h3, z_image_pixel_space, ming_image, pixel_dit_t2i, pid,
    wan21_causal_ar_t2v, wan_animate2, wan21_flow_rvs, wan21_scail, wan21_scail2, wan22_wandancer, hidream_o1,
    sensenova_u15, seed_vr2, ace_step15, yue2, boogu, mage_flow, qwen_image21, joy_image, ideogram4, krea2,
    lens, ernie_image, cogvideox_t2v, cogvideox_i2v, cogvideox_inpaint, anima, triposplat, minimax_music3,
    rt_detr_v4, depth_anything3, stable_audio3, trellis2, sam3, sam31>;

} // namespace families

/// Calls `visit(family{})` for the family that ComfyUI calls so, and tells whether there is one.
/// visit: generic callable
template <class Visit>
constexpr bool visit_family(std::string_view name, Visit&& visit)
{
    return []<class... Family>(family_list<Family...>, std::string_view wanted, Visit& call) {
        return ((Family::name == wanted && (static_cast<void>(call(Family{})), true)) || ...);
    }(families::all{}, name, visit);
}

} // namespace STET_NAMESPACE

#endif
