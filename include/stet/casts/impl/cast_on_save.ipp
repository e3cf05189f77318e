// SPDX-License-Identifier: MIT
#include "../cast_on_save.hpp"

#include <atomic>

namespace STET_NAMESPACE {

namespace detail {

inline result<void> pour_cast_source(const tensor_view& cast, sink_ref destination)
{
    const auto& from = *static_cast<const cast_source*>(cast.data);
    tensor_view source = cast;
    source.type = from.type;
    source.size = from.size;
    source.data = from.data;
    source.pour = from.pour;
    const auto met = casts::pour(source, cast.type, destination, from.beyond);
    if (!met)
        return met.error();
    from.clipped.store(met->clipped, std::memory_order_relaxed);
    from.not_finite.store(met->not_finite, std::memory_order_relaxed);
    return {};
}

} // namespace detail

STET_INLINE casts::casting casts::to(dtype type, too_large beyond) noexcept
{
    return to(type, {}, beyond);
}

STET_INLINE casts::casting casts::to(dtype type, std::span<const rule> rules, too_large beyond) noexcept
{
    return {.rules = {rules.data(), rules.size()},
            .others = {.to = type, .beyond = beyond},
            .pour = detail::pour_cast_source};
}

STET_INLINE casts::casting casts::by(std::span<const rule> rules) noexcept
{
    return {.rules = {rules.data(), rules.size()}, .pour = detail::pour_cast_source};
}

} // namespace STET_NAMESPACE
