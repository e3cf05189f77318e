// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "asym_rules.hpp"
#include "encoding_passes.hpp"
#include "rotation.hpp"
#include "row_encoder.hpp"
#include "unit_feed.hpp"
#include "value_words.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Calls `take(values, count)` for a few values after the other, which it may change.
template <class Take>
result<void> each_chunk(const encoding& one, Take take)
{
    const dtype       type = one.values.type;
    const std::size_t width = element_size(type);
    const auto        put = [&](const std::byte* from, std::size_t count) -> result<void> {
        std::array<float, 1024> some;
        while (count != 0) {
            const std::size_t now = smaller_size(count, some.size());
            floats_from(type, from, now, some.data());
            if (auto taken = take(some.data(), now); !taken)
                return taken;
            from += now * width;
            count -= now;
        }
        return {};
    };
    unit_feed feeding(width, put, one.memory);
    return pour(one.values, feeding);
}

/// Calls `take(values)` for each row, which it may change, rotated where rows are stored so.
template <class Take>
result<void> each_row(const encoding& one, Take take)
{
    const dtype       type = one.values.type;
    const std::size_t width = element_size(type);
    if (one.values.size == 0)
        return {};
    growing_array<float> row(one.memory);
    if (one.columns > SIZE_MAX || !row.resize(memory_size(one.columns)))
        return error{.code = errc::out_of_memory, .expected = one.columns * sizeof(float)};
    const auto put = [&](const std::byte* from, std::size_t count) -> result<void> {
        for (std::size_t i = 0; i < count; ++i) {
            floats_from(type, from + i * row.size() * width, row.size(), row.data());
            if (one.rotation != 0) {
                rotate_groups(row.data(), row.size(), memory_size(one.rotation));
                round_all(type, row.data(), row.size());
            }
            if (auto taken = take(row.data()); !taken)
                return taken;
        }
        return {};
    };
    unit_feed feeding(one.columns * width, put, one.memory);
    return pour(one.values, feeding);
}

STET_INLINE result<float> measure(const encoding& one)
{
    float      largest = 0;
    const auto done = each_chunk(one, [&largest](const float* values, std::size_t count) -> result<void> {
        largest = largest_of(values, count, largest);
        return {};
    });
    return done ? result<float>(largest) : result<float>(done.error());
}

STET_INLINE result<void> measure_rows(const encoding& one, float* reach)
{
    const bool                  has_groups = one.rule == value_rule::asym_w4a8;
    const asym_levels           levels = asym_levels::of(one.bits, one.has_levels);
    growing_array<std::uint8_t> codes(one.memory);
    if (has_groups && !codes.resize(memory_size(one.group)))
        return error{.code = errc::out_of_memory, .expected = one.group};
    return each_row(one, [&](const float* values) -> result<void> {
        const auto  count = memory_size(one.columns);
        const float largest = largest_of(values, count);
        *reach++ = has_groups && largest <= most_finite
                       ? asym_reach(levels, values, count, memory_size(one.group), codes.data())
                       : largest;
        return {};
    });
}

STET_INLINE result<void> pour_codes(const encoding& one, sink_ref destination)
{
    row_encoder encoder(one, destination);
    if (auto prepared = encoder.prepare(); !prepared)
        return prepared;
    const auto put_bytes = [&](float* values, std::size_t count) { return encoder.put_bytes(values, count); };
    const auto put_row = [&](float* values) { return encoder.put_row(values); };
    const auto done = one.rule == value_rule::bytes ? each_chunk(one, put_bytes) : each_row(one, put_row);
    return done ? encoder.finish_codes() : done;
}

STET_INLINE result<void> pour_scales(const encoding& one, sink_ref destination)
{
    row_encoder encoder(one, destination);
    if (auto prepared = encoder.prepare(); !prepared)
        return prepared;
    const auto done = each_row(one, [&](const float* values) { return encoder.put_scales(values); });
    return done ? encoder.finish_scales() : done;
}

} // namespace STET_NAMESPACE::detail
