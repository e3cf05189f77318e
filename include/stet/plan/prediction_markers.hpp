// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_PREDICTION_MARKERS_HPP
#define STET_PLAN_PREDICTION_MARKERS_HPP

#include "../layout/family.hpp"
#include "../state/prediction.hpp"
#include "../vocabulary/array_view.hpp"
#include "../vocabulary/config.hpp"
#include "impl/plan_builder.hpp"

#include <concepts>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

/// A layout that knows its family's model type.
template <class Layout>
concept has_model_type = requires {
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
result<std::optional<prediction>> settled(std::optional<prediction> told, const type_rule& rule,
                                          std::string_view family_name, strictness how) noexcept;

/// A number as a scalar, or a tensor of none: what counts is its name.
/// lifetime: borrows the number
result<void> add_marker(plan_builder& builder, std::string_view name, array_view<const float> number);

result<void> add_markers(plan_builder& builder, const prediction& predicts);

} // namespace detail

/// Adds the tensors by which loaders know what a model predicts: v_pred, ztsnr, edm_vpred.sigma_max and sigma_min.
/// errors: contradictory_prediction in strict strictness; out_of_memory
/// source: ComfyUI 0.8.0, nodes_model_merging.py and model_base.py
template <class Layout>
result<void> add_prediction_markers(detail::plan_builder& builder, const std::optional<prediction>& told,
                                    strictness how)
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

#if STET_BODIES
#include "impl/prediction_markers.ipp"
#endif

#endif
