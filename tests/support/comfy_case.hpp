// SPDX-License-Identifier: MIT
// What the recorded ComfyUI cases have in common: components that may be missing, model types by name.
#ifndef STET_TESTS_SUPPORT_COMFY_CASE_HPP
#define STET_TESTS_SUPPORT_COMFY_CASE_HPP

#include "support/data_shape.hpp"
#include "support/golden_tensor.hpp"
#include "support/json.hpp"

#include <stet/families/families.hpp>
#include <stet/families/layouts.hpp>
#include <stet/layout/layout.hpp>
#include <stet/state/checkpoint.hpp>
#include <stet/state/model.hpp>

#include <algorithm>
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

inline data_shape a_model_type()
{
    return {"a model type",
            [](const json_value& value) { return model_type_named(value.text()).has_value(); }};
}
inline data_shape an_object_of_texts()
{
    return {"an object of texts", [](const json_value& value) {
                return value.members() != nullptr &&
                       std::all_of(value.members()->begin(), value.members()->end(),
                                   [](const json_member& one) { return one.value.string() != nullptr; });
            }};
}

/// A file name: text, or {"hex": bytes} where it is not UTF-8.
inline std::optional<std::string> parse_entry(const json_value& entry)
{
    if (entry.string() != nullptr)
        return *entry.string();
    const json_value* const digits = entry.find("hex");
    const auto              bytes =
        digits == nullptr || digits->string() == nullptr ? std::nullopt : from_hex(*digits->string());
    if (!bytes)
        return std::nullopt;
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}
inline data_shape folder_entries()
{
    return data_shape::list_of(
               {"a file name", [](const json_value& value) { return parse_entry(value).has_value(); }})
        .or_null();
}

/// A case of comfy/checkpoints.json.
inline data_shape checkpoint_case()
{
    const auto object = &data_shape::object;
    const auto number = object({{"f32", {"the bits of a float in hexadecimal", [](const json_value& value) {
                                             const std::string_view bits = value.text();
                                             return bits.size() > 2 && bits.size() <= 10 &&
                                                    bits.starts_with("0x") &&
                                                    bits.find_first_not_of("0123456789abcdefABCDEF", 2) ==
                                                        std::string_view::npos;
                                         }}}});
    return object({{"id", a_text()},
                   {"family", a_text()},
                   {"model_type", a_model_type()},
                   {"sampling", object({{"kind", a_text()},
                                        {"prediction", a_text()},
                                        {"zsnr", a_flag()},
                                        {"sigma_max", number.or_null()},
                                        {"sigma_min", number.or_null()},
                                        {"replaced_by_user", a_flag()}})},
                   {"components", object({{"model", tensors().or_null()},
                                          {"clip", tensors().or_null()},
                                          {"vae", tensors().or_null()},
                                          {"clip_vision", tensors().or_null()},
                                          {"extra?", tensors().or_null()}})},
                   {"filename_prefix", a_text()},
                   {"output_dir", a_text()},
                   {"time", data_shape::list_of(a_count(), 6)},
                   {"entries", folder_entries()},
                   {"prompt", a_text().or_null()},
                   {"extra_pnginfo", data_shape::list_of(data_shape::list_of(a_text(), 2)).or_null()},
                   {"disable_metadata", a_flag()},
                   {"output?",
                    object({{"path", a_text()}, {"metadata", an_object_of_texts()}, {"tensors", tensors()}})},
                   {"error?", a_text()}});
}

/// A case of comfy/layouts.json.
inline data_shape layout_case()
{
    return data_shape::object({{"id", a_text()},
                               {"family", a_text()},
                               {"model_type", a_model_type()},
                               {"input", data_shape::object({{"model", texts().or_null()},
                                                             {"clip", texts().or_null()},
                                                             {"vae", texts().or_null()},
                                                             {"clip_vision", texts().or_null()},
                                                             {"extra?", texts().or_null()}})},
                               {"output", texts()},
                               {"from", texts()}});
}

/// A case of comfy/split.json.
inline data_shape split_case()
{
    const data_shape part = data_shape::object({{"keys", texts()}, {"from", counts()}});
    return data_shape::object({{"id", a_text()},
                               {"family", a_text()},
                               {"vision_wanted", a_flag()},
                               {"input", texts()},
                               {"unet_prefix", a_text()},
                               {"output", data_shape::object({{"model", part},
                                                              {"clip", part.or_null()},
                                                              {"vae", part},
                                                              {"clip_vision", part.or_null()},
                                                              {"extra?", part.or_null()},
                                                              {"leftover", texts()}})}});
}

/// The text under a key, or nothing when it is missing or null.
inline std::optional<std::string> text_of(const json_value& from, std::string_view key)
{
    const json_value* const found = from.find(key);
    return found != nullptr && found->string() != nullptr ? std::optional(*found->string()) : std::nullopt;
}

} // namespace support

#endif
