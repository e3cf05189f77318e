// SPDX-License-Identifier: MIT

#include "../../tensor/views.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../dequantised.hpp"
#include "dequantising.hpp"
#include "stored_values.hpp"
#include "value_words.hpp"

#include <cstring>
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

STET_INLINE value_reader::value_reader(const dequantised& values, const allocator& memory) noexcept
    : layer_(values.values_), codes_(layer_.stored.weight, memory),
      made_{.values = detail::growing_array<std::byte>(memory)},
      maker_(layer_.stored, dtype::f32, made_, memory),
      unit_(detail::stored_row_size(layer_.stored.rule, layer_.stored.stored_columns, layer_.stored.bits))
{
}

STET_INLINE result<void> value_reader::keeper::write(bytes data)
{
    return values.append({data.data(), data.size()}) ? result<void>() : detail::out_of_memory(data.size());
}

STET_INLINE result<bytes> value_reader::next(std::size_t count)
{
    if (count == 0)
        return bytes();
    if (!is_prepared_) {
        if (auto prepared = maker_.prepare(); !prepared)
            return prepared.error();
        is_prepared_ = true;
    }
    if (made_.values.size() - read_ < count)
        forget_read();
    while (made_.values.size() < read_ + count) {
        if (auto made = make_more(); !made)
            return made.error();
    }
    const bytes values(made_.values.data() + read_, count);
    read_ += count;
    return values;
}

/// Moves what was not read yet to the front.
STET_INLINE void value_reader::forget_read() noexcept
{
    const std::size_t rest = made_.values.size() - read_;
    if (rest != 0)
        std::memmove(made_.values.data(), made_.values.data() + read_, rest);
    static_cast<void>(made_.values.resize(rest));
    read_ = 0;
}

STET_INLINE result<void> value_reader::make_more()
{
    constexpr std::uint64_t least_codes = 8192;
    if (codes_.left() == 0 || unit_ == 0)
        return error{.code = errc::tensor_size_mismatch, .actual = made_.values.size()};
    std::uint64_t units = unit_ < least_codes ? least_codes / unit_ : 1;
    units = detail::smaller_size(units, codes_.left() / unit_);
    if (unit_ > SIZE_MAX / 2 || units == 0)
        return detail::out_of_memory(unit_);
    const auto codes = codes_.next(detail::memory_size(units * unit_));
    if (!codes)
        return codes.error();
    if (auto put = maker_.put(codes->data(), detail::memory_size(units)); !put)
        return put;
    return maker_.flush();
}

} // namespace STET_NAMESPACE::quantised
