// SPDX-License-Identifier: MIT
#include "../cast_on_save.hpp"

#include <atomic>
#include <cstdint>
#include <new>

namespace STET_NAMESPACE {

namespace detail {

/// A source that keeps what its cast met: a plan may be written by several threads.
struct counted_source : cast_source {
    mutable std::atomic<std::uint64_t> clipped = 0;
    mutable std::atomic<std::uint64_t> not_finite = 0;
};

inline result<void> pour_counted(const tensor_view& cast, sink_ref destination)
{
    const auto& from = *static_cast<const counted_source*>(static_cast<const cast_source*>(cast.data));
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

inline cast_source* place_counted(void* at)
{
    return ::new (at) counted_source;
}

inline void tell_count(const cast_source& of, change& in)
{
    const auto& counted = static_cast<const counted_source&>(of);
    in.clipped = counted.clipped.load(std::memory_order_relaxed);
    in.not_finite = counted.not_finite.load(std::memory_order_relaxed);
}

inline constexpr casting_calls counted_casting{.pour = pour_counted,
                                               .source_size = sizeof(counted_source),
                                               .place = place_counted,
                                               .count = tell_count,
                                               .cast = cast};

} // namespace detail

STET_INLINE casts::casting casts::to(dtype type, too_large beyond) noexcept
{
    return to(type, {}, beyond);
}

STET_INLINE casts::casting casts::to(dtype type, std::span<const rule> rules, too_large beyond) noexcept
{
    return {.rules = {rules.data(), rules.size()},
            .others = {.to = type, .beyond = beyond},
            .calls = &detail::counted_casting};
}

STET_INLINE casts::casting casts::by(std::span<const rule> rules) noexcept
{
    return {.rules = {rules.data(), rules.size()}, .calls = &detail::counted_casting};
}

} // namespace STET_NAMESPACE
