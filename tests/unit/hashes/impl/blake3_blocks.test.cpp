// SPDX-License-Identifier: MIT
#include "support/digest_samples.hpp"

#include <stet/hashes/impl/blake3_blocks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

using stet::detail::blake3_words;

TEST_CASE("the one chunk there is gives the digest")
{
    const blake3_words nothing = stet::detail::blake3_chunk(nullptr, 0, 0, stet::detail::blake3_root);
    CHECK(nothing[0] == 0xB94913AF); // af1349b9..., the lowest byte first
    const auto         text = support::sample_text(1);
    const blake3_words one = stet::detail::blake3_chunk(text.data(), 1, 0, stet::detail::blake3_root);
    CHECK(one[0] != nothing[0]);
    CHECK(one != stet::detail::blake3_chunk(text.data(), 1, 1, stet::detail::blake3_root));
    CHECK(one != stet::detail::blake3_chunk(text.data(), 1, 0));
}

TEST_CASE("chunks and parents worked out side by side are those worked out alone")
{
    const auto* const wide = stet::detail::blake3_wide();
    if (wide == nullptr)
        return;
    const auto text = support::sample_text(1024 * 40 + 3);
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{0xFFFFFFFC}, std::uint64_t{1} << 40U})
    {
        for (std::size_t count = 0; count <= 40; ++count) {
            CAPTURE(number, count);
            std::vector<blake3_words> alone(count);
            std::vector<blake3_words> together(count);
            stet::detail::blake3_plain_chunks(text.data() + 3, count, number, alone.data());
            wide->chunks(text.data() + 3, count, number, together.data());
            CHECK(alone == together);
            stet::detail::blake3_plain_joins(alone.data(), count / 2);
            wide->joins(together.data(), count / 2);
            alone.resize(count / 2);
            together.resize(count / 2);
            CHECK(alone == together);
        }
    }
}

TEST_CASE("there is a way to compress on every processor")
{
    const auto* const wide = stet::detail::blake3_wide();
    CHECK(&stet::detail::blake3_compression() == (wide != nullptr ? wide : &stet::detail::blake3_plain));
}
