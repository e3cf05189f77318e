// SPDX-License-Identifier: MIT
#include "../../tensor/half.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "scale_array.hpp"
#include "tensor_bytes.hpp"

#include <bit>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE result<scale_array> scale_array::of(const tensor_view& tensor, dtype type,
                                                const allocator& memory)
{
    scale_array scales(memory);
    scales.type_ = type;
    scales.size_ = tensor.size / element_size(type);
    if (tensor.is_packed()) {
        scales.borrowed_ = static_cast<const std::byte*>(tensor.data);
        return scales;
    }
    auto own = tensor_bytes(tensor, memory);
    if (!own)
        return own.error();
    scales.own_ = *std::move(own);
    return scales;
}

STET_INLINE float scale_array::operator[](std::uint64_t index) const noexcept
{
    const std::size_t   width = element_size(type_);
    const std::uint64_t word = load_word(first() + memory_size(index) * width, width);
    if (type_ == dtype::f32)
        return std::bit_cast<float>(static_cast<std::uint32_t>(word));
    if (type_ == dtype::f16)
        return float_from_f16(static_cast<std::uint16_t>(word));
    if (type_ == dtype::bf16)
        return float_from_bf16(static_cast<std::uint16_t>(word));
    if (type_ == dtype::f64)
        return static_cast<float>(std::bit_cast<double>(word));
    return float_from_f8(type_, static_cast<std::uint8_t>(word));
}

} // namespace STET_NAMESPACE::detail
