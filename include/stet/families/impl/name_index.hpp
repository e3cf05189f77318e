// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_NAME_INDEX_HPP
#define STET_FAMILIES_IMPL_NAME_INDEX_HPP

#include "../../layout/placed_name.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE::detail {

/// A hash of a name that does not depend on where it is cut.
class name_hash {
public:
    explicit name_hash(const placed_name& name) noexcept;

    std::uint64_t value() const noexcept { return state_ ^ (state_ >> 32U); }

private:
    void mix(std::uint64_t word) noexcept;

    void feed(std::string_view text) noexcept;

    /// Up to eight bytes, the first of them lowest.
    static std::uint64_t load(const char* text, std::size_t count) noexcept;

    /// Adds the `count` lowest bytes, one to eight; the others are 0.
    void take(std::uint64_t word, unsigned count) noexcept;

    std::uint64_t state_ = 0x243F6A8885A308D3U;
    std::uint64_t pending_ = 0;
    unsigned      filled_ = 0;
};

/// Finds positions by name: open addressing over 32-bit positions of names that lie elsewhere.
class name_index {
public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    explicit name_index(const allocator& memory) noexcept : table_(memory) {}

    /// Makes room for that many names in an index that has none. False when the allocator gave nothing.
    [[nodiscard]] bool reserve(std::size_t count) noexcept;

    /// The position under that name, or none. name_at: gives the name at a position
    template <class NameAt>
    std::uint32_t find(const placed_name& name, NameAt name_at) const noexcept
    {
        return find(name, name_hash(name), name_at);
    }

    /// The same, with the name's hash at hand.
    template <class NameAt>
    std::uint32_t find(const placed_name& name, const name_hash& hashed, NameAt name_at) const noexcept
    {
        if (table_.empty())
            return none;
        const std::uint64_t hash = hashed.value();
        for (std::size_t at = start(hash); table_[at].position != none; at = next(at)) {
            const cell& found = table_[at];
            if (found.tag == tag(hash) && found.position != removed && name_at(found.position) == name)
                return found.position;
        }
        return none;
    }

    /// Adds a name that is not in the index. False when the allocator gave nothing.
    template <class NameAt>
    [[nodiscard]] bool insert(const placed_name& name, std::uint32_t position, NameAt name_at) noexcept
    {
        return insert(name_hash(name), position, name_at);
    }

    /// The same, with the name's hash at hand.
    template <class NameAt>
    [[nodiscard]] bool insert(const name_hash& hashed, std::uint32_t position, NameAt name_at) noexcept
    {
        if ((used_ + 1) * 2 > table_.size() && !grow(name_at))
            return false;
        place(hashed.value(), position);
        ++used_;
        return true;
    }

    /// Removes the name at a position that is in the index.
    void remove(const placed_name& name, std::uint32_t position) noexcept;

private:
    struct cell {
        std::uint32_t position;
        std::uint32_t tag;
    };
    static constexpr std::uint32_t removed = none - 1;

    static std::uint32_t tag(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32U); }
    std::size_t start(std::uint64_t hash) const noexcept { return memory_size(hash & (table_.size() - 1)); }
    std::size_t next(std::size_t at) const noexcept { return (at + 1) & (table_.size() - 1); }

    void place(std::uint64_t hash, std::uint32_t position) noexcept;

    template <class NameAt>
    bool grow(NameAt name_at) noexcept
    {
        growing_array<cell> old(table_.memory());
        if (!old.resize(table_.empty() ? 64 : table_.size() * 2))
            return false;
        std::swap(old, table_);
        for (cell& fresh : table_)
            fresh = {.position = none, .tag = 0};
        used_ = 0;
        for (const cell& kept : old) {
            if (kept.position == none || kept.position == removed)
                continue;
            place(name_hash(name_at(kept.position)).value(), kept.position);
            ++used_;
        }
        return true;
    }

    growing_array<cell> table_;
    std::size_t         used_ = 0; ///< cells taken, removed ones included
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "name_index.ipp"
#endif

#endif
