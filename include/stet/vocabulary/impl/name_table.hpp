// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_NAME_TABLE_HPP
#define STET_VOCABULARY_IMPL_NAME_TABLE_HPP

#include "../config.hpp"
#include "growing_array.hpp"
#include "position_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Finds positions by name, of names that lie elsewhere and may come from a stranger. A search looks at no more than
/// `most_cells` cells and compares no more than `most_alike` names there; names that find no place within these bounds
/// lie in a balanced tree. So whatever names are chosen, a search costs some fixed steps and the logarithm of their
/// number.
/// name_at: gives the name at a position, of a type with == and compare(); that of a removed name too
/// hash:    of the name under seed(), as hash() gives it
class name_table {
public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    static constexpr unsigned      most_cells = 64;
    static constexpr unsigned      most_alike = 8;

    explicit name_table(const allocator& memory) noexcept;

    std::uint64_t seed() const noexcept { return seed_; }

    /// The hash of a name, in one piece or two: where it is cut makes no difference.
    std::uint32_t hash(std::string_view head, std::string_view tail = {}) const noexcept;

    /// Makes room for that many names in a table that has none. False when the allocator gave nothing.
    [[nodiscard]] bool reserve(std::size_t count) noexcept;

    /// Forgets all names, but not the room for them.
    void clear() noexcept;

    /// The position under that name, or none.
    template <class Name, class NameAt>
    std::uint32_t find(const Name& name, std::uint32_t hash, NameAt name_at) const noexcept
    {
        if (cells_.empty())
            return none;
        const place reached = walk(name, hash, name_at);
        if (reached.is_found)
            return cells_[reached.at].position;
        if (overflow_.empty())
            return none;
        const auto* const node = overflow_.find(order_of(name, hash, name_at));
        return node == nullptr || node->is_removed ? none : node->position;
    }

    /// Adds a name that is not in the table. False when the allocator gave nothing.
    template <class Name, class NameAt>
    [[nodiscard]] bool insert(const Name& name, std::uint32_t hash, std::uint32_t position,
                              NameAt name_at) noexcept
    {
        if ((used_ + 1) * 2 > cells_.size() && !grow(name_at))
            return false;
        return put(name, walk(name, hash, name_at), {.position = position, .hash = hash}, name_at);
    }

    /// Sets the position of a name, which may be in the table already: `earlier` receives the position it had, or
    /// none. False when the allocator gave nothing.
    template <class Name, class NameAt>
    [[nodiscard]] bool set(const Name& name, std::uint32_t hash, std::uint32_t position,
                           std::uint32_t& earlier, NameAt name_at) noexcept
    {
        earlier = none;
        if ((used_ + 1) * 2 > cells_.size() && !grow(name_at))
            return false;
        const place reached = walk(name, hash, name_at);
        if (reached.is_found) {
            earlier = std::exchange(cells_[reached.at].position, position);
            return true;
        }
        if (!overflow_.empty()) {
            auto* const node = overflow_.find(order_of(name, hash, name_at));
            if (node != nullptr && !node->is_removed) {
                earlier = std::exchange(node->position, position);
                return true;
            }
        }
        return put(name, reached, {.position = position, .hash = hash}, name_at);
    }

    /// Removes a name that is in the table.
    template <class Name, class NameAt>
    void remove(const Name& name, std::uint32_t hash, NameAt name_at) noexcept
    {
        const place reached = walk(name, hash, name_at);
        if (reached.is_found)
            cells_[reached.at].position = removed;
        else if (auto* const node = overflow_.find(order_of(name, hash, name_at)); node != nullptr)
            node->is_removed = true;
    }

private:
    struct cell {
        std::uint32_t position;
        std::uint32_t hash; ///< of a removed name too, so that searches go on as before
    };
    static constexpr std::uint32_t removed = none - 1;

    /// Where a search ended: at the name, at an empty cell, or at its bounds.
    struct place {
        std::size_t at;
        bool        is_found;
        bool        is_empty;
    };

    template <class Name, class NameAt>
    place walk(const Name& name, std::uint32_t hash, NameAt name_at) const noexcept
    {
        const std::size_t last = cells_.size() - 1;
        std::size_t       at = hash & last;
        unsigned          alike = 0;
        for (unsigned step = 0; step < most_cells && alike < most_alike; ++step, at = (at + 1) & last) {
            const cell& here = cells_[at];
            if (here.position == none)
                return {.at = at, .is_found = false, .is_empty = true};
            if (here.hash != hash)
                continue;
            ++alike;
            if (here.position != removed && name_at(here.position) == name)
                return {.at = at, .is_found = true, .is_empty = false};
        }
        return {.at = at, .is_found = false, .is_empty = false};
    }

    /// By hash, then by name.
    template <class Name, class NameAt>
    static auto order_of(const Name& name, std::uint32_t hash, NameAt name_at) noexcept
    {
        return [&name, hash, name_at](const position_tree::node& node) -> int {
            if (hash != node.hash)
                return hash < node.hash ? -1 : 1;
            return name.compare(name_at(node.position));
        };
    }

    template <class Name, class NameAt>
    bool put(const Name& name, const place& reached, const cell& content, NameAt name_at) noexcept
    {
        if (reached.is_empty) {
            cells_[reached.at] = content;
            ++used_;
            return true;
        }
        const auto order = order_of(name, content.hash, name_at);
        if (auto* const node = overflow_.find(order); node != nullptr) { // removed before
            node->position = content.position;
            node->is_removed = false;
            return true;
        }
        return overflow_.insert(content.hash, content.position, order);
    }

    template <class NameAt>
    bool grow(NameAt name_at) noexcept
    {
        growing_array<cell> old(cells_.memory());
        const std::size_t   used = used_;
        if (!old.resize(cells_.empty() ? least_cells : cells_.size() * 2))
            return false;
        std::swap(old, cells_);
        empty_cells();
        for (const cell& kept : old) {
            if (is_live(kept) && !put_again(kept, name_at)) {
                std::swap(old, cells_);
                used_ = used;
                forget_overflow_of_cells(name_at);
                return false;
            }
        }
        return true;
    }

    template <class NameAt>
    bool put_again(const cell& kept, NameAt name_at) noexcept
    {
        const auto& name = name_at(kept.position);
        return put(name, walk(name, kept.hash, name_at), kept, name_at);
    }

    /// What went into the tree on the way to a larger table that there was no memory for still has its cell.
    template <class NameAt>
    void forget_overflow_of_cells(NameAt name_at) noexcept
    {
        for (const cell& kept : cells_) {
            if (!is_live(kept))
                continue;
            const auto& name = name_at(kept.position);
            if (auto* const node = overflow_.find(order_of(name, kept.hash, name_at)); node != nullptr)
                node->is_removed = true;
        }
    }

    static constexpr bool is_live(const cell& one) noexcept
    {
        return one.position != none && one.position != removed;
    }

    void empty_cells() noexcept;

    static constexpr std::size_t least_cells = 64;

    growing_array<cell> cells_;
    position_tree       overflow_;
    std::size_t         used_ = 0; ///< cells taken, removed ones included
    std::uint64_t       seed_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "name_table.ipp"
#endif

#endif
