// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../digests.hpp"
#include "crc32_words.hpp"

#include <cstring>

namespace STET_NAMESPACE {

namespace hashes {

STET_INLINE void sha256::update(bytes piece) noexcept
{
    constexpr std::size_t block = detail::sha256_block_size;
    const std::size_t     filled = detail::memory_size(size_ % block);
    size_ += piece.size();
    if (filled != 0) {
        const std::size_t room = block - filled;
        const std::size_t count = piece.size() < room ? piece.size() : room;
        if (count != 0)
            std::memcpy(pending_.data() + filled, piece.data(), count);
        if (count < room)
            return;
        compress_(state_, pending_.data(), 1);
        piece = piece.subspan(count);
    }
    if (const std::size_t whole = piece.size() / block; whole != 0) {
        compress_(state_, piece.data(), whole);
        piece = piece.subspan(whole * block);
    }
    if (!piece.empty())
        std::memcpy(pending_.data(), piece.data(), piece.size());
}

STET_INLINE digest_bytes sha256::finish() const noexcept
{
    constexpr std::size_t            block = detail::sha256_block_size;
    const std::size_t                filled = detail::memory_size(size_ % block);
    const std::size_t                count = filled + 9 <= block ? 1 : 2; // a bit, zeros, eight bytes of size
    std::array<std::byte, 2 * block> last{};
    std::memcpy(last.data(), pending_.data(), filled);
    last[filled] = std::byte{0x80};
    for (std::size_t i = 0; i < 8; ++i)
        last[count * block - 1 - i] = static_cast<std::byte>(size_ * 8 >> (8 * i) & 0xFFU);
    detail::sha256_state state = state_;
    compress_(state, last.data(), count);
    digest_bytes digest;
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::byte>(state[i / 4] >> (24 - i % 4 * 8) & 0xFFU);
    return digest;
}

STET_INLINE void crc32::update(bytes piece) noexcept
{
    value_ = detail::crc32_after(value_, piece.data(), piece.size());
}

STET_INLINE std::uint32_t crc32::combine(std::uint32_t first, std::uint32_t next,
                                         std::uint64_t next_size) noexcept
{
    return detail::crc32_shifted(first, next_size) ^ next;
}

STET_INLINE blake3 blake3::after(std::uint64_t offset) noexcept
{
    blake3 begun;
    begun.position_ = offset / chunk_size + (offset % chunk_size != 0 ? 1 : 0);
    begun.lead_wanted_ = detail::memory_size(begun.position_ * chunk_size - offset);
    return begun;
}

STET_INLINE void blake3::update(bytes piece) noexcept
{
    if (const std::size_t room = lead_wanted_ - lead_size_; room != 0) {
        const std::size_t count = piece.size() < room ? piece.size() : room;
        if (count != 0)
            std::memcpy(lead_.data() + lead_size_, piece.data(), count);
        lead_size_ += count;
        piece = piece.subspan(count);
    }
    if (piece.empty())
        return;
    if (pending_size_ != 0) {
        const std::size_t room = chunk_size - pending_size_;
        const std::size_t count = piece.size() < room ? piece.size() : room;
        std::memcpy(pending_.data() + pending_size_, piece.data(), count);
        pending_size_ += count;
        piece = piece.subspan(count);
        if (piece.empty())
            return;
        take_chunks(pending_.data(), 1);
        pending_size_ = 0;
    }
    const std::size_t whole = (piece.size() - 1) / chunk_size; // the last one may be the root
    take_chunks(piece.data(), whole);
    piece = piece.subspan(whole * chunk_size);
    std::memcpy(pending_.data(), piece.data(), piece.size());
    pending_size_ = piece.size();
}

STET_INLINE void blake3::take_chunks(const std::byte* data, std::uint64_t count) noexcept
{
    constexpr unsigned                     level = 6; // of the subtrees that are worked out at once
    constexpr std::size_t                  most = std::size_t{1} << level;
    std::array<detail::blake3_words, most> values;
    while (count != 0) {
        const std::uint64_t until_next = most - position_ % most;
        const std::size_t   now = detail::memory_size(count < until_next ? count : until_next);
        with_->chunks(data, now, position_, values.data());
        if (now == most) {
            for (std::size_t pairs = most / 2; pairs != 0; pairs /= 2)
                with_->joins(values.data(), pairs);
            push(values[0], level);
        } else {
            for (std::size_t i = 0; i < now; ++i)
                push(values[i], 0);
        }
        data += now * chunk_size;
        count -= now;
    }
}

STET_INLINE void blake3::push(const detail::blake3_words& value, unsigned level) noexcept
{
    nodes_[node_count_++] = {.value = value, .position = position_, .level = level};
    position_ += std::uint64_t{1} << level;
    while (node_count_ > 1) {
        node&       left = nodes_[node_count_ - 2];
        const node& right = nodes_[node_count_ - 1];
        if (left.level != right.level || (left.position >> left.level & 1U) != 0)
            return;
        left.value = detail::blake3_join(left.value, right.value);
        ++left.level;
        --node_count_;
    }
}

STET_INLINE digest_bytes blake3::finish() const noexcept
{
    const std::uint32_t  only = node_count_ == 0 ? detail::blake3_root : 0U;
    detail::blake3_words value = detail::blake3_chunk(pending_.data(), pending_size_, position_, only);
    for (std::size_t i = node_count_; i != 0; --i)
        value = detail::blake3_join(nodes_[i - 1].value, value, i == 1 ? detail::blake3_root : 0U);
    digest_bytes digest;
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::byte>(value[i / 4] >> (i % 4 * 8) & 0xFFU);
    return digest;
}

STET_INLINE digest_bytes blake3::finish(const blake3& beginning) const noexcept
{
    blake3 whole = beginning;
    whole.update({lead_.data(), lead_size_});
    if (pending_size_ == 0)
        return whole.finish();
    if (whole.pending_size_ != 0)
        whole.take_chunks(whole.pending_.data(), 1);
    for (std::size_t i = 0; i < node_count_; ++i)
        whole.push(nodes_[i].value, nodes_[i].level);
    whole.pending_ = pending_;
    whole.pending_size_ = pending_size_;
    return whole.finish();
}

} // namespace hashes

} // namespace STET_NAMESPACE
