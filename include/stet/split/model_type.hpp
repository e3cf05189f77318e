// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_MODEL_TYPE_HPP
#define STET_SPLIT_MODEL_TYPE_HPP

#include "../families/impl/torch_concat.hpp"
#include "../state/component.hpp"
#include "../state/prediction.hpp"
#include "impl/split_rules.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

/// What a file's tensors say about the prediction of its model.
struct derived_prediction {
    model_type            type = model_type::eps;
    bool                  zero_terminal_snr = false;
    std::optional<double> sigma_data{}; ///< of the noise schedule, where the file or its type sets them
    std::optional<double> sigma_max{};
    std::optional<double> sigma_min{};
};

/// What a file is known by besides its tensors.
struct derive_options {
    std::string_view prefix = "model.diffusion_model."; ///< of the diffusion model in the file
    std::optional<std::uint64_t>
        in_channels{}; ///< of the diffusion model; else read off its first convolution
};

namespace detail {

/// Mean and spread of the numbers a tensor writes, gathered one by one.
class number_sink {
public:
    explicit number_sink(dtype type) noexcept : type_(type), width_(element_size(type)) {}

    result<void> write(bytes data) noexcept
    {
        for (const std::byte one : data) {
            // The element in native byte order.
            element_[std::endian::native == std::endian::little ? have_ : width_ - 1 - have_] = one;
            if (++have_ == width_) {
                have_ = 0;
                take(read_element(type_, element_.data()));
            }
        }
        return {};
    }

    std::uint64_t count() const noexcept { return count_; }
    double        last() const noexcept { return last_; }

    /// Of the population.
    double variance() const noexcept { return squares_ / static_cast<double>(count_); }

private:
    void take(const element_value& value) noexcept
    {
        last_ = value.is_integer ? static_cast<double>(value.integer) : value.real;
        ++count_;
        const double before = last_ - mean_;
        mean_ += before / static_cast<double>(count_);
        squares_ += before * (last_ - mean_);
    }

    dtype                    type_;
    std::size_t              width_;
    std::array<std::byte, 8> element_{};
    std::size_t              have_ = 0;
    std::uint64_t            count_ = 0;
    double                   last_ = 0;
    double                   mean_ = 0;
    double                   squares_ = 0;
};

/// errors: unusable_marker for a dtype without numbers; the tensor's own
inline result<number_sink> numbers_of(const tensor_view& tensor, std::string_view name)
{
    if (!is_convertible(tensor.type)) {
        error unusable = error{.code = errc::unusable_marker}.about(name);
        unusable.parties[0].assign("numbers, such as F32 or F16");
        return unusable;
    }
    number_sink numbers(tensor.type);
    if (auto poured = pour(tensor, numbers); !poured)
        return poured.error().about(name);
    return numbers;
}

/// errors: unusable_marker when it is not one number; the tensor's own
inline result<double> number_in(const tensor_view& tensor, std::string_view name)
{
    const auto numbers = numbers_of(tensor, name);
    if (!numbers)
        return numbers.error();
    if (numbers->count() != 1) {
        error unusable =
            error{.code = errc::unusable_marker, .expected = 1, .actual = numbers->count()}.about(name);
        unusable.parties[0].assign("one number");
        return unusable;
    }
    return numbers->last();
}

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

    result<void> look_at(std::string_view name, const result<tensor_view>& tensor)
    {
        for (std::size_t i = 0; i < names.size(); ++i) {
            const placed_name wanted{.prefix = i < norm_bias ? std::string_view() : prefix_,
                                     .stem = names[i]};
            if (wanted != placed_name{.stem = name})
                continue;
            if (!tensor)
                return tensor.error().about(name);
            tensors_[i] = *tensor;
        }
        return {};
    }

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
inline bool is_spread_out(double variance, dtype type) noexcept
{
    // A square root would need <cmath>; the bound is where a rounded deviation passes 0.09.
    constexpr double bound = 0.09;
    if (type == dtype::f64)
        return variance > bound * bound;
    double step_above = 0; // the smallest number of the type above 0.09
    double step_below = 0; // the largest one not above
    if (type == dtype::f16) {
        step_below = static_cast<double>(float_from_f16(0x2DC2));
        step_above = static_cast<double>(float_from_f16(0x2DC3));
    } else if (type == dtype::bf16) {
        step_below = static_cast<double>(float_from_bf16(0x3DB8));
        step_above = static_cast<double>(float_from_bf16(0x3DB9));
    } else {
        step_below = static_cast<double>(std::bit_cast<float>(0x3DB851EBU));
        step_above = static_cast<double>(std::bit_cast<float>(0x3DB851ECU));
    }
    const double middle = (step_below + step_above) / 2;
    return variance > middle * middle;
}

/// Stable Diffusion 2: the weights tell.
/// source: ComfyUI 0.8.0, supported_models.py, SD20.model_type
inline result<derived_prediction> derive_sd2(const found_markers& found, const derive_options& options)
{
    std::optional<std::uint64_t> channels = options.in_channels;
    if (!channels && found[first_conv] && found[first_conv]->shape.size() > 1)
        channels = found[first_conv]->shape[1];
    if (channels != 4 || !found[norm_bias])
        return derived_prediction{};
    const tensor_view& bias = *found[norm_bias];
    const auto         numbers = numbers_of(bias, found_markers::name(norm_bias));
    if (!numbers)
        return numbers.error();
    const bool is_v = numbers->count() != 0 && is_spread_out(numbers->variance(), bias.type);
    return derived_prediction{.type = is_v ? model_type::v_prediction : model_type::eps};
}

/// Stable Diffusion XL: tensors that were put in to tell.
/// source: ComfyUI 0.8.0, supported_models.py, SDXL.model_type
inline result<derived_prediction> derive_sdxl(const found_markers& found)
{
    if (found[edm_mean] && found[edm_std])
        return derived_prediction{
            .type = model_type::edm, .sigma_data = 0.5, .sigma_max = 80.0, .sigma_min = 0.002};
    if (found[edm_sigma_max]) {
        derived_prediction derived{.type = model_type::v_prediction_edm};
        const auto         largest = number_in(*found[edm_sigma_max], found_markers::name(edm_sigma_max));
        if (!largest)
            return largest.error();
        derived.sigma_max = *largest;
        if (found[edm_sigma_min]) {
            const auto smallest = number_in(*found[edm_sigma_min], found_markers::name(edm_sigma_min));
            if (!smallest)
                return smallest.error();
            derived.sigma_min = *smallest;
        }
        return derived;
    }
    if (found[v_pred])
        return derived_prediction{.type = model_type::v_prediction,
                                  .zero_terminal_snr = found[ztsnr].has_value()};
    return derived_prediction{};
}

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

#endif
