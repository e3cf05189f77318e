// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_STABILITY_FAMILIES_HPP
#define STET_FAMILIES_STABILITY_FAMILIES_HPP

#include "../layout/family.hpp"
#include "../state/prediction.hpp"
#include "layouts.hpp"

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

} // namespace STET_NAMESPACE

#endif
