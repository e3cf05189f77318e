// SPDX-License-Identifier: MIT
#include "dequantising.hpp"
#include "unit_feed.hpp"
#include "value_maker.hpp"

namespace STET_NAMESPACE::detail {

template <class Word>
result<void> pour_words(const stored_values& layer, dtype wanted, sink_ref destination,
                        const allocator& memory)
{
    value_maker<Word> making(layer, wanted, destination, memory);
    if (auto prepared = making.prepare(); !prepared)
        return prepared;
    const auto put = [&making](const std::byte* units, std::size_t count) {
        return making.put(units, count);
    };
    unit_feed feeding(stored_row_size(layer.rule, layer.stored_columns, layer.bits), put, memory);
    if (auto poured = pour(layer.weight, feeding); !poured)
        return poured;
    return making.flush();
}

STET_INLINE result<void> pour_values(const stored_values& layer, dtype wanted, sink_ref destination,
                                     const allocator& memory)
{
    if (value_count(layer) == 0)
        return {};
    if (wanted == dtype::f32)
        return pour_words<std::uint32_t>(layer, wanted, destination, memory);
    return pour_words<std::uint16_t>(layer, wanted, destination, memory);
}

} // namespace STET_NAMESPACE::detail
