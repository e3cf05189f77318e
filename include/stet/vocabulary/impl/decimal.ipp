// SPDX-License-Identifier: MIT
#include "decimal.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE void append_padded(std::string& text, std::uint64_t value, std::size_t width)
{
    const decimal digits(value);
    text.append(digits.view().size() < width ? width - digits.view().size() : 0, '0');
    text += digits.view();
}

} // namespace STET_NAMESPACE::detail
