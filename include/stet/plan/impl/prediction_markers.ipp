// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "prediction_markers.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE result<std::optional<prediction>> settled_prediction(const std::optional<prediction>& told,
                                                                 const family_facts&              family,
                                                                 strictness how) noexcept
{
    const type_rule& rule = family.type;
    const prediction usual{.type = rule.usual,
                           .sigmas = has_sigmas(rule.usual) ? family.sigmas : std::optional<sigma_range>()};
    if (how == strictness::as_comfyui)
        return told || !rule.is_known ? told : std::optional(usual);
    if (!told && !rule.is_fixed)
        return told;
    prediction settled = told.value_or(usual);
    if (rule.is_fixed && settled.type != rule.usual)
        return error{.code = errc::contradictory_prediction}.about("another model type than that of ",
                                                                   family.name);
    if (!settled.sigmas && settled.type == usual.type)
        settled.sigmas = usual.sigmas;
    if (has_sigmas(settled.type) && !settled.sigmas && rule.is_fixed)
        return error{.code = errc::contradictory_prediction}.about("no sigmas are given for ", family.name);
    if (auto sound = consistent(settled); !sound)
        return sound.error();
    return std::optional(settled);
}

/// Adds markers one by one, each as long as nobody has brought it.
struct marker_adder {
    plan_builder& builder;
    bool          yields = false; ///< to tensors of the same name
    bool          has_begun = false;

    /// A number as a scalar, or a tensor of none: what counts is its name.
    /// lifetime: borrows the number
    result<void> add(std::string_view name, array_view<const float> number)
    {
        if (yields && builder.holds({.stem = name}))
            return {};
        if (!std::exchange(has_begun, true))
            builder.begin_markers("prediction");
        const auto tensor = view_of(number, number.empty() ? extents(0) : extents());
        if (auto added = builder.add({.stem = name}, tensor); !added)
            return added;
        return builder.log(change::kind::added, {.stem = name});
    }
};

STET_INLINE result<void> add_prediction_markers(plan_builder& builder, const std::optional<prediction>& told,
                                                const family_facts& family, strictness how)
{
    const auto settled = settled_prediction(told, family, how);
    if (!settled)
        return settled.error();
    builder.describe(
        {.architecture = family.architecture, .prediction = *settled, .reload_caveat = family.reload_caveat});
    if (!*settled)
        return {};
    const prediction& predicts = **settled;
    marker_adder      markers{.builder = builder, .yields = !told && how == strictness::strict};
    if (predicts.type == model_type::v_prediction) {
        if (auto added = markers.add(v_pred_marker, {}); !added)
            return added;
        if (predicts.zero_terminal_snr) {
            if (auto added = markers.add(ztsnr_marker, {}); !added)
                return added;
        }
    }
    if (!predicts.sigmas)
        return {};
    using pair = std::array<float, 2>;
    const pair* const sigmas =
        builder.owned().own.keep(pair{predicts.sigmas->largest, predicts.sigmas->smallest});
    if (sigmas == nullptr)
        return out_of_memory(sizeof(pair));
    if (auto added = markers.add(sigma_max_marker, {sigmas->data(), 1}); !added)
        return added;
    return markers.add(sigma_min_marker, {sigmas->data() + 1, 1});
}

} // namespace STET_NAMESPACE::detail
