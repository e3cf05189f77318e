// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../prediction_markers.hpp"

#include <array>

namespace STET_NAMESPACE::detail {

STET_INLINE result<std::optional<prediction>> settled(std::optional<prediction> told, const type_rule& rule,
                                                      std::string_view family_name, strictness how) noexcept
{
    const bool is_strict = how == strictness::strict;
    if (is_strict && told) {
        if (auto sound = consistent(*told); !sound)
            return sound.error();
        if (rule.is_fixed && told->type != rule.usual)
            return error{.code = errc::contradictory_prediction}.about("another model type than that of ",
                                                                       family_name);
    }
    if (!told && rule.is_fixed && has_sigmas(rule.usual) && is_strict)
        return error{.code = errc::contradictory_prediction}.about("no sigmas are given for ", family_name);
    if (!told && rule.is_known && (rule.is_fixed || !is_strict))
        return std::optional(prediction{.type = rule.usual});
    return told;
}

STET_INLINE result<void> add_marker(plan_builder& builder, std::string_view name,
                                    array_view<const float> number)
{
    const auto tensor = view_of(number, number.empty() ? extents(0) : extents());
    if (auto added = builder.add({.stem = name}, tensor); !added)
        return added;
    return builder.log(change::kind::added, {.stem = name});
}

STET_INLINE result<void> add_markers(plan_builder& builder, const prediction& predicts)
{
    if (predicts.type != model_type::v_prediction && !predicts.sigmas)
        return {};
    builder.begin_component("prediction");
    if (predicts.type == model_type::v_prediction) {
        if (auto added = add_marker(builder, "v_pred", {}); !added)
            return added;
        if (predicts.zero_terminal_snr) {
            if (auto added = add_marker(builder, "ztsnr", {}); !added)
                return added;
        }
    }
    if (!predicts.sigmas)
        return {};
    using pair = std::array<float, 2>;
    const pair* const sigmas =
        builder.owned().own.keep(pair{predicts.sigmas->largest, predicts.sigmas->smallest});
    if (sigmas == nullptr)
        return detail::out_of_memory(sizeof(pair));
    if (auto added = add_marker(builder, "edm_vpred.sigma_max", {sigmas->data(), 1}); !added)
        return added;
    return add_marker(builder, "edm_vpred.sigma_min", {sigmas->data() + 1, 1});
}

} // namespace STET_NAMESPACE::detail
