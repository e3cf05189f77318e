// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_FAMILIES_HPP
#define STET_FAMILIES_FAMILIES_HPP

#include "../state/prediction.hpp"
#include "../layout/family.hpp"
#include "layouts.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// The families ComfyUI knows, in the order in which its loader tries them.
/// source: ComfyUI 0.8.0, supported_models.py
namespace families {

using lotus_d = family<"LotusD", layouts::sd2, always(model_type::img_to_img)>;
using stable_zero123 = family<"Stable_Zero123", layouts::zero123, always(model_type::eps)>;
using sd15_instructpix2pix = family<"SD15_instructpix2pix", layouts::sd1, always(model_type::eps)>;
using sd15 = family<"SD15", layouts::sd1, always(model_type::eps)>;
using sd20 = family<"SD20", layouts::sd2, told(model_type::eps)>;
using sd21_unclip_l = family<"SD21UnclipL", layouts::sd2_unclip, told(model_type::eps)>;
using sd21_unclip_h = family<"SD21UnclipH", layouts::sd2_unclip, told(model_type::eps)>;
using sdxl_instructpix2pix =
    family<"SDXL_instructpix2pix", layouts::sdxl, told(model_type::eps), "stable-diffusion-xl-v1-edit">;
using sdxl_refiner =
    family<"SDXLRefiner", layouts::sdxl_refiner, always(model_type::eps), "stable-diffusion-xl-v1-refiner">;
using sdxl = family<"SDXL", layouts::sdxl, told(model_type::eps), "stable-diffusion-xl-v1-base">;
using ssd1b = family<"SSD1B", layouts::sdxl, told(model_type::eps), "stable-diffusion-xl-v1-base">;
using koala_700m = family<"KOALA_700M", layouts::sdxl, told(model_type::eps), "stable-diffusion-xl-v1-base">;
using koala_1b = family<"KOALA_1B", layouts::sdxl, told(model_type::eps), "stable-diffusion-xl-v1-base">;
using segmind_vega =
    family<"Segmind_Vega", layouts::sdxl, told(model_type::eps), "stable-diffusion-xl-v1-base">;
using sd_x4_upscaler = family<"SD_X4Upscaler", layouts::sd2, always(model_type::v_prediction)>;
using stable_cascade_c = family<"Stable_Cascade_C", layouts::cascade_c, always(model_type::stable_cascade)>;
using stable_cascade_b = family<"Stable_Cascade_B", layouts::cascade_b, always(model_type::stable_cascade)>;
using sv3d_u = family<"SV3D_u", layouts::sv3d, always(model_type::v_prediction_edm),
                      "stable-video-diffusion-img2vid-v1">;
using sv3d_p = family<"SV3D_p", layouts::sv3d, always(model_type::v_prediction_edm),
                      "stable-video-diffusion-img2vid-v1">;
using sd3 = family<"SD3", layouts::sd3, always(model_type::flow), "stable-diffusion-v3-medium">;
using stable_audio =
    family<"StableAudio", layouts::stable_audio, always(model_type::v_prediction_continuous)>;
using aura_flow = family<"AuraFlow", layouts::generic, always(model_type::flow)>;
using pixart_alpha = family<"PixArtAlpha", layouts::generic, always(model_type::eps)>;
using pixart_sigma = family<"PixArtSigma", layouts::generic, always(model_type::eps)>;
using hunyuan_dit = family<"HunyuanDiT", layouts::generic, always(model_type::v_prediction)>;
using hunyuan_dit1 = family<"HunyuanDiT1", layouts::generic, always(model_type::v_prediction)>;
using flux_inpaint = family<"FluxInpaint", layouts::generic, always(model_type::flux)>;
using flux = family<"Flux", layouts::generic, always(model_type::flux)>;
using flux_schnell = family<"FluxSchnell", layouts::generic, always(model_type::flow)>;
using genmo_mochi = family<"GenmoMochi", layouts::generic, always(model_type::flow)>;
using ltxv = family<"LTXV", layouts::generic, always(model_type::flux)>;
using ltxav = family<"LTXAV", layouts::generic, always(model_type::flux)>;
using hunyuan_video15_sr_distilled =
    family<"HunyuanVideo15_SR_Distilled", layouts::hunyuan_video, always(model_type::flow)>;
using hunyuan_video15 = family<"HunyuanVideo15", layouts::hunyuan_video, always(model_type::flow)>;
using hunyuan_image21_refiner =
    family<"HunyuanImage21Refiner", layouts::hunyuan_video, always(model_type::flow)>;
using hunyuan_image21 = family<"HunyuanImage21", layouts::hunyuan_video, always(model_type::flow)>;
using hunyuan_video_skyreels_i2v =
    family<"HunyuanVideoSkyreelsI2V", layouts::hunyuan_video, always(model_type::flow)>;
using hunyuan_video_i2v = family<"HunyuanVideoI2V", layouts::hunyuan_video, always(model_type::flow)>;
using hunyuan_video = family<"HunyuanVideo", layouts::hunyuan_video, always(model_type::flow)>;
using cosmos_t2v = family<"CosmosT2V", layouts::generic, always(model_type::edm)>;
using cosmos_i2v = family<"CosmosI2V", layouts::generic, always(model_type::edm)>;
using cosmos_t2i_predict2 =
    family<"CosmosT2IPredict2", layouts::base_default, always(model_type::flow_cosmos)>;
using cosmos_i2v_predict2 =
    family<"CosmosI2VPredict2", layouts::base_default, always(model_type::flow_cosmos)>;
using z_image = family<"ZImage", layouts::generic, always(model_type::flow)>;
using lumina2 = family<"Lumina2", layouts::generic, always(model_type::flow)>;
using wan22_t2v = family<"WAN22_T2V", layouts::generic, always(model_type::flow)>;
using wan21_t2v = family<"WAN21_T2V", layouts::generic, always(model_type::flow)>;
using wan21_i2v = family<"WAN21_I2V", layouts::generic, always(model_type::flow)>;
using wan21_fun_control2v = family<"WAN21_FunControl2V", layouts::generic, always(model_type::flow)>;
using wan21_vace = family<"WAN21_Vace", layouts::generic, always(model_type::flow)>;
using wan21_camera = family<"WAN21_Camera", layouts::generic, always(model_type::flow)>;
using wan22_camera = family<"WAN22_Camera", layouts::generic, always(model_type::flow)>;
using wan22_s2v = family<"WAN22_S2V", layouts::generic, always(model_type::flow)>;
using wan21_humo = family<"WAN21_HuMo", layouts::generic, always(model_type::flow)>;
using wan22_animate = family<"WAN22_Animate", layouts::generic, always(model_type::flow)>;
using hunyuan3d_v2_mini = family<"Hunyuan3Dv2mini", layouts::hunyuan3d, always(model_type::flow)>;
using hunyuan3d_v2 = family<"Hunyuan3Dv2", layouts::hunyuan3d, always(model_type::flow)>;
using hunyuan3d_v2_1 = family<"Hunyuan3Dv2_1", layouts::hunyuan3d, always(model_type::flow)>;
using hidream = family<"HiDream", layouts::generic, always(model_type::flow)>;
using chroma = family<"Chroma", layouts::base_default, always(model_type::flux)>;
using chroma_radiance = family<"ChromaRadiance", layouts::base_default, always(model_type::flux)>;
using ace_step = family<"ACEStep", layouts::generic, always(model_type::flow)>;
using omnigen2 = family<"Omnigen2", layouts::generic, always(model_type::flow)>;
using qwen_image = family<"QwenImage", layouts::generic, always(model_type::flux)>;
using flux2 = family<"Flux2", layouts::generic, always(model_type::flux)>;
using kandinsky5_image = family<"Kandinsky5Image", layouts::generic, always(model_type::flow)>;
using kandinsky5 = family<"Kandinsky5", layouts::generic, always(model_type::flow)>;
using svd_img2vid = family<"SVD_img2vid", layouts::svd, always(model_type::v_prediction_edm),
                           "stable-video-diffusion-img2vid-v1">;

// Since 0.8.0; where ComfyUI's own type is not on record, the caller tells it.

using longcat_image = family<"LongCatImage", layouts::generic, always(model_type::flux)>;
using minimax_h3 = family<"MiniMaxH3", layouts::generic, always(model_type::flow_av)>;
using z_image_pixel_space = family<"ZImagePixelSpace", layouts::generic, told()>;
using ming_image = family<"MingImage", layouts::generic, told()>;
using pixel_dit_t2i = family<"PixelDiTT2I", layouts::generic, told()>;
using pid = family<"PiD", layouts::generic, told()>;
using wan21_causal_ar_t2v = family<"WAN21_CausalAR_T2V", layouts::generic, told()>;
using wan_animate2 = family<"WAN_Animate2", layouts::generic, told()>;
using wan21_flow_rvs = family<"WAN21_FlowRVS", layouts::generic, told()>;
using wan21_scail = family<"WAN21_SCAIL", layouts::generic, told()>;
using wan21_scail2 = family<"WAN21_SCAIL2", layouts::generic, told()>;
using wan22_wandancer = family<"WAN22_WanDancer", layouts::generic, told()>;
using hidream_o1 = family<"HiDreamO1", layouts::generic, told()>;
using sensenova_u15 = family<"SenseNovaU15", layouts::generic, told()>;
using seed_vr2 = family<"SeedVR2", layouts::generic, always(model_type::flow)>;
using ace_step15 = family<"ACEStep15", layouts::generic, always(model_type::flow)>;
using yue2 = family<"YuE2", layouts::generic, always(model_type::flow)>;
using boogu = family<"Boogu", layouts::generic, told()>;
using mage_flow = family<"MageFlow", layouts::generic, told()>;
using qwen_image21 = family<"QwenImage21", layouts::generic, told()>;
using joy_image = family<"JoyImage", layouts::generic, told()>;
using ideogram4 = family<"Ideogram4", layouts::generic, told()>;
using krea2 = family<"Krea2", layouts::generic, told()>;
using lens = family<"Lens", layouts::generic, always(model_type::flux)>;
using ernie_image = family<"ErnieImage", layouts::generic, told()>;
using cogvideox_t2v = family<"CogVideoX_T2V", layouts::generic, told()>;
using cogvideox_i2v = family<"CogVideoX_I2V", layouts::generic, told()>;
using cogvideox_inpaint = family<"CogVideoX_Inpaint", layouts::generic, told()>;
using anima = family<"Anima", layouts::base_default, always(model_type::flow)>;
using triposplat = family<"TripoSplat", layouts::base_default, told()>;
using minimax_music3 = family<"MiniMaxMusic3", layouts::base_default, always(model_type::flow)>;
using rt_detr_v4 = family<"RT_DETR_v4", layouts::base_default, told()>;
using depth_anything3 = family<"DepthAnything3", layouts::base_default, told()>;
using stable_audio3 = family<"StableAudio3", layouts::stable_audio3, always(model_type::flow)>;
using trellis2 = family<"Trellis2", layouts::trellis2, told()>;
using sam3 = family<"SAM3", layouts::sam3, told()>;
using sam31 = family<"SAM31", layouts::sam3, told()>;

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
