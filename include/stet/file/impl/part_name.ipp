// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/decimal.hpp"
#include "part_name.hpp"

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE std::string exact_part_name(std::string_view name, std::uint64_t attempt)
{
    std::string part_name(detail::exact_part_stem(name));
    if (attempt > 1) {
        part_name += '.';
        part_name += detail::decimal(attempt).view();
    }
    part_name += part_extension;
    return part_name;
}

} // namespace detail

} // namespace STET_NAMESPACE
