// SPDX-License-Identifier: MIT
// A key given twice: as in a Python dict, the first keeps its place and the last its value.
#ifndef STET_COMFYUI_IMPL_UNIQUE_MEMBERS_HPP
#define STET_COMFYUI_IMPL_UNIQUE_MEMBERS_HPP

#include "../../vocabulary/array_view.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "json_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Quick to compute, and quick to find other keys for that have the same.
inline std::uint64_t key_hash(std::string_view key) noexcept
{
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;
    std::uint64_t           mixed = key.size();
    std::uint64_t           word = 0;
    for (; key.size() > sizeof word; key.remove_prefix(sizeof word)) {
        std::memcpy(&word, key.data(), sizeof word);
        mixed = (mixed ^ word) * odd;
        mixed ^= mixed >> 32U;
    }
    word = 0;
    std::memcpy(&word, key.data(), key.size());
    mixed = (mixed ^ word) * odd;
    return mixed ^ mixed >> 32U;
}

/// Members of the objects of a JSON text, while it is written and until each object ends. A member that is
/// replaced by a later one stays in the written text; a list of jumps leads around it, so that nothing is
/// moved more than once however deep the objects lie in each other.
class unique_members {
public:
    explicit unique_members(const allocator& memory) noexcept : open_(memory), kept_(memory), jumps_(memory)
    {
    }

    /// Members of all objects that have not ended.
    std::size_t open_count() const noexcept { return open_.size(); }

    /// The text written so far ends with a key, in quotes, that starts at `begin`.
    /// returns: false when the allocator gave nothing
    [[nodiscard]] bool add(std::string_view written, std::size_t begin) noexcept
    {
        const std::string_view key = written.substr(begin);
        return open_.push(
            {.hash = key_hash(key), .begin = begin, .key_size = key.size(), .end = written.size()});
    }

    /// The text written so far ends with the value of the member added last.
    void end_member(std::string_view written) noexcept { open_[open_.size() - 1].end = written.size(); }

    /// The text written so far ends with the last member of an object, before the brace; the object's members
    /// are those from `first` on, and are forgotten.
    /// returns: false when the allocator gave nothing
    [[nodiscard]] bool end_object(std::string_view written, std::size_t first) noexcept
    {
        const array_view<member> members(open_.data() + first, open_.size() - first);
        const bool               done = are_unique(members, written) || note_replaced(members, written);
        static_cast<void>(open_.resize(first)); // fewer than there are
        return done;
    }

    bool any_replaced() const noexcept { return !jumps_.empty(); }

    /// Writes the text without the members that were replaced; `out` has room for the whole text.
    void put_unique(std::string_view written, json_text_builder& out) noexcept
    {
        std::sort(jumps_.begin(), jumps_.end(), [](const jump& a, const jump& b) { return a.from < b.from; });
        std::size_t at = 0;
        for (;;) {
            const jump* const next =
                std::lower_bound(jumps_.begin(), jumps_.end(), at,
                                 [](const jump& a, std::size_t from) { return a.from < from; });
            if (next == jumps_.end())
                break;
            out.put(written.substr(at, next->from - at));
            out.put(next->instead);
            at = next->to;
        }
        out.put(written.substr(at));
    }

private:
    struct member {
        std::uint64_t hash; ///< of the key
        std::size_t   begin;
        std::size_t   key_size;
        std::size_t   end;
    };

    /// A member of the dict: the text from `begin` to `end`, in the place of the one that starts at `place`.
    struct kept_member {
        std::size_t place;
        std::size_t begin;
        std::size_t end;
    };

    /// What follows the characters before `from`: `instead`, then the characters from `to` on.
    struct jump {
        std::size_t      from;
        std::size_t      to;
        std::string_view instead;
    };

    static bool same_key(const member& a, const member& b, std::string_view written) noexcept
    {
        return a.hash == b.hash && a.key_size == b.key_size &&
               written.substr(a.begin, a.key_size) == written.substr(b.begin, b.key_size);
    }

    /// Leaves members of one key next to each other, in their order, if there are any.
    static bool are_unique(array_view<member> members, std::string_view written) noexcept
    {
        constexpr std::size_t few = 12;
        if (members.size() <= few) {
            bool any_equal = false;
            for (std::size_t i = 1; i < members.size(); ++i) {
                for (std::size_t j = 0; j < i; ++j)
                    any_equal = any_equal || members[i].hash == members[j].hash;
            }
            if (!any_equal)
                return true;
        }
        std::sort(members.begin(), members.end(), [written](const member& a, const member& b) {
            if (a.hash != b.hash)
                return a.hash < b.hash;
            // Whoever chooses the keys can choose them so that their hashes are equal.
            const int compared =
                written.substr(a.begin, a.key_size).compare(written.substr(b.begin, b.key_size));
            return compared != 0 ? compared < 0 : a.begin < b.begin;
        });
        return std::adjacent_find(members.begin(), members.end(),
                                  [written](const member& a, const member& b) {
                                      return same_key(a, b, written);
                                  }) == members.end();
    }

    /// members: as are_unique leaves them
    bool note_replaced(array_view<const member> members, std::string_view written) noexcept
    {
        static_cast<void>(kept_.resize(0));
        for (std::size_t begin = 0; begin < members.size();) {
            std::size_t last = begin;
            while (last + 1 < members.size() && same_key(members[begin], members[last + 1], written))
                ++last;
            if (!kept_.push(
                    {.place = members[begin].begin, .begin = members[last].begin, .end = members[last].end}))
                return false;
            begin = last + 1;
        }
        std::sort(kept_.begin(), kept_.end(),
                  [](const kept_member& a, const kept_member& b) { return a.place < b.place; });

        if (kept_[0].begin != kept_[0].place && !jumps_.push({kept_[0].place, kept_[0].begin, {}}))
            return false;
        for (std::size_t i = 0; i + 1 < kept_.size(); ++i) {
            constexpr std::string_view between = ", ";
            if (!note_jump(kept_[i].end, kept_[i + 1].begin, between))
                return false;
        }
        return note_jump(kept_[kept_.size() - 1].end, written.size() + 1, "}");
    }

    /// Nothing to note where the characters in between are the same.
    bool note_jump(std::size_t from, std::size_t to, std::string_view instead) noexcept
    {
        return from + instead.size() == to || jumps_.push({from, to, instead});
    }

    growing_array<member>      open_;
    growing_array<kept_member> kept_; // of the object that ends
    growing_array<jump>        jumps_;
};

} // namespace STET_NAMESPACE::detail

#endif
