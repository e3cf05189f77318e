// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/words.hpp"
#include "rounded.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE rounded::rounded(const tensor_view& tensor) noexcept : tensor_(tensor)
{
    STET_ASSERT(tensor.type == dtype::f32, "stet: only F32 is rounded");
}

STET_INLINE tensor_view rounded::view() const& noexcept
{
    return {.type = tensor_.type,
            .shape = tensor_.shape,
            .size = tensor_.size,
            .data = this,
            .pour = pour_rounded};
}

STET_INLINE result<void> rounded::rounding_sink::write(bytes data)
{
    for (const std::byte one : data) {
        element[have++] = one;
        if (have < element.size())
            continue;
        have = 0;
        const std::uint32_t bits =
            rounded_f32(static_cast<std::uint32_t>(detail::load_word(element.data(), element.size())));
        for (std::size_t i = 0; i < element.size(); ++i)
            element[i] = static_cast<std::byte>(bits >> (8 * i) & 0xFFU);
        if (auto written = destination.write(element); !written)
            return written;
    }
    return {};
}

STET_INLINE result<void> rounded::pour_rounded(const tensor_view& view, sink_ref destination)
{
    rounding_sink sink{.destination = destination};
    return stet::pour(static_cast<const rounded*>(view.data)->tensor_, sink);
}

} // namespace STET_NAMESPACE::detail
