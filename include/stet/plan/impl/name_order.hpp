// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_IMPL_NAME_ORDER_HPP
#define STET_PLAN_IMPL_NAME_ORDER_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "../plan.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Two records of the same name, by their index.
struct name_clash {
    std::uint32_t first;
    std::uint32_t second;
};

/// Eight characters of a name as a number that compares as they do, and how many there were.
struct name_key {
    std::uint64_t characters = 0;
    std::uint32_t record = 0;
    std::uint32_t length = 0; ///< 0 to 8; 9 when the name goes on

    constexpr bool goes_on() const noexcept { return length == 9; }

    /// Less than, equal to or more than 0.
    constexpr int compare(const name_key& other) const noexcept
    {
        if (characters != other.characters)
            return characters < other.characters ? -1 : 1;
        return static_cast<int>(length) - static_cast<int>(other.length);
    }
};

/// Equal keys stay in the order of their records.
constexpr bool before(const name_key& a, const name_key& b) noexcept
{
    if (const int order = a.compare(b); order != 0)
        return order < 0;
    return a.record < b.record;
}

/// The eight bytes at `text` as a number that compares as they do.
std::uint64_t load_characters(const char* text) noexcept;

void load_key(name_key& key, const placed_name& name, std::size_t depth) noexcept;

constexpr std::size_t least(std::size_t a, std::size_t b) noexcept
{
    return a < b ? a : b;
}

/// How many of `count` characters are the same from the start.
std::size_t shared_characters(const char* a, const char* b, std::size_t count) noexcept;

/// Characters from `depth` on that two names share, at most `most`; both have at least `depth`.
std::size_t shared_by_two(const placed_name& a, const placed_name& b, std::size_t depth,
                          std::size_t most) noexcept;

/// Asks for a name that a walk through the range will look at soon, its record first.
void prefetch_ahead(array_view<const name_key> range, array_view<const record> records,
                    std::size_t i) noexcept;

/// Characters from `depth` on that all names of the range share; all have at least `depth`.
std::size_t shared_length(array_view<const name_key> range, array_view<const record> records,
                          std::size_t depth) noexcept;

/// Less than, equal to or more than 0. Compares from `depth` on; both names have at least that many characters.
int compare_from(const placed_name& a, const placed_name& b, std::size_t depth) noexcept;

/// Sorts names by eight characters at a time, so that each is looked at a few times, however many there are:
/// quicksort in three parts, below, equal to and above a pivot's eight characters, of which only the equal ones have to
/// be looked at again, after those characters.
/// source: Bentley and Sedgewick, Fast Algorithms for Sorting and Searching Strings, 1997
class name_sorter {
public:
    /// memory of keys and clashes: that of `clashes`
    name_sorter(array_view<const record> records, growing_array<name_clash>& clashes) noexcept;

    /// False when there was no memory for it.
    bool run() noexcept;

    array_view<const name_key> keys() const noexcept { return keys_.view(); }

private:
    /// Keys whose names share their first `depth` characters.
    struct range {
        std::size_t begin, end, depth;
        bool        is_loaded = false;   ///< the keys hold the characters from `depth` on
        bool        is_lopsided = false; ///< the pivot before told little apart

        std::size_t size() const noexcept { return end - begin; }
    };

    bool leave_open(const range& part) noexcept { return part.size() < 2 || open_.push(part); }

    bool sort(range now) noexcept;

    /// Insertion sort. depth: how many characters of a name its key and the keys before it have held
    bool sort_few(array_view<name_key> part, std::size_t depth) noexcept;

    int compare(const name_key& a, const name_key& b, std::size_t depth) const noexcept;

    bool split(const range& now, array_view<name_key> part) noexcept;

    /// Of keys that hold the ends of one and the same name.
    bool add_clashes(array_view<name_key> same) noexcept;

    static std::size_t middle(array_view<const name_key> part, std::size_t a, std::size_t b,
                              std::size_t c) noexcept;

    static std::size_t guess_median(array_view<const name_key> part) noexcept;

    array_view<const record>   records_;
    growing_array<name_clash>& clashes_;
    growing_array<name_key>    keys_;
    growing_array<range>       open_;
};

/// Fills `order` with the indices of the records, names ascending byte by byte.
/// clashes: receives every pair of neighbours of one name, the earlier record first, in the order of the later ones
/// errors:  out_of_memory
result<void> order_by_name(array_view<const record> records, growing_array<std::uint32_t>& order,
                           growing_array<name_clash>& clashes) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "name_order.ipp"
#endif

#endif
