// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/decimal.hpp"
#include "number_conversion.hpp"

#include <array>
#include <string_view>

namespace STET_NAMESPACE::detail {

STET_INLINE error conversion_error(dtype from, dtype to) noexcept
{
    return error{.code = errc::not_convertible}.with(name(from), name(to));
}

STET_INLINE error unfit_error(dtype type, const std::byte* from, std::uint64_t index, dtype to) noexcept
{
    const std::size_t   width = element_size(type);
    const std::uint64_t word = load_word(from, width);
    const bool          is_signed =
        type == dtype::i8 || type == dtype::i16 || type == dtype::i32 || type == dtype::i64;
    const bool             is_negative = is_signed && (word >> (8 * width - 1) & 1U) != 0;
    const std::uint64_t    beyond = width == 8 ? 0 : UINT64_MAX << (8 * width);
    const decimal          digits(is_negative ? 0 - (word | beyond) : word);
    std::array<char, 21>   signed_digits{'-'};
    const std::string_view view = digits.view();
    for (std::size_t i = 0; i < view.size(); ++i)
        signed_digits[i + 1] = view[i];
    const std::size_t skipped = is_negative ? 0 : 1;
    return error{.code = errc::value_does_not_fit, .actual = index}.with(
        {signed_digits.data() + skipped, view.size() + 1 - skipped}, name(to));
}

} // namespace STET_NAMESPACE::detail
