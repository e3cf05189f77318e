// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../sizes.hpp"
#include "../tensor_view.hpp"
#include "scalar_words.hpp"

#include <array>
#include <cstring>

namespace STET_NAMESPACE {

STET_INLINE bytes tensor_view::packed() const noexcept
{
    if (!is_packed())
        return {};
    return {static_cast<const std::byte*>(data), detail::memory_size(size)};
}

STET_INLINE result<void> tensor_view::soundness() const noexcept
{
    const auto needed = byte_count(type, shape);
    if (!needed)
        return needed.error();
    if (*needed != size)
        return error{.code = errc::tensor_size_mismatch, .expected = *needed, .actual = size};
    if (strides.problem() != errc{})
        return detail::axes_error(strides);
    if (!strides.empty() && strides.size() != shape.size())
        return error{.code = errc::strides_rank_mismatch, .expected = shape.size(), .actual = strides.size()};
    return {};
}

STET_INLINE result<tensor_view> view_of(dtype type, const extents& shape, bytes data) noexcept
{
    const tensor_view view{.type = type, .shape = shape, .size = data.size(), .data = data.data()};
    if (auto sound = view.soundness(); !sound)
        return sound.error();
    if (data.data() == nullptr && !data.empty())
        return error{.code = errc::missing_tensor};
    return view;
}

STET_INLINE result<tensor_view> view_of(dtype type, const extents& shape, const void* data,
                                        std::size_t size) noexcept
{
    return view_of(type, shape, bytes(static_cast<const std::byte*>(data), size));
}

namespace detail {

STET_INLINE result<void> write_swapped(bytes scalars, std::size_t width, sink_ref destination)
{
    std::array<std::byte, 8192> block;
    while (!scalars.empty()) {
        const std::size_t count = scalars.size() < block.size() ? scalars.size() : block.size();
        std::memcpy(block.data(), scalars.data(), count);
        swap_scalars(block.data(), count, width);
        if (auto written = destination.write(bytes(block.data(), count)); !written)
            return written;
        scalars = scalars.subspan(count);
    }
    return {};
}

STET_INLINE result<void> pour_swapped(const tensor_view& tensor, sink_ref destination)
{
    const bytes scalars(static_cast<const std::byte*>(tensor.data), memory_size(tensor.size));
    return write_swapped(scalars, swapped_width(tensor.type), destination);
}

STET_INLINE result<void> exact_sink::write(bytes data)
{
    if (!outcome_)
        return outcome_;
    if (data.size() > size_ - written_) {
        outcome_ = mismatch(written_ + data.size());
        return outcome_;
    }
    written_ += data.size();
    outcome_ = destination_.write(data);
    return outcome_;
}

STET_INLINE result<void> exact_sink::finish() const
{
    if (!outcome_)
        return outcome_;
    if (written_ != size_)
        return mismatch(written_);
    return {};
}

STET_INLINE error exact_sink::mismatch(std::uint64_t produced) const noexcept
{
    return {.code = errc::produced_size_mismatch, .expected = size_, .actual = produced};
}

} // namespace detail

STET_INLINE result<void> pour(const tensor_view& tensor, sink_ref destination)
{
    if (tensor.is_packed())
        return destination.write(tensor.packed());
    detail::exact_sink exact(destination, tensor.size);
    if (auto poured = tensor.pour(tensor, exact); !poured)
        return poured;
    return exact.finish();
}

} // namespace STET_NAMESPACE
