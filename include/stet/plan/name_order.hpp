// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_NAME_ORDER_HPP
#define STET_PLAN_NAME_ORDER_HPP

#include "../memory/growing_array.hpp"
#include "../result/result.hpp"
#include "record.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

namespace stet::inline v0_1 {

/// Two records of the same name, by their index.
struct name_clash {
    std::uint32_t first;
    std::uint32_t second;
};

namespace detail {

/// Eight characters of a name as a number that compares as they do, and how many there were.
struct name_key {
    std::uint64_t characters = 0;
    std::uint32_t record = 0;
    std::uint8_t  length = 0; ///< 0 to 8; 9 when the name goes on

    /// Equal keys stay in the order of their records.
    friend constexpr bool operator<(const name_key& a, const name_key& b) noexcept
    {
        if (a.characters != b.characters)
            return a.characters < b.characters;
        return a.length != b.length ? a.length < b.length : a.record < b.record;
    }
    constexpr bool same_characters(const name_key& other) const noexcept
    {
        return characters == other.characters && length == other.length;
    }
};

/// The eight bytes at `text` as a number that compares as they do.
inline std::uint64_t load_characters(const char* text) noexcept
{
    std::uint64_t characters = 0;
    for (unsigned i = 0; i < 8; ++i) // compilers make one load of it
        characters |= std::uint64_t{static_cast<unsigned char>(text[i])} << (56 - 8 * i);
    return characters;
}

inline void load_key(name_key& key, const placed_name& name, std::size_t depth) noexcept
{
    const std::size_t left = name.size() - depth;
    if (left > 8 && depth >= name.prefix.size()) {
        key.length = 9;
        key.characters = load_characters(name.stem.data() + (depth - name.prefix.size()));
        return;
    }
    key.length = left > 8 ? std::uint8_t{9} : static_cast<std::uint8_t>(left);
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

/// Characters from `depth` on that two names share, at most `most`; both have at least `depth`.
inline std::size_t shared_by_two(const placed_name& a, const placed_name& b, std::size_t depth,
                                 std::size_t most) noexcept
{
    most = (std::min)(most, (std::min)(a.size(), b.size()) - depth);
    std::size_t shared = 0;
    if (a.prefix.size() == b.prefix.size()) {
        const std::size_t in_prefix = depth < a.prefix.size() ? a.prefix.size() - depth : 0;
        // Names of one component share their prefix without a look at it.
        if (a.prefix.data() == b.prefix.data())
            shared = (std::min)(most, in_prefix);
        if (shared == in_prefix) {
            const char* const from_a = a.stem.data() + (depth + shared - a.prefix.size());
            const char* const from_b = b.stem.data() + (depth + shared - b.prefix.size());
            std::size_t       i = 0;
            const std::size_t count = most - shared;
            while (count - i >= 8 && load_characters(from_a + i) == load_characters(from_b + i))
                i += 8;
            while (i < count && from_a[i] == from_b[i])
                ++i;
            return shared + i;
        }
    }
    while (shared < most && a[depth + shared] == b[depth + shared])
        ++shared;
    return shared;
}

/// Characters from `depth` on that all names of the range share; all have at least `depth`.
inline std::size_t shared_length(std::span<const name_key> range, std::span<const record> records,
                                 std::size_t depth) noexcept
{
    const placed_name& first = records[range[0].record].name;
    std::size_t        shared = first.size() - depth;
    for (const name_key& key : range.subspan(1))
        shared = (std::min)(shared, shared_by_two(first, records[key.record].name, depth, shared));
    return shared;
}

/// Compares from `depth` on; both names have at least that many characters.
inline std::strong_ordering compare_from(const placed_name& a, const placed_name& b,
                                         std::size_t depth) noexcept
{
    const std::size_t shared = shared_by_two(a, b, depth, a.size() - depth);
    const std::size_t at = depth + shared;
    if (at == a.size() || at == b.size())
        return a.size() <=> b.size();
    return static_cast<unsigned char>(a[at]) <=> static_cast<unsigned char>(b[at]);
}

/// Sorts a few keys by looking at the names themselves, and collects those of one name.
/// Returns false when there was no memory for that.
inline bool sort_few(std::span<name_key> range, std::span<const record> records, std::size_t depth,
                     growing_array<name_clash>& clashes) noexcept
{
    for (std::size_t i = 1; i < range.size(); ++i) {
        const name_key moving = range[i];
        std::size_t    at = i;
        for (; at > 0; --at) {
            const name_key& before = range[at - 1];
            const auto      compared =
                compare_from(records[before.record].name, records[moving.record].name, depth);
            if (compared == std::strong_ordering::less ||
                (compared == std::strong_ordering::equal && before.record < moving.record))
                break;
            range[at] = before;
        }
        range[at] = moving;
    }
    for (std::size_t i = 1; i < range.size(); ++i) {
        const std::uint32_t first = range[i - 1].record;
        const std::uint32_t second = range[i].record;
        if (compare_from(records[first].name, records[second].name, depth) == std::strong_ordering::equal &&
            !clashes.push({first, second}))
            return false;
    }
    return true;
}

} // namespace detail

/// Fills `order` with the indices of the records, names ascending byte by byte.
/// Sorts by eight characters at a time, so that each name is looked at a few times, however many there are.
/// clashes: receives every pair of neighbours of one name, the earlier record first
/// errors:  out_of_memory
inline result<void> order_by_name(std::span<const record> records, growing_array<std::uint32_t>& order,
                                  growing_array<name_clash>& clashes) noexcept
{
    struct range {
        std::size_t begin, end, depth;
    };
    growing_array<detail::name_key> keys(order.memory());
    growing_array<range>            open(order.memory());
    const error                     exhausted{.code = errc::out_of_memory,
                                              .expected = records.size() * (sizeof(detail::name_key) + sizeof(std::uint32_t))};
    if (!keys.resize(records.size()) || !order.resize(records.size()))
        return exhausted;
    for (std::size_t i = 0; i < records.size(); ++i)
        keys[i] = {.record = static_cast<std::uint32_t>(i)};
    if (records.size() > 1 && !open.push({.begin = 0, .end = records.size(), .depth = 0}))
        return exhausted;

    while (!open.empty()) {
        const range now = open[open.size() - 1];
        static_cast<void>(open.resize(open.size() - 1));
        const std::span<detail::name_key> part(keys.data() + now.begin, now.end - now.begin);
        constexpr std::size_t             few = 8;
        if (part.size() <= few) {
            if (!detail::sort_few(part, records, now.depth, clashes))
                return exhausted;
            continue;
        }
        const std::size_t depth = now.depth + detail::shared_length(part, records, now.depth);
        for (detail::name_key& key : part)
            detail::load_key(key, records[key.record].name, depth);
        std::sort(part.begin(), part.end());
        for (std::size_t begin = 0; begin < part.size();) {
            std::size_t end = begin + 1;
            while (end < part.size() && part[end].same_characters(part[begin]))
                ++end;
            const bool is_whole = part[begin].length != 9;
            for (std::size_t i = begin + 1; is_whole && i < end; ++i) {
                if (!clashes.push({part[i - 1].record, part[i].record}))
                    return exhausted;
            }
            if (!is_whole && end - begin > 1 &&
                !open.push({.begin = now.begin + begin, .end = now.begin + end, .depth = depth + 8}))
                return exhausted;
            begin = end;
        }
    }
    for (std::size_t i = 0; i < records.size(); ++i)
        order[i] = keys[i].record;
    return {};
}

} // namespace stet::inline v0_1

#endif
