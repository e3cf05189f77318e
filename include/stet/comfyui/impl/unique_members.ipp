// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/text_hash.hpp"
#include "unique_members.hpp"

#include <algorithm>

namespace STET_NAMESPACE::detail {

STET_INLINE unique_members::unique_members(const allocator& memory) noexcept
    : unique_members(memory, detail::hash_seed(this))
{
}

STET_INLINE unique_members::unique_members(const allocator& memory, std::uint64_t seed) noexcept
    : seed_(seed), open_(memory), kept_(memory), jumps_(memory)
{
}

STET_INLINE bool unique_members::add(std::string_view written, std::size_t begin) noexcept
{
    const std::string_view key = written.substr(begin);
    return open_.push({.hash = static_cast<std::uint32_t>(detail::text_hash(key, seed_)),
                       .begin = begin,
                       .key_size = key.size(),
                       .end = written.size()});
}

STET_INLINE bool unique_members::end_object(std::string_view written, std::size_t first) noexcept
{
    const array_view<member> members(open_.data() + first, open_.size() - first);
    const bool               done = are_unique(members, written) || note_replaced(members, written);
    static_cast<void>(open_.resize(first)); // fewer than there are
    return done;
}

STET_INLINE void unique_members::put_unique(std::string_view written, json_text_builder& out) noexcept
{
    std::sort(jumps_.begin(), jumps_.end(), [](const jump& a, const jump& b) { return a.from < b.from; });
    std::size_t at = 0;
    for (;;) {
        const jump* const next = std::lower_bound(
            jumps_.begin(), jumps_.end(), at, [](const jump& a, std::size_t from) { return a.from < from; });
        if (next == jumps_.end())
            break;
        out.put(written.substr(at, next->from - at));
        out.put(next->instead);
        at = next->to;
    }
    out.put(written.substr(at));
}

STET_INLINE bool unique_members::same_key(const member& a, const member& b, std::string_view written) noexcept
{
    return a.hash == b.hash && a.key_size == b.key_size &&
           written.substr(a.begin, a.key_size) == written.substr(b.begin, b.key_size);
}

STET_INLINE bool unique_members::are_unique(array_view<member> members, std::string_view written) noexcept
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
        // Two keys of one hash are rare but possible.
        const int compared = written.substr(a.begin, a.key_size).compare(written.substr(b.begin, b.key_size));
        return compared != 0 ? compared < 0 : a.begin < b.begin;
    });
    return std::adjacent_find(members.begin(), members.end(), [written](const member& a, const member& b) {
               return same_key(a, b, written);
           }) == members.end();
}

STET_INLINE bool unique_members::note_replaced(array_view<const member> members,
                                               std::string_view         written) noexcept
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

STET_INLINE bool unique_members::note_jump(std::size_t from, std::size_t to,
                                           std::string_view instead) noexcept
{
    return from + instead.size() == to || jumps_.push({from, to, instead});
}

} // namespace STET_NAMESPACE::detail
