// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_TEXT_HASH_HPP
#define STET_VOCABULARY_IMPL_TEXT_HASH_HPP

#include "../config.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// SipHash-1-3: who does not know the key cannot choose texts that collide more often than chance has it.
/// source: Aumasson and Bernstein, "SipHash: a fast short-input PRF"; the reduced rounds of Rust and Python
class text_hasher {
public:
    text_hasher(std::uint64_t low_key, std::uint64_t high_key) noexcept;

    /// Adds a piece of the text. Where the pieces were cut makes no difference.
    void feed(std::string_view piece) noexcept;

    /// The hash of all pieces so far.
    std::uint64_t value() const noexcept;

private:
    struct state {
        std::uint64_t a, b, c, d;

        void turn() noexcept;
        void mix(std::uint64_t word) noexcept;
    };

    /// Adds the `count` lowest bytes, one to eight; the others are 0.
    void take(std::uint64_t word, unsigned count) noexcept;

    state         state_;
    std::uint64_t pending_ = 0; ///< fewer than eight bytes, the first of them lowest
    unsigned      filled_ = 0;  ///< how many
    std::size_t   size_ = 0;    ///< of all pieces
};

/// The hash of a text under a seed, the same on every host.
std::uint64_t text_hash(std::string_view text, std::uint64_t seed) noexcept;

/// The hash of a text in two pieces: that of the whole.
std::uint64_t text_hash(std::string_view head, std::string_view tail, std::uint64_t seed) noexcept;

/// A seed for a table of texts that a stranger chose. Made of addresses, which most systems choose anew for every
/// process; no system is asked. Where they do not, the seed can be known, and a table must bound its searches by itself.
/// memory: any address the process was given, the table's own say
std::uint64_t hash_seed(const void* memory) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "text_hash.ipp"
#endif

#endif
