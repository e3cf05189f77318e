// SPDX-License-Identifier: MIT
#include "../casts.hpp"
#include "cast_runs.hpp"
#include "number_conversion.hpp"

namespace STET_NAMESPACE::casts {

STET_INLINE result<counts> convert(dtype from, bytes source, dtype to, std::span<std::byte> target,
                                   too_large beyond) noexcept
{
    if (!is_cast(from) || !is_cast(to))
        return detail::conversion_error(from, to);
    const std::size_t from_width = element_size(from), to_width = element_size(to);
    const std::size_t count = source.size() / from_width;
    if (source.size() % from_width != 0 || target.size() / to_width != count || target.size() % to_width != 0)
        return error{.code = errc::tensor_size_mismatch,
                     .expected = std::uint64_t{count} * to_width,
                     .actual = target.size()};
    const auto met = detail::element_caster(from, to, beyond).cast(source.data(), count, target.data());
    return counts{.clipped = met.beyond, .not_finite = met.not_finite};
}

} // namespace STET_NAMESPACE::casts
