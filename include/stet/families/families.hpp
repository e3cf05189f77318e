// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_FAMILIES_HPP
#define STET_FAMILIES_FAMILIES_HPP

#include "../layout/family.hpp"
#include "../state/model.hpp"
#include "image_families.hpp"
#include "layouts.hpp"
#include "video_families.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// Stable Diffusion and its kin: Stable Cascade, Stable Video, Stable Audio.
/// source: ComfyUI 0.8.0, supported_models.py; 0.33.0 for what came later
namespace families {

/// What ComfyUI computes for a schedule from 700 to 0.002, to the bit.
inline constexpr sigma_range stable_video_sigmas{.largest = 699.99994F, .smallest = 0.001999999862164259F};

struct lotus_d : family<layouts::sd2, always(model_type::img_to_img)> {
    static constexpr std::string_view name = "LotusD";
};
struct stable_zero123 : family<layouts::zero123, always(model_type::eps)> {
    static constexpr std::string_view name = "Stable_Zero123";
    static constexpr std::string_view reload_caveat =
        "ComfyUI takes the file for SD15_instructpix2pix: cc_projection is not saved";
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
    static constexpr sigma_range      sigmas = stable_video_sigmas;
};
struct sv3d_p : family<layouts::sv3d, always(model_type::v_prediction_edm)> {
    static constexpr std::string_view name = "SV3D_p";
    static constexpr std::string_view architecture = "stable-video-diffusion-img2vid-v1";
    static constexpr sigma_range      sigmas = stable_video_sigmas;
};
struct svd_img2vid : family<layouts::svd, always(model_type::v_prediction_edm)> {
    static constexpr std::string_view name = "SVD_img2vid";
    static constexpr std::string_view architecture = "stable-video-diffusion-img2vid-v1";
    static constexpr sigma_range      sigmas = stable_video_sigmas;
};
struct sd3 : family<layouts::sd3, always(model_type::flow)> {
    static constexpr std::string_view name = "SD3";
    static constexpr std::string_view architecture = "stable-diffusion-v3-medium";
};
struct stable_audio : family<layouts::stable_audio, always(model_type::v_prediction_continuous)> {
    static constexpr std::string_view name = "StableAudio";
    static constexpr sigma_range      sigmas{.largest = 500.00006F, .smallest = 0.03F};
};
struct stable_audio3 : family<layouts::stable_audio3, always(model_type::flow)> {
    static constexpr std::string_view name = "StableAudio3";
};

} // namespace families

/// The families ComfyUI knows.
namespace families {

/// All of them, in the order in which ComfyUI 0.8.0 tries them, then what came later.
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
    rt_detr_v4, depth_anything3, stable_audio3, trellis2, sam3, sam31, kandinsky6, prism>;

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
