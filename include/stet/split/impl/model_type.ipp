// SPDX-License-Identifier: MIT
#include "../../tensor/half.hpp"
#include "../../tensor/numbers.hpp"
#include "../model_type.hpp"

#include <bit>

namespace STET_NAMESPACE::detail {

STET_INLINE void number_statistics::take(double number) noexcept
{
    last_ = number;
    ++count_;
    const double before = last_ - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (last_ - mean_);
}

STET_INLINE result<number_statistics> numbers_of(const tensor_view& tensor, std::string_view name)
{
    number_statistics numbers;
    const auto        read = each_number<double>(tensor, [&numbers](double number) { numbers.take(number); });
    if (read)
        return numbers;
    if (read.error().code != errc::not_convertible && read.error().code != errc::value_does_not_fit)
        return read.error().about(name);
    return error{.code = errc::unusable_marker}.with("numbers, such as F32 or F16").about(name);
}

STET_INLINE result<double> number_in(const tensor_view& tensor, std::string_view name)
{
    const auto numbers = numbers_of(tensor, name);
    if (!numbers)
        return numbers.error();
    if (numbers->count() != 1)
        return error{.code = errc::unusable_marker, .expected = 1, .actual = numbers->count()}
            .with("one number")
            .about(name);
    return numbers->last();
}

STET_INLINE result<void> found_markers::look_at(std::string_view name, const result<tensor_view>& tensor)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const placed_name wanted{.prefix = i < norm_bias ? std::string_view() : prefix_, .stem = names[i]};
        if (wanted != placed_name{.stem = name})
            continue;
        if (!tensor)
            return tensor.error().about(name);
        tensors_[i] = *tensor;
    }
    return {};
}

STET_INLINE bool is_spread_out(double variance, dtype type) noexcept
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

STET_INLINE result<derived_prediction> derive_sd2(const found_markers& found, const derive_options& options)
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

STET_INLINE result<derived_prediction> derive_sdxl(const found_markers& found)
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

} // namespace STET_NAMESPACE::detail
