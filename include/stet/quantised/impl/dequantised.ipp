// SPDX-License-Identifier: MIT
#include "../../tensor/produced.hpp"
#include "../dequantised.hpp"
#include "dequantising.hpp"
#include "value_words.hpp"

#include <string_view>

namespace STET_NAMESPACE::quantised {

STET_INLINE dequantised::dequantised(const detail::layer_values& values, dtype wanted,
                                     const allocator& memory) noexcept
    : values_(values), wanted_(wanted), memory_(memory)
{
}

STET_INLINE result<dequantised> dequantised::of(const layers& found, const layer& one, dtype wanted,
                                                const allocator& memory)
{
    if (!detail::is_value_type(wanted))
        return error{.code = errc::not_convertible}
            .with(one.format == nullptr ? one.format_name : one.format->name, name(wanted))
            .about(one.name);
    const auto values = detail::values_of(one, found.tensors());
    return values ? result<dequantised>(dequantised(*values, wanted, memory))
                  : result<dequantised>(values.error());
}

STET_INLINE result<tensor_view> dequantised::view() const noexcept
{
    return produced_view(wanted_, values_.shape, *this, [](const dequantised& one, sink_ref destination) {
        return detail::pour_values(one.values_.stored, one.wanted_, destination, one.memory_);
    });
}

STET_INLINE result<dequantised_model> dequantised_model::of(const layers& found, dtype wanted,
                                                            const allocator& memory)
{
    dequantised_model model(memory);
    const auto        tensors = found.tensors();
    if (!model.weights_.reserve(found.size()) || !model.tensors_.reserve(tensors.size()))
        return error{.code = errc::out_of_memory};
    for (std::uint32_t position = 0; position < tensors.size(); ++position) {
        if (auto added = model.add(found, position, wanted); !added)
            return added.error();
    }
    return model;
}

/// Adds what becomes of one tensor, if anything does. There is room.
STET_INLINE result<void> dequantised_model::add(const layers& found, std::uint32_t position, dtype wanted)
{
    const named_tensor& stored = found.tensors()[position];
    const layer* const  owner = found.layer_of(position);
    if (owner == nullptr) {
        for (const old_flag& flag : found.old_flags()) {
            if (flag.position == position)
                return {};
        }
        static_cast<void>(tensors_.push(stored));
        return {};
    }
    if (position == owner->bias) {
        static_cast<void>(tensors_.push(stored));
        return {};
    }
    if (position != owner->weight)
        return {};
    if (owner->position_of("pre_quant_scale") != no_tensor)
        return error{.code = errc::unreadable_layer}
            .with("pre_quant_scale", "scales its input, which no plain layer does")
            .about(owner->name);
    const auto weight = dequantised::of(found, *owner, wanted, weights_.memory());
    if (!weight)
        return weight.error();
    static_cast<void>(weights_.push(*weight));
    const auto view = weights_[weights_.size() - 1].view();
    if (!view)
        return view.error().about(stored.name);
    static_cast<void>(tensors_.push({.name = stored.name, .tensor = *view}));
    return {};
}

} // namespace STET_NAMESPACE::quantised
