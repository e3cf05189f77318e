// SPDX-License-Identifier: MIT
#ifndef STET_STATE_MODEL_HPP
#define STET_STATE_MODEL_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

/// What a component is to its checkpoint. A role of your own is an empty struct with a name, too.
namespace role {

/// The diffusion model.
struct model {
    static constexpr std::string_view name = "model";
};
/// What turns the prompt into numbers.
struct text_encoder {
    static constexpr std::string_view name = "text encoder";
};
/// What turns an image into conditioning.
struct vision_encoder {
    static constexpr std::string_view name = "vision encoder";
};
/// What turns pixels into latents and back.
struct vae {
    static constexpr std::string_view name = "vae";
};
/// Stable Audio's conditioners for the numbers of seconds.
struct seconds_start {
    static constexpr std::string_view name = "seconds_start conditioner";
};
/// The conditioner of a sound's length.
struct seconds_total {
    static constexpr std::string_view name = "seconds_total conditioner";
};
/// Tensors that already bear their final names: markers, conditioners.
struct extra {
    static constexpr std::string_view name = "extra tensors";
};

} // namespace role

template <class Role>
concept component_role = requires {
    {
        Role::name
    } -> std::convertible_to<std::string_view>;
};

/// What a diffusion model predicts, by ComfyUI's names.
/// source: ComfyUI 0.8.0, model_base.py, ModelType; from flow_av on, 0.33.0
enum class model_type : std::uint8_t {
    eps,
    v_prediction,
    v_prediction_edm,
    stable_cascade,
    edm,
    flow,
    v_prediction_continuous,
    flux,
    img_to_img,
    flow_cosmos,
    flow_av,
    img_to_img_flow,
    v_prediction_ddpm,
};

/// The largest and smallest noise level of a continuous schedule, as float32, as the file holds them.
struct sigma_range {
    float largest;  ///< where sampling begins
    float smallest; ///< where it ends
};

/// Which prediction a checkpoint records, so that a loader need not guess: as tensors (`v_pred`, `ztsnr`,
/// `edm_vpred.sigma_max`, `edm_vpred.sigma_min`) and as `modelspec.predict_key`.
struct prediction {
    model_type                 type = model_type::eps;    ///< what the model predicts
    bool                       zero_terminal_snr = false; ///< only with v_prediction
    std::optional<sigma_range> sigmas{};                  ///< with the continuous types, and only with these

    /// The noise.
    static constexpr prediction epsilon() noexcept { return {}; }
    /// The velocity.
    static constexpr prediction v(bool with_zero_terminal_snr = false) noexcept
    {
        return {.type = model_type::v_prediction, .zero_terminal_snr = with_zero_terminal_snr};
    }
    /// The velocity, at EDM's noise levels.
    static constexpr prediction edm_v(sigma_range sigmas) noexcept
    {
        return {.type = model_type::v_prediction_edm, .sigmas = sigmas};
    }
    /// As EDM's preconditioning has it, at its noise levels.
    static constexpr prediction edm(sigma_range sigmas) noexcept
    {
        return {.type = model_type::edm, .sigmas = sigmas};
    }
    /// The velocity, at continuous noise levels.
    static constexpr prediction continuous_v(sigma_range sigmas) noexcept
    {
        return {.type = model_type::v_prediction_continuous, .sigmas = sigmas};
    }
    /// Rectified flow.
    static constexpr prediction flow() noexcept { return {.type = model_type::flow}; }
};

namespace detail {

/// Whether checkpoints of this type carry the two sigmas.
constexpr bool has_sigmas(model_type type) noexcept
{
    return type == model_type::v_prediction_edm || type == model_type::edm ||
           type == model_type::v_prediction_continuous;
}

} // namespace detail

/// What a checkpoint records of its model, said once for marker tensors and metadata.
struct model_description {
    std::string_view                architecture{}; ///< of ModelSpec; empty where the family has none
    std::optional<stet::prediction> prediction{};   ///< none where nobody says it
    std::string_view reload_caveat{}; ///< what ComfyUI loses when it loads the file, a sentence; mostly empty
};

namespace detail {

/// The word of ModelSpec and ComfyUI for a type: "epsilon", "v", else none.
constexpr std::string_view predict_key(model_type type) noexcept
{
    return type == model_type::eps ? "epsilon" : type == model_type::v_prediction ? "v" : "";
}

/// Refuses a description that contradicts itself.
/// errors: contradictory_prediction: a zero terminal SNR without v_prediction, sigmas without a continuous type or the
///         other way round, sigmas that are not positive and finite or not in order
result<void> consistent(const prediction& described) noexcept;

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/model.ipp"
#endif

#endif
