// SPDX-License-Identifier: MIT
#include "stored_part.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<stored_part> rows(const stored_tensor& tensor, std::uint64_t begin,
                                     std::uint64_t end) noexcept
{
    if (tensor.shape.empty())
        return error{.code = errc::no_such_axis}.about(tensor.name);
    const std::uint64_t count = tensor.shape[0];
    if (begin > end || end > count)
        return error{.code = errc::no_such_axis, .expected = count, .actual = begin > end ? begin : end}
            .about(tensor.name);
    if (tensor.size() == 0)
        return stored_part{};
    // No product passes 2^64: all of the tensor's bits are less, as the header's check has seen.
    const std::uint64_t row_bits = tensor.size() * 8 / count;
    if (begin * row_bits % 8 != 0 || end * row_bits % 8 != 0)
        return error{.code = errc::partial_byte, .actual = row_bits}.about(tensor.name);
    return stored_part{.offset = begin * row_bits / 8, .size = (end - begin) * row_bits / 8};
}

} // namespace STET_NAMESPACE::detail
