// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_FAMILIES_HPP
#define STET_FAMILIES_FAMILIES_HPP

#include "../layout/family.hpp"
#include "image_families.hpp"
#include "stability_families.hpp"
#include "video_families.hpp"

#include <string_view>

namespace STET_NAMESPACE {

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
