// SPDX-License-Identifier: MIT
#ifndef STET_DIFFS_IMPL_CONTENT_MATCH_HPP
#define STET_DIFFS_IMPL_CONTENT_MATCH_HPP

#include "../../tensor/dtype.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/text_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE::detail {

/// A tensor whose name one file has and the other has not.
struct unmatched {
    dtype                          type = dtype::u8;
    std::span<const std::uint64_t> shape{};
    std::span<const std::byte>     bytes{};
    std::size_t                    position = 0;      ///< the caller's
    bool                           is_second = false; ///< which file it is of
};

/// Finds tensors of two files with the same dtype, shape and bytes, each of them once; those that come first in the
/// order given, first. Tensors without bytes match nothing. Hashes a bounded part of each; all bytes only of those whose part
/// several have, once each: so no choice of contents costs more than three looks at each byte.
/// matched: called with the positions of the first file's and of the second file's
/// returns: false when the allocator gave nothing
template <class Matched>
[[nodiscard]] bool match_contents(array_view<const unmatched> all, const allocator& memory, Matched matched);

/// How many bytes of a tensor's start and as many of its end the first hash looks at.
inline constexpr std::size_t hashed_part = std::size_t{16} << 10U;

/// What is the same for tensors that may match.
struct content_key {
    std::uint64_t hash = 0;
    std::size_t   at = 0; ///< position among all
};

/// The hash of what is told without the bytes between start and end.
std::uint64_t part_hash(const unmatched& one, std::uint64_t seed) noexcept;

/// The hash of all bytes.
std::uint64_t whole_hash(const unmatched& one, std::uint64_t seed) noexcept;

bool has_same_content(const unmatched& one, const unmatched& other) noexcept;

/// Sorts keys by hash, and by position where they are equal.
void sort_keys(array_view<content_key> keys) noexcept;

/// Pairs those of one hash, in their order.
template <class Matched>
void pair_up(array_view<const unmatched> all, array_view<const content_key> alike, Matched matched)
{
    std::size_t second = 0;
    for (const content_key& key : alike) {
        if (all[key.at].is_second)
            continue;
        while (second < alike.size() && !all[alike[second].at].is_second)
            ++second;
        if (second == alike.size())
            return;
        const unmatched& other = all[alike[second].at];
        if (has_same_content(all[key.at], other))
        { // else a hash that is equal by chance: none of the two is matched
            matched(all[key.at].position, other.position);
            ++second;
        }
    }
}

/// Calls `visit` with each stretch of keys of one hash.
template <class Visit>
void each_alike(array_view<content_key> keys, Visit visit)
{
    for (std::size_t first = 0; first < keys.size();) {
        std::size_t end = first + 1;
        while (end < keys.size() && keys[end].hash == keys[first].hash)
            ++end;
        visit(keys.subspan(first, end - first));
        first = end;
    }
}

template <class Matched>
bool match_contents(array_view<const unmatched> all, const allocator& memory, Matched matched)
{
    growing_array<content_key> keys(memory);
    if (!keys.reserve(all.size()))
        return false;
    const std::uint64_t seed = hash_seed(&keys);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].bytes.empty() && !keys.push({.hash = part_hash(all[i], seed), .at = i}))
            return false;
    }
    sort_keys(keys.view());
    each_alike(keys.view(), [&](array_view<content_key> alike) {
        if (alike.size() <= 2)
            return pair_up(all, array_view<const content_key>(alike), matched);
        for (content_key& key : alike)
            key.hash = whole_hash(all[key.at], seed);
        sort_keys(alike);
        each_alike(alike, [&](array_view<content_key> same) {
            pair_up(all, array_view<const content_key>(same), matched);
        });
    });
    return true;
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "content_match.ipp"
#endif

#endif
