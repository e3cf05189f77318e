// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_PREDICTION_MARKERS_HPP
#define STET_PLAN_PREDICTION_MARKERS_HPP

#include "../layout/family.hpp"
#include "../vocabulary/array_view.hpp"
#include "../state/prediction.hpp"
#include "impl/plan_builder.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

/// A layout that knows its family's model type.
template <class Layout>
concept has_model_type = requires
{
    {
        Layout::type
        } -> std::convertible_to<type_rule>;
    {
        Layout::name
        } -> std::convertible_to<std::string_view>;
};

namespace detail {

/// What is recorded for a family: what the caller says, else what the family always has.
/// errors: contradictory_prediction, in strict conduct
inline result<std::optional<prediction>> settled(std::optional<prediction> told, const type_rule& rule,
                                                 std::string_view family_name, conduct how) noexcept
{
    const bool is_strict = how == conduct::strict;
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

/// A number as a scalar, or a tensor of none: what counts is its name.
/// lifetime: borrows the number
inline result<void> add_marker(plan_builder& builder, std::string_view name, array_view<const float> number)
{
    const auto tensor = view_of(number, number.empty() ? extents(0) : extents());
    if (auto added = builder.add({.stem = name}, tensor); !added)
        return added;
    return builder.log(change::kind::added, {.stem = name});
}

inline result<void> add_markers(plan_builder& builder, const prediction& predicts)
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
        return error{.code = errc::out_of_memory, .expected = sizeof(pair)};
    if (auto added = add_marker(builder, "edm_vpred.sigma_max", {sigmas->data(), 1}); !added)
        return added;
    return add_marker(builder, "edm_vpred.sigma_min", {sigmas->data() + 1, 1});
}

} // namespace detail

/// Adds the tensors by which loaders know what a model predicts: v_pred, ztsnr, edm_vpred.sigma_max and sigma_min.
/// errors: contradictory_prediction in strict conduct; out_of_memory
/// source: ComfyUI 0.8.0, nodes_model_merging.py and model_base.py
template <class Layout>
result<void> add_prediction_markers(detail::plan_builder& builder, const std::optional<prediction>& told, conduct how)
{
    constexpr type_rule rule = [] {
        if constexpr (has_model_type<Layout>)
            return Layout::type;
        else
            return type_rule{};
    }();
    constexpr std::string_view name = [] {
        if constexpr (has_model_type<Layout>)
            return Layout::name;
        else
            return std::string_view("this layout");
    }();
    const auto predicts = detail::settled(told, rule, name, how);
    if (!predicts)
        return predicts.error();
    return *predicts ? detail::add_markers(builder, **predicts) : result<void>();
}

} // namespace STET_NAMESPACE

#endif
