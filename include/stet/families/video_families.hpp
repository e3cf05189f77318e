// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_VIDEO_FAMILIES_HPP
#define STET_FAMILIES_VIDEO_FAMILIES_HPP

#include "../layout/family.hpp"
#include "../state/model.hpp"
#include "layouts.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// Wan, Hunyuan Video, LTX, Cosmos and other families that make videos; shapes, sounds and masks, too.
/// source: ComfyUI 0.8.0, supported_models.py; 0.33.0 for what came later
namespace families {

struct genmo_mochi : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "GenmoMochi";
};
struct ltxv : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "LTXV";
    static constexpr std::string_view reload_caveat =
        "ComfyUI reads the metadata entry 'config'; without it the model gets defaults";
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
    static constexpr sigma_range      sigmas{.largest = 80, .smallest = 0.001999999862164259F};
};
struct cosmos_i2v : family<layouts::generic, always(model_type::edm)> {
    static constexpr std::string_view name = "CosmosI2V";
    static constexpr sigma_range      sigmas{.largest = 80, .smallest = 0.001999999862164259F};
};
struct cosmos_i2v_predict2 : family<layouts::base_default, always(model_type::flow_cosmos)> {
    static constexpr std::string_view name = "CosmosI2VPredict2";
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
struct kandinsky5 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "Kandinsky5";
};
struct wan21_causal_ar_t2v : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_CausalAR_T2V";
    static constexpr std::string_view reload_caveat =
        "ComfyUI needs the metadata entry 'config' to know the model again";
};
struct wan_animate2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN_Animate2";
    static constexpr std::string_view reload_caveat =
        "ComfyUI needs the metadata entry 'config' to know the model again";
};
struct wan21_flow_rvs : family<layouts::generic, always(model_type::img_to_img_flow)> {
    static constexpr std::string_view name = "WAN21_FlowRVS";
    static constexpr std::string_view reload_caveat =
        "ComfyUI needs the metadata entry 'config' to know the model again";
};
struct wan21_scail : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_SCAIL";
};
struct wan21_scail2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN21_SCAIL2";
};
struct wan22_wandancer : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "WAN22_WanDancer";
};
struct seed_vr2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "SeedVR2";
    static constexpr bool             reads_text = false;
};
struct minimax_h3 : family<layouts::generic, always(model_type::flow_av)> {
    static constexpr std::string_view name = "MiniMaxH3";
    static constexpr std::string_view reload_caveat =
        "ComfyUI reads the metadata entry 'config'; without it the model gets defaults";
};
struct cogvideox_t2v : family<layouts::generic, always(model_type::v_prediction_ddpm)> {
    static constexpr std::string_view name = "CogVideoX_T2V";
};
struct cogvideox_i2v : family<layouts::generic, always(model_type::v_prediction_ddpm)> {
    static constexpr std::string_view name = "CogVideoX_I2V";
};
struct cogvideox_inpaint : family<layouts::generic, always(model_type::v_prediction_ddpm)> {
    static constexpr std::string_view name = "CogVideoX_Inpaint";
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
struct triposplat : family<layouts::base_default, always(model_type::flow)> {
    static constexpr std::string_view name = "TripoSplat";
    static constexpr bool             reads_text = false;
};
struct trellis2 : family<layouts::trellis2, always(model_type::flow)> {
    static constexpr std::string_view name = "Trellis2";
    static constexpr bool             reads_text = false;
    static constexpr std::string_view reload_caveat =
        "ComfyUI reads the metadata entry 'is_512'; without it the model gets defaults";
};
struct rt_detr_v4 : family<layouts::base_default, always(model_type::flow)> {
    static constexpr std::string_view name = "RT_DETR_v4";
    static constexpr bool             reads_text = false;
};
struct depth_anything3 : family<layouts::base_default, always(model_type::flow)> {
    static constexpr std::string_view name = "DepthAnything3";
    static constexpr bool             reads_text = false;
};
struct sam3 : family<layouts::sam3, always(model_type::flow)> {
    static constexpr std::string_view name = "SAM3";
    static constexpr std::string_view reload_caveat = "ComfyUI does not recognise the file";
};
struct sam31 : family<layouts::sam3, always(model_type::flow)> {
    static constexpr std::string_view name = "SAM31";
    static constexpr std::string_view reload_caveat = "ComfyUI does not recognise the file";
};
struct ace_step : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "ACEStep";
};
struct ace_step15 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "ACEStep15";
};
struct yue2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "YuE2";
};
struct minimax_music3 : family<layouts::base_default, always(model_type::flow)> {
    static constexpr std::string_view name = "MiniMaxMusic3";
};
struct kandinsky6 : family<layouts::generic, told()> {
    static constexpr std::string_view name = "Kandinsky6";
};
struct prism : family<layouts::base_default, told()> {
    static constexpr std::string_view name = "Prism";
};

} // namespace families

} // namespace STET_NAMESPACE

#endif
