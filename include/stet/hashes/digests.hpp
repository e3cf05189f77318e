// SPDX-License-Identifier: MIT
#ifndef STET_HASHES_DIGESTS_HPP
#define STET_HASHES_DIGESTS_HPP

#include "../sink/sink.hpp"
#include "../vocabulary/config.hpp"
#include "impl/blake3_blocks.hpp"
#include "impl/sha256_blocks.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE {

namespace hashes {

/// What SHA-256 and BLAKE3 give.
using digest_bytes = std::array<std::byte, 32>;

/// SHA-256 of bytes that come in pieces of any size, by the processor's own instructions where it has them. Plain data:
/// a copy goes on by itself.
/// source: FIPS 180-4
class sha256 {
public:
    sha256() noexcept : sha256(detail::sha256_compression()) {}

    /// blocks: another way to compress
    explicit sha256(detail::sha256_function blocks) noexcept : compress_(blocks) {}

    void update(bytes piece) noexcept;

    /// Of all pieces so far; more may follow.
    digest_bytes finish() const noexcept;

private:
    detail::sha256_function   compress_;
    detail::sha256_state      state_ = detail::sha256_start;
    std::uint64_t             size_ = 0;  ///< of all pieces
    std::array<std::byte, 64> pending_{}; ///< the first size_ % 64 bytes of it
};

/// The cyclic redundancy check of zip, gzip and PNG.
class crc32 {
public:
    void update(bytes piece) noexcept;

    /// The checksum of all pieces so far.
    std::uint32_t value() const noexcept { return value_; }

    /// The value of one text followed by another, of which only the values are known.
    /// next_size: bytes of the second
    static std::uint32_t combine(std::uint32_t first, std::uint32_t next, std::uint64_t next_size) noexcept;

private:
    std::uint32_t value_ = 0;
};

/// BLAKE3 of bytes that come in pieces of any size, eight chunks at a time where the processor can. It is a tree, so the
/// digest of a text whose beginning comes last costs nothing more.
/// source: O'Connor, Aumasson, Neves and Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere"
class blake3 {
public:
    blake3() noexcept : blake3(detail::blake3_compression()) {}

    /// with: another way to compress, which outlives this
    explicit blake3(const detail::blake3_functions& with STET_LIFETIME_BOUND) noexcept : with_(&with) {}

    /// Takes what comes after the first `offset` bytes of a text.
    static blake3 after(std::uint64_t offset) noexcept;

    void update(bytes piece) noexcept;

    /// Of all pieces so far; more may follow.
    digest_bytes finish() const noexcept;

    /// Of the whole text, when this one has taken what comes after its beginning.
    /// beginning: has taken exactly the bytes that this one left out
    digest_bytes finish(const blake3& beginning) const noexcept;

private:
    static constexpr std::size_t chunk_size = detail::blake3_chunk_size;

    /// A whole subtree, or what is left of two that have one parent.
    struct node {
        detail::blake3_words value;
        std::uint64_t        position; ///< its first chunk
        unsigned             level;    ///< it spans 2^level chunks
    };

    /// Takes whole chunks that are not the last ones.
    void take_chunks(const std::byte* data, std::uint64_t count) noexcept;

    /// Adds a subtree that begins at the position reached and is not the last one. Two that have one parent become it.
    void push(const detail::blake3_words& value, unsigned level) noexcept;

    const detail::blake3_functions*   with_;
    std::array<node, 112>             nodes_; ///< in order; no two of them that have a parent of their own
    std::size_t                       node_count_ = 0;
    std::uint64_t                     position_ = 0;  ///< chunks taken, the left out included
    std::size_t                       lead_size_ = 0; ///< bytes that complete the last chunk left out
    std::size_t                       lead_wanted_ = 0;
    std::size_t                       pending_size_ = 0;
    std::array<std::byte, chunk_size> lead_;
    std::array<std::byte, chunk_size> pending_; ///< of the chunk that may be the last
};

} // namespace hashes

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/digests.ipp"
#endif

#endif
