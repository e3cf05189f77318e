// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "merge_words.hpp"
#include "mixture_maker.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<mixture> mixture_maker::make(const merge_place& here, blend how, dtype type)
{
    using merging::formula;
    mixture mixed{.how = how, .type = type, .keep_not_finite = how_.keep_not_finite, .memory = memory_};
    if (how == blend::weighted && how_.formula == formula::weighted) {
        mixed.x = static_cast<float>(*here.ratio);
        mixed.y = static_cast<float>(1 - *here.ratio);
    } else if (how == blend::weighted && how_.formula == formula::subtract) {
        mixed.x = static_cast<float>(how_.multiplier);
        mixed.y = -mixed.x;
    } else if (how == blend::difference) {
        mixed.x = static_cast<float>(how_.multiplier);
    }
    const unsigned count = how == blend::first ? 1 : how == blend::difference ? 3 : 2;
    for (unsigned which = 0; which < count; ++which) {
        if (auto set = set_operand(mixed.of[which], here, which); !set)
            return set.error();
    }
    for (unsigned which = count; which < mixed.of.size(); ++which)
        mixed.of[which] = mixed.of[which - 1];
    if (auto set = set_shape(mixed, here.name); !set)
        return set.error();
    return mixed;
}

STET_INLINE result<void> mixture_maker::set_operand(operand& to, const merge_place& here, unsigned which)
{
    const quantised::layer* const group = names_.layer_at(which, here);
    to.tensor = names_.tensor(which, here).tensor;
    if (group == nullptr) {
        if (!is_merged_type(to.tensor.type) && !is_short_float(to.tensor.type))
            return not_mergeable(here.name, merge_words::no_numbers);
        return {};
    }
    if (group->position_of("pre_quant_scale") != quantised::no_tensor)
        return not_mergeable(here.name, merge_words::scaled_input);
    auto values = quantised::dequantised::of(names_.side(which).layers, *group, dtype::f32, memory_);
    if (!values)
        return values.error();
    if (!values_.push(*values))
        return out_of_memory(sizeof(quantised::dequantised));
    to.layer = &values_[values_.size() - 1];
    return {};
}

STET_INLINE result<void> mixture_maker::set_shape(mixture& mixed, std::string_view name) const
{
    const auto shape_of = [](const operand& one) -> const extents& {
        return one.layer != nullptr ? one.layer->shape() : one.tensor.shape;
    };
    const extents& a = shape_of(mixed.of[0]);
    const extents& b = shape_of(mixed.of[1]);
    const extents& c = shape_of(mixed.of[2]);
    const auto     size = element_count(a);
    if (!size)
        return size.error().about(name);
    mixed.shape = a;
    mixed.size = *size;
    mixed.run = *size;
    if (b != c)
        return shapes_differ(name, b, c);
    if (a == b)
        return {};
    constexpr std::uint64_t usual_channels = 4;
    const bool              is_convolution =
        a.size() == 4 && b.size() == 4 && a[0] == b[0] && a[2] == b[2] && a[3] == b[3];
    if (is_convolution && b[1] == usual_channels && a[1] > usual_channels) {
        if (!how_.widen)
            return not_mergeable(name, merge_words::more_channels);
        mixed.run = usual_channels * a[2] * a[3];
        mixed.skip = (a[1] - usual_channels) * a[2] * a[3];
        return {};
    }
    if (is_convolution && a[1] == usual_channels && b[1] > usual_channels && how_.widen)
        return not_mergeable(name, merge_words::fewer_channels);
    return shapes_differ(name, a, b);
}

} // namespace STET_NAMESPACE::detail
