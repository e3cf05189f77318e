// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMAGE_FAMILIES_HPP
#define STET_FAMILIES_IMAGE_FAMILIES_HPP

#include "../layout/family.hpp"
#include "../state/model.hpp"
#include "layouts.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// Flux, Chroma, Qwen Image, Lumina and other families that make images.
/// source: ComfyUI 0.8.0, supported_models.py; 0.33.0 for what came later
namespace families {

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
struct hunyuan_image21_refiner : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanImage21Refiner";
};
struct hunyuan_image21 : family<layouts::hunyuan_video, always(model_type::flow)> {
    static constexpr std::string_view name = "HunyuanImage21";
};
struct cosmos_t2i_predict2 : family<layouts::base_default, always(model_type::flow_cosmos)> {
    static constexpr std::string_view name = "CosmosT2IPredict2";
};
struct z_image : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "ZImage";
};
struct lumina2 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "Lumina2";
};
struct hidream : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "HiDream";
    static constexpr bool             reads_text = false;
};
struct chroma : family<layouts::base_default, always(model_type::flux)> {
    static constexpr std::string_view name = "Chroma";
};
struct chroma_radiance : family<layouts::base_default, always(model_type::flux)> {
    static constexpr std::string_view name = "ChromaRadiance";
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
struct longcat_image : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "LongCatImage";
};
struct z_image_pixel_space : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "ZImagePixelSpace";
};
struct ming_image : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "MingImage";
};
struct pixel_dit_t2i : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "PixelDiTT2I";
    static constexpr std::string_view reload_caveat = "ComfyUI does not recognise the file";
};
struct pid : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "PiD";
};
struct hidream_o1 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "HiDreamO1";
};
struct sensenova_u15 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "SenseNovaU15";
};
struct boogu : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "Boogu";
};
struct mage_flow : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "MageFlow";
};
struct qwen_image21 : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "QwenImage21";
};
struct joy_image : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "JoyImage";
};
struct ideogram4 : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "Ideogram4";
};
struct krea2 : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "Krea2";
};
struct lens : family<layouts::generic, always(model_type::flux)> {
    static constexpr std::string_view name = "Lens";
};
struct ernie_image : family<layouts::generic, always(model_type::flow)> {
    static constexpr std::string_view name = "ErnieImage";
};
struct anima : family<layouts::base_default, always(model_type::flow)> {
    static constexpr std::string_view name = "Anima";
};

} // namespace families

} // namespace STET_NAMESPACE

#endif
