// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/prefetch.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "name_order.hpp"

#include <bit>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE std::uint64_t load_characters(const char* text) noexcept
{
    // Compilers make one instruction of these three lines, but not of a loop over the bytes.
    const std::uint64_t eight = load_word(text);
    const std::uint64_t pairs = (eight & 0x00FF00FF00FF00FFU) << 8U | (eight >> 8U & 0x00FF00FF00FF00FFU);
    const std::uint64_t fours = (pairs & 0x0000FFFF0000FFFFU) << 16U | (pairs >> 16U & 0x0000FFFF0000FFFFU);
    return fours << 32U | fours >> 32U;
}

STET_INLINE void load_key(name_key& key, const placed_name& name, std::size_t depth) noexcept
{
    const std::size_t left = name.size() - depth;
    if (left > 8 && depth >= name.prefix.size()) {
        key.length = 9;
        key.characters = load_characters(name.stem.data() + (depth - name.prefix.size()));
        return;
    }
    key.length = left > 8 ? 9 : static_cast<std::uint32_t>(left);
    const std::size_t count = left > 8 ? 8 : left;
    key.characters = 0;
    const bool       in_stem = depth >= name.prefix.size();
    std::string_view piece = in_stem ? name.stem : name.prefix;
    std::size_t      at = in_stem ? depth - name.prefix.size() : depth;
    for (std::size_t i = 0; i < count; ++i, ++at) {
        if (at == piece.size()) {
            piece = name.stem;
            at = 0;
        }
        key.characters |= std::uint64_t{static_cast<unsigned char>(piece[at])} << (56 - 8 * i);
    }
}

STET_INLINE std::size_t shared_characters(const char* a, const char* b, std::size_t count) noexcept
{
    std::size_t i = 0;
    for (; count - i >= 8; i += 8) {
        const std::uint64_t differing = load_word(a + i) ^ load_word(b + i);
        if (differing != 0)
            return i + static_cast<std::size_t>(std::countr_zero(differing)) / 8;
    }
    while (i < count && a[i] == b[i])
        ++i;
    return i;
}

STET_INLINE std::size_t shared_by_two(const placed_name& a, const placed_name& b, std::size_t depth,
                                      std::size_t most) noexcept
{
    most = least(most, least(a.size(), b.size()) - depth);
    std::size_t shared = 0;
    if (a.prefix.size() == b.prefix.size()) {
        const std::size_t in_prefix = depth < a.prefix.size() ? a.prefix.size() - depth : 0;
        // Names of one component share their prefix without a look at it.
        if (a.prefix.data() == b.prefix.data())
            shared = least(most, in_prefix);
        if (shared == in_prefix) {
            const char* const from_a = a.stem.data() + (depth + shared - a.prefix.size());
            const char* const from_b = b.stem.data() + (depth + shared - b.prefix.size());
            return shared + shared_characters(from_a, from_b, most - shared);
        }
    }
    while (shared < most && a[depth + shared] == b[depth + shared])
        ++shared;
    return shared;
}

STET_INLINE void prefetch_ahead(array_view<const name_key> range, array_view<const record> records,
                                std::size_t i) noexcept
{
    if (i + 2 * prefetch_distance < range.size())
        prefetch(&records[range[i + 2 * prefetch_distance].record].name);
    if (i + prefetch_distance < range.size())
        prefetch_text(records[range[i + prefetch_distance].record].name.stem);
}

STET_INLINE std::size_t shared_length(array_view<const name_key> range, array_view<const record> records,
                                      std::size_t depth) noexcept
{
    const placed_name& first = records[range[0].record].name;
    std::size_t        shared = first.size() - depth;
    for (std::size_t i = 1; i < range.size(); ++i) {
        prefetch_ahead(range, records, i);
        shared = least(shared, shared_by_two(first, records[range[i].record].name, depth, shared));
    }
    return shared;
}

STET_INLINE int compare_from(const placed_name& a, const placed_name& b, std::size_t depth) noexcept
{
    const std::size_t shared = shared_by_two(a, b, depth, a.size() - depth);
    const std::size_t at = depth + shared;
    if (at == a.size() || at == b.size())
        return (a.size() > b.size() ? 1 : 0) - (a.size() < b.size() ? 1 : 0);
    return static_cast<unsigned char>(a[at]) - static_cast<unsigned char>(b[at]);
}

STET_INLINE name_sorter::name_sorter(array_view<const record>   records,
                                     growing_array<name_clash>& clashes) noexcept
    : records_(records), clashes_(clashes), keys_(clashes.memory()), open_(clashes.memory())
{
}

STET_INLINE bool name_sorter::run() noexcept
{
    if (!keys_.resize(records_.size()))
        return false;
    for (std::size_t i = 0; i < keys_.size(); ++i)
        keys_[i] = {.record = static_cast<std::uint32_t>(i)};
    if (!leave_open({.begin = 0, .end = keys_.size(), .depth = 0}))
        return false;
    while (!open_.empty()) {
        const range now = open_[open_.size() - 1];
        static_cast<void>(open_.resize(open_.size() - 1));
        if (!sort(now))
            return false;
    }
    return true;
}

STET_INLINE bool name_sorter::sort(range now) noexcept
{
    const array_view<name_key> part(keys_.data() + now.begin, now.size());
    if (!now.is_loaded) {
        now.depth += shared_length(part, records_, now.depth);
        for (std::size_t i = 0; i < part.size(); ++i) {
            prefetch_ahead(part, records_, i);
            load_key(part[i], records_[part[i].record].name, now.depth);
        }
    }
    constexpr std::size_t few = 12;
    return part.size() <= few ? sort_few(part, now.depth + 8) : split(now, part);
}

STET_INLINE bool name_sorter::sort_few(array_view<name_key> part, std::size_t depth) noexcept
{
    for (std::size_t i = 1; i < part.size(); ++i) {
        const name_key moving = part[i];
        std::size_t    at = i;
        for (; at > 0; --at) {
            const int order = compare(part[at - 1], moving, depth);
            if (order < 0 || (order == 0 && part[at - 1].record < moving.record))
                break;
            part[at] = part[at - 1];
        }
        part[at] = moving;
    }
    for (std::size_t i = 1; i < part.size(); ++i) {
        if (compare(part[i - 1], part[i], depth) == 0 && !clashes_.push({part[i - 1].record, part[i].record}))
            return false;
    }
    return true;
}

STET_INLINE int name_sorter::compare(const name_key& a, const name_key& b, std::size_t depth) const noexcept
{
    const int order = a.compare(b);
    return order != 0 || !a.goes_on() ? order
                                      : compare_from(records_[a.record].name, records_[b.record].name, depth);
}

STET_INLINE bool name_sorter::split(const range& now, array_view<name_key> part) noexcept
{
    // Names chosen to mislead the guess at the median cost a sort, not a quadratic time.
    if (now.is_lopsided)
        sort_range(part, before);
    const name_key pivot = part[now.is_lopsided ? part.size() / 2 : guess_median(part)];
    std::size_t    below = 0;
    std::size_t    above = part.size();
    for (std::size_t i = 0; i < above;) {
        const int order = part[i].compare(pivot);
        if (order < 0)
            std::swap(part[below++], part[i++]);
        else if (order > 0)
            std::swap(part[i], part[--above]);
        else
            ++i;
    }
    const std::size_t largest = below > part.size() - above ? below : part.size() - above;
    const bool        is_lopsided = largest > part.size() - part.size() / 8;
    const auto        piece = [&](std::size_t begin, std::size_t end) {
        return range{now.begin + begin, now.begin + end, now.depth, true, is_lopsided};
    };
    if (!leave_open(piece(0, below)) || !leave_open(piece(above, part.size())))
        return false;
    if (pivot.goes_on())
        return leave_open({.begin = now.begin + below, .end = now.begin + above, .depth = now.depth + 8});
    return add_clashes(part.subspan(below, above - below));
}

STET_INLINE bool name_sorter::add_clashes(array_view<name_key> same) noexcept
{
    sort_range(same, before);
    for (std::size_t i = 1; i < same.size(); ++i) {
        if (!clashes_.push({same[i - 1].record, same[i].record}))
            return false;
    }
    return true;
}

STET_INLINE std::size_t name_sorter::middle(array_view<const name_key> part, std::size_t a, std::size_t b,
                                            std::size_t c) noexcept
{
    if (before(part[b], part[a]))
        std::swap(a, b);
    if (before(part[c], part[b]))
        b = before(part[c], part[a]) ? a : c;
    return b;
}

STET_INLINE std::size_t name_sorter::guess_median(array_view<const name_key> part) noexcept
{
    const std::size_t step = part.size() / 9;
    return middle(part, middle(part, 0, step, 2 * step), middle(part, 3 * step, 4 * step, 5 * step),
                  middle(part, 6 * step, 7 * step, part.size() - 1));
}

STET_INLINE result<void> order_by_name(array_view<const record> records, growing_array<std::uint32_t>& order,
                                       growing_array<name_clash>& clashes) noexcept
{
    detail::name_sorter sorter(records, clashes);
    if (!order.resize(records.size()) || !sorter.run())
        return detail::out_of_memory(records.size() * (sizeof(detail::name_key) + sizeof(std::uint32_t)));
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = sorter.keys()[i].record;
    heap_sort(clashes.view(), [](const name_clash& a, const name_clash& b) { return a.second < b.second; });
    return {};
}

} // namespace STET_NAMESPACE::detail
