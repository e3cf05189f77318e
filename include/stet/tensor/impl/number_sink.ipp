// SPDX-License-Identifier: MIT
#include "number_sink.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE std::optional<std::size_t> count_of_elements(const tensor_view& tensor,
                                                         std::size_t        width) noexcept
{
    const std::uint64_t count = tensor.size / carried_size(tensor.type);
    if (count > SIZE_MAX / 2 / width)
        return std::nullopt;
    return static_cast<std::size_t>(count);
}

} // namespace STET_NAMESPACE::detail
