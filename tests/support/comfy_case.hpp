// SPDX-License-Identifier: MIT
// What the recorded ComfyUI cases have in common: components that may be missing, model types by name.
#ifndef STET_TESTS_SUPPORT_COMFY_CASE_HPP
#define STET_TESTS_SUPPORT_COMFY_CASE_HPP

#include "support/golden_tensor.hpp"
#include "support/json.hpp"

#include <stet/families/families.hpp>
#include <stet/families/vision_layouts.hpp>
#include <stet/layout/layout.hpp>
#include <stet/state/checkpoint.hpp>
#include <stet/state/prediction.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace support {

/// Every part ComfyUI's save function takes, in the order in which it takes them.
struct all_parts {
    stet::component<stet::role::model>          model;
    stet::component<stet::role::text_encoder>   text_encoder;
    stet::component<stet::role::vae>            vae;
    stet::component<stet::role::vision_encoder> vision_encoder;
    stet::component<stet::role::extra>          extra;

    static constexpr stet::field_list<&all_parts::model, &all_parts::text_encoder, &all_parts::vae,
                                      &all_parts::vision_encoder, &all_parts::extra>
        fields{};
};

/// The dicts of a case; null where a component is not given.
struct case_dicts {
    std::optional<golden_dict> model{};
    std::optional<golden_dict> text_encoder{};
    std::optional<golden_dict> vae{};
    std::optional<golden_dict> vision_encoder{};
    std::optional<golden_dict> extra{};

    all_parts parts() const noexcept
    {
        return {.model = part<stet::role::model>(model),
                .text_encoder = part<stet::role::text_encoder>(text_encoder),
                .vae = part<stet::role::vae>(vae),
                .vision_encoder = part<stet::role::vision_encoder>(vision_encoder),
                .extra = part<stet::role::extra>(extra)};
    }

    /// By the letter that names a component's tensors.
    std::array<std::pair<char, const std::optional<golden_dict>*>, 5> by_letter() const noexcept
    {
        return {{{'m', &model}, {'c', &text_encoder}, {'v', &vae}, {'i', &vision_encoder}, {'x', &extra}}};
    }

private:
    template <class Role>
    static stet::component<Role> part(const std::optional<golden_dict>& dict) noexcept
    {
        return dict ? stet::component<Role>(*dict) : stet::component<Role>(stet::no_entries);
    }
};

/// The components of a recorded case.
inline case_dicts parse_case_dicts(const json_value& components)
{
    return {.model = parse_golden_dict(components.find("model")),
            .text_encoder = parse_golden_dict(components.find("clip")),
            .vae = parse_golden_dict(components.find("vae")),
            .vision_encoder = parse_golden_dict(components.find("clip_vision")),
            .extra = parse_golden_dict(components.find("extra"))};
}

/// The family as ComfyUI's nodes use it: where it has no place for a vision encoder, they save one unprefixed.
template <class Family>
using as_nodes_use = std::conditional_t<stet::places<Family, stet::role::vision_encoder>, Family,
                                        stet::with_unprefixed_vision<Family>>;

inline std::optional<stet::model_type> model_type_named(std::string_view name)
{
    using stet::model_type;
    constexpr std::array<std::pair<std::string_view, model_type>, 13> types{
        {{"EPS", model_type::eps},
         {"V_PREDICTION", model_type::v_prediction},
         {"V_PREDICTION_EDM", model_type::v_prediction_edm},
         {"STABLE_CASCADE", model_type::stable_cascade},
         {"EDM", model_type::edm},
         {"FLOW", model_type::flow},
         {"V_PREDICTION_CONTINUOUS", model_type::v_prediction_continuous},
         {"FLUX", model_type::flux},
         {"IMG_TO_IMG", model_type::img_to_img},
         {"FLOW_COSMOS", model_type::flow_cosmos},
         {"FLOW_AV", model_type::flow_av},
         {"IMG_TO_IMG_FLOW", model_type::img_to_img_flow},
         {"V_PREDICTION_DDPM", model_type::v_prediction_ddpm}}};
    for (const auto& [known, type] : types) {
        if (known == name)
            return type;
    }
    return std::nullopt;
}

/// The text under a key, or nothing when it is missing or null.
inline std::optional<std::string> text_of(const json_value& from, std::string_view key)
{
    const json_value* const found = from.find(key);
    return found != nullptr && found->string() != nullptr ? std::optional(*found->string()) : std::nullopt;
}

} // namespace support

#endif
