// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../value_reader.hpp"
#include "stored_values.hpp"

#include <cstring>

namespace STET_NAMESPACE::quantised {

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
