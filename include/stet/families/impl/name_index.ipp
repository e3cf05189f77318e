// SPDX-License-Identifier: MIT
#include "name_index.hpp"

#include <bit>
#include <cstring>

namespace STET_NAMESPACE::detail {

STET_INLINE name_hash::name_hash(const placed_name& name) noexcept
{
    feed(name.prefix);
    feed(name.stem);
    mix(pending_ | std::uint64_t{filled_} << 56U); // at most seven bytes are pending
}

STET_INLINE void name_hash::mix(std::uint64_t word) noexcept
{
    state_ = (state_ ^ word) * 0x9E3779B97F4A7C15U;
    state_ ^= state_ >> 29U;
}

STET_INLINE void name_hash::feed(std::string_view text) noexcept
{
    std::size_t i = 0;
    for (; text.size() - i >= 8; i += 8)
        take(load(text.data() + i, 8), 8);
    if (i < text.size())
        take(load(text.data() + i, text.size() - i), static_cast<unsigned>(text.size() - i));
}

STET_INLINE std::uint64_t name_hash::load(const char* text, std::size_t count) noexcept
{
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&word, text, count);
    } else {
        for (std::size_t i = 0; i < count; ++i)
            word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    return word;
}

STET_INLINE void name_hash::take(std::uint64_t word, unsigned count) noexcept
{
    pending_ |= word << (8 * filled_);
    const unsigned total = filled_ + count;
    if (total < 8) {
        filled_ = total;
        return;
    }
    mix(pending_);
    pending_ = total == 8 ? 0 : word >> (8 * (8 - filled_));
    filled_ = total - 8;
}

STET_INLINE bool name_index::reserve(std::size_t count) noexcept
{
    std::size_t size = 64;
    while (size < count * 2 + 2)
        size *= 2;
    if (size <= table_.size())
        return true;
    if (used_ != 0 || !table_.resize(size))
        return used_ != 0;
    for (cell& fresh : table_)
        fresh = {.position = none, .tag = 0};
    return true;
}

STET_INLINE void name_index::remove(const placed_name& name, std::uint32_t position) noexcept
{
    std::size_t at = start(name_hash(name).value());
    while (table_[at].position != position)
        at = next(at);
    table_[at].position = removed;
}

STET_INLINE void name_index::place(std::uint64_t hash, std::uint32_t position) noexcept
{
    std::size_t at = start(hash);
    while (table_[at].position != none)
        at = next(at);
    table_[at] = {.position = position, .tag = tag(hash)};
}

} // namespace STET_NAMESPACE::detail
