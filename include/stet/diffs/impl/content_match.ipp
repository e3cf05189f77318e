// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/sort_range.hpp"
#include "content_match.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace STET_NAMESPACE::detail {

inline std::string_view text_of(std::span<const std::byte> bytes) noexcept
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline text_hasher begun_hash(const unmatched& one, std::uint64_t seed) noexcept
{
    text_hasher hash(seed, ~seed);
    const char  type = static_cast<char>(one.type);
    hash.feed({&type, 1});
    hash.feed({reinterpret_cast<const char*>(one.shape.data()), one.shape.size_bytes()});
    return hash;
}

STET_INLINE std::uint64_t part_hash(const unmatched& one, std::uint64_t seed) noexcept
{
    text_hasher hash = begun_hash(one, seed);
    const auto  part = one.bytes.size() < hashed_part ? one.bytes.size() : hashed_part;
    hash.feed(text_of(one.bytes.first(part)));
    hash.feed(text_of(one.bytes.last(part)));
    return hash.value();
}

STET_INLINE std::uint64_t whole_hash(const unmatched& one, std::uint64_t seed) noexcept
{
    text_hasher hash = begun_hash(one, seed);
    hash.feed(text_of(one.bytes));
    return hash.value();
}

STET_INLINE bool has_same_content(const unmatched& one, const unmatched& other) noexcept
{
    return one.type == other.type && one.bytes.size() == other.bytes.size() &&
           std::equal(one.shape.begin(), one.shape.end(), other.shape.begin(), other.shape.end()) &&
           std::memcmp(one.bytes.data(), other.bytes.data(), one.bytes.size()) == 0;
}

STET_INLINE void sort_keys(array_view<content_key> keys) noexcept
{
    sort_range(keys, [](const content_key& one, const content_key& other) {
        return one.hash != other.hash ? one.hash < other.hash : one.at < other.at;
    });
}

} // namespace STET_NAMESPACE::detail
