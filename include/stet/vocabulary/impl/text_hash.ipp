// SPDX-License-Identifier: MIT
#include "text_hash.hpp"
#include "words.hpp"

#include <bit>
#include <initializer_list>

namespace STET_NAMESPACE::detail {

STET_INLINE void text_hasher::state::turn() noexcept
{
    a += b;
    c += d;
    b = std::rotl(b, 13) ^ a;
    d = std::rotl(d, 16) ^ c;
    a = std::rotl(a, 32);
    c += b;
    a += d;
    b = std::rotl(b, 17) ^ c;
    d = std::rotl(d, 21) ^ a;
    c = std::rotl(c, 32);
}

STET_INLINE void text_hasher::state::mix(std::uint64_t word) noexcept
{
    d ^= word;
    turn();
    a ^= word;
}

// The four words are "somepseudorandomlygeneratedbytes".
STET_INLINE text_hasher::text_hasher(std::uint64_t low_key, std::uint64_t high_key) noexcept
    : state_{.a = low_key ^ 0x736F6D6570736575U,
             .b = high_key ^ 0x646F72616E646F6DU,
             .c = low_key ^ 0x6C7967656E657261U,
             .d = high_key ^ 0x7465646279746573U}
{
}

STET_INLINE void text_hasher::feed(std::string_view piece) noexcept
{
    size_ += piece.size();
    for (; piece.size() >= 8; piece.remove_prefix(8))
        take(detail::load_word(piece.data()), 8);
    if (!piece.empty())
        take(detail::load_word(piece.data(), piece.size()), static_cast<unsigned>(piece.size()));
}

STET_INLINE void text_hasher::take(std::uint64_t word, unsigned count) noexcept
{
    pending_ |= word << (8 * filled_);
    const unsigned total = filled_ + count;
    if (total < 8) {
        filled_ = total;
        return;
    }
    state_.mix(pending_);
    pending_ = filled_ == 0 ? 0 : word >> (8 * (8 - filled_));
    filled_ = total - 8;
}

STET_INLINE std::uint64_t text_hasher::value() const noexcept
{
    state last = state_;
    last.mix(pending_ | std::uint64_t{size_ & 0xFFU} << 56U);
    last.c ^= 0xFFU;
    last.turn();
    last.turn();
    last.turn();
    return last.a ^ last.b ^ last.c ^ last.d;
}

STET_INLINE std::uint64_t text_hash(std::string_view text, std::uint64_t seed) noexcept
{
    return detail::text_hash(text, {}, seed);
}

STET_INLINE std::uint64_t text_hash(std::string_view head, std::string_view tail, std::uint64_t seed) noexcept
{
    text_hasher hashed(seed, ~seed);
    hashed.feed(head);
    hashed.feed(tail);
    return hashed.value();
}

STET_INLINE std::uint64_t hash_seed(const void* memory) noexcept
{
    static const char anchor = 0; // lies where the program was loaded; `local` lies on the thread's stack
    const char        local = 0;
    std::uint64_t     seed = 0;
    for (const void* const address :
         {memory, static_cast<const void*>(&anchor), static_cast<const void*>(&local)})
    {
        seed = (seed ^ reinterpret_cast<std::uintptr_t>(address)) * 0x9E3779B97F4A7C15U;
        seed ^= seed >> 32U;
    }
    return seed;
}

} // namespace STET_NAMESPACE::detail
