// SPDX-License-Identifier: MIT
#ifndef STET_READ_IMPL_NAME_TABLE_HPP
#define STET_READ_IMPL_NAME_TABLE_HPP

#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "text_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Finds positions by name, of names that lie elsewhere and came from a stranger: names made to collide cost a sort,
/// not a quadratic search. Every function takes `name_at`, which gives the name at a position.
class name_table {
public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    explicit name_table(const allocator& memory) noexcept : cells_(memory), sorted_(memory) {}

    /// Enters the names at positions 0 to count-1. Of two that are equal the later one stays, and `repeated` is called
    /// with the position that goes and the one that stays, perhaps more than once.
    /// hash_at: gives text_hash of a name, at hand or computed
    /// returns: false when the allocator gave nothing
    template <class NameAt, class HashAt, class Repeated>
    [[nodiscard]] bool build(std::uint32_t count, NameAt name_at, HashAt hash_at, Repeated repeated) noexcept
    {
        sorted_.clear();
        std::size_t size = 16;
        while (size < std::size_t{count} * 2)
            size *= 2;
        if (!cells_.resize(size))
            return false;
        for (cell& fresh : cells_)
            fresh = {.position = none, .hash = 0};
        // About two cells are looked at for each name; far more means names chosen to collide.
        std::size_t   steps_left = std::size_t{count} * 16 + 1024;
        std::uint32_t entered = 0;
        for (; entered < count; ++entered) {
            const std::uint32_t hash = hash_at(entered);
            std::size_t         at = hash & (size - 1);
            for (; cells_[at].position != none && steps_left != 0; at = (at + 1) & (size - 1), --steps_left) {
                if (cells_[at].hash != hash)
                    continue;
                if (name_at(cells_[at].position) == name_at(entered)) {
                    repeated(cells_[at].position, entered);
                    break;
                }
            }
            if (steps_left == 0)
                break;
            cells_[at] = {.position = entered, .hash = hash};
        }
        return entered == count || sort(count, name_at, repeated);
    }

    /// The position under that name, or none.
    template <class NameAt>
    std::uint32_t find(std::string_view name, NameAt name_at) const noexcept
    {
        if (!sorted_.empty())
            return find_sorted(name, name_at);
        if (cells_.empty())
            return none;
        const std::uint32_t hash = text_hash(name);
        for (std::size_t at = hash & (cells_.size() - 1); cells_[at].position != none;
             at = (at + 1) & (cells_.size() - 1))
        {
            if (cells_[at].hash == hash && name_at(cells_[at].position) == name)
                return cells_[at].position;
        }
        return none;
    }

private:
    struct cell {
        std::uint32_t position;
        std::uint32_t hash;
    };

    template <class NameAt>
    std::uint32_t find_sorted(std::string_view name, NameAt name_at) const noexcept
    {
        std::size_t first = 0; // names before it are less, from last on they are not
        for (std::size_t last = sorted_.size(); first < last;) {
            const std::size_t middle = first + (last - first) / 2;
            if (name_at(sorted_[middle]) < name)
                first = middle + 1;
            else
                last = middle;
        }
        return first < sorted_.size() && name_at(sorted_[first]) == name ? sorted_[first] : none;
    }

    /// Gives up on hashing.
    template <class NameAt, class Repeated>
    bool sort(std::uint32_t count, NameAt name_at, Repeated repeated) noexcept
    {
        cells_.clear();
        if (!sorted_.resize(count))
            return false;
        for (std::uint32_t i = 0; i < count; ++i)
            sorted_[i] = i;
        sort_range(sorted_.view(), [&](std::uint32_t left, std::uint32_t right) {
            const int order = name_at(left).compare(name_at(right));
            return order != 0 ? order < 0 : left < right;
        });
        std::size_t kept = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (i + 1 < count && name_at(sorted_[i]) == name_at(sorted_[i + 1])) {
                repeated(sorted_[i], sorted_[i + 1]);
                continue;
            }
            sorted_[kept++] = sorted_[i];
        }
        return sorted_.resize(kept);
    }

    growing_array<cell>          cells_;
    growing_array<std::uint32_t> sorted_;
};

} // namespace STET_NAMESPACE::detail

#endif
