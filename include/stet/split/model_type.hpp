// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_MODEL_TYPE_HPP
#define STET_SPLIT_MODEL_TYPE_HPP

#include "../families/layouts.hpp"
#include "../layout/family.hpp"
#include "../state/component.hpp"
#include "../state/model.hpp"
#include "../vocabulary/config.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

/// What a file's tensors say about the prediction of its model.
struct derived_prediction {
    model_type            type = model_type::eps;    ///< what it predicts
    bool                  zero_terminal_snr = false; ///< whether the schedule ends without signal
    std::optional<double> sigma_data{}; ///< of the noise schedule, where the file or its type sets them
    std::optional<double> sigma_max{};  ///< its largest noise level
    std::optional<double> sigma_min{};  ///< its smallest noise level
};

/// What a file is known by besides its tensors.
struct derive_options {
    std::string_view prefix = "model.diffusion_model."; ///< of the diffusion model in the file
    std::optional<std::uint64_t>
        in_channels{}; ///< of the diffusion model; else read off its first convolution
};

namespace detail {

/// Mean and spread of a tensor's numbers, gathered one by one.
class number_statistics {
public:
    void take(double number) noexcept;

    std::uint64_t count() const noexcept { return count_; }
    double        last() const noexcept { return last_; }

    /// Of the population.
    double variance() const noexcept { return squares_ / static_cast<double>(count_); }

private:
    std::uint64_t count_ = 0;
    double        last_ = 0;
    double        mean_ = 0;
    double        squares_ = 0;
};

/// errors: unusable_marker for a dtype without numbers; the tensor's own
result<number_statistics> numbers_of(const tensor_view& tensor, std::string_view name);

/// errors: unusable_marker when it is not one number; the tensor's own
result<double> number_in(const tensor_view& tensor, std::string_view name);

/// What is looked for in a file.
enum marker : std::uint8_t {
    edm_mean,
    edm_std,
    edm_sigma_max,
    edm_sigma_min,
    v_pred,
    ztsnr,
    norm_bias,
    first_conv
};

class found_markers {
public:
    explicit found_markers(std::string_view prefix) noexcept : prefix_(prefix) {}

    result<void> look_at(std::string_view name, const result<tensor_view>& tensor);

    const std::optional<tensor_view>& operator[](marker which) const noexcept { return tensors_[which]; }
    static constexpr std::string_view name(marker which) noexcept { return names[which]; }

private:
    static constexpr std::array<std::string_view, 8> names{
        "edm_mean",
        "edm_std",
        "edm_vpred.sigma_max",
        "edm_vpred.sigma_min",
        "v_pred",
        "ztsnr",
        "output_blocks.11.1.transformer_blocks.0.norm1.bias",
        "input_blocks.0.0.weight"};

    std::string_view                                     prefix_;
    std::array<std::optional<tensor_view>, names.size()> tensors_{};
};

/// Whether the standard deviation is above 0.09, in the precision in which torch gives it.
/// spread: a variance, or a NaN when there were no numbers
bool is_spread_out(double variance, dtype type) noexcept;

/// Stable Diffusion 2: the weights tell.
/// source: ComfyUI 0.8.0, supported_models.py, SD20.model_type
result<derived_prediction> derive_sd2(const found_markers& found, const derive_options& options);

/// Stable Diffusion XL: tensors that were put in to tell.
/// source: ComfyUI 0.8.0, supported_models.py, SDXL.model_type
result<derived_prediction> derive_sdxl(const found_markers& found);

} // namespace detail

/// The prediction type of a file's model and the settings of its schedule, as ComfyUI's loader derives them: a family
/// of one type has that; Stable Diffusion 2 is known by its weights, Stable Diffusion XL by markers. Nothing for a
/// family of which only the saver can tell.
/// errors: unusable_marker; the tensors' own
template <class Family, state_dict Dict>
result<std::optional<derived_prediction>> derive_prediction(const Dict&           dict,
                                                            const derive_options& options = {})
{
    using prediction_result = result<std::optional<derived_prediction>>;
    constexpr type_rule type = Family::type;
    if constexpr (type.is_fixed || !type.is_known) {
        return type.is_known ? prediction_result(std::optional(derived_prediction{.type = type.usual}))
                             : prediction_result(std::nullopt);
    } else {
        detail::found_markers found(options.prefix);
        const auto            looked =
            component<role::extra>(dict).each([&](std::string_view name, const result<tensor_view>& tensor) {
                return found.look_at(name, tensor);
            });
        if (!looked)
            return looked.error();
        const auto derived = [&]() -> result<derived_prediction> {
            if constexpr (std::derived_from<Family, layouts::sd2> ||
                          std::derived_from<Family, layouts::sd2_unclip>)
                return detail::derive_sd2(found, options);
            else if constexpr (std::derived_from<Family, layouts::sdxl>)
                return detail::derive_sdxl(found);
            else
                return derived_prediction{.type = type.usual};
        }();
        return derived ? prediction_result(std::optional(*derived)) : prediction_result(derived.error());
    }
}

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/model_type.ipp"
#endif

#endif
