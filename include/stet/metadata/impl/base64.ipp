// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "base64.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE void append_base64(std::string& text, std::span<const std::byte> data)
{
    text.reserve(text.size() + memory_size(base64_size(data.size())));
    for (std::size_t at = 0; at < data.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group =
                (group << 8U) | (at + i < data.size() ? std::to_integer<std::uint32_t>(data[at + i]) : 0U);
        const std::size_t given = data.size() - at < 3 ? data.size() - at : 3;
        for (unsigned i = 0; i < 4; ++i)
            text += i <= given ? detail::base64_alphabet[(group >> (18U - 6U * i)) & 0x3FU] : '=';
    }
}

} // namespace STET_NAMESPACE::detail
