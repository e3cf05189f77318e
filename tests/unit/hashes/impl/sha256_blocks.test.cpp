// SPDX-License-Identifier: MIT
#include "support/digest_samples.hpp"

#include <stet/hashes/impl/sha256_blocks.hpp>
#include <stet/vocabulary/impl/processor.hpp>

#include <catch2/catch_test_macros.hpp>

using stet::detail::sha256_state;

TEST_CASE("every way to compress gives the standard's state")
{
    // "abc", padded by hand.
    std::array<std::byte, 64> block{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}, std::byte{0x80}};
    block.back() = std::byte{24};
    const sha256_state expected{0xBA7816BF, 0x8F01CFEA, 0x414140DE, 0x5DAE2223,
                                0xB00361A3, 0x96177A9C, 0xB410FF61, 0xF20015AD};
    for (const auto compress :
         {stet::detail::sha256_plain, stet::detail::sha256_native(), stet::detail::sha256_compression()})
    {
        if (compress == nullptr)
            continue;
        sha256_state state = stet::detail::sha256_start;
        compress(state, block.data(), 1);
        CHECK(state == expected);
        compress(state, block.data(), 0);
        CHECK(state == expected);
    }
}

TEST_CASE("the processor's own instructions and plain code agree, wherever the blocks lie")
{
    const auto native = stet::detail::sha256_native();
    if (native == nullptr)
        return;
    const auto text = support::sample_text(64 * 40);
    for (std::size_t from = 0; from < 64; from += 3) {
        for (std::size_t count = 1; count < 39; count += 4) {
            sha256_state by_plain = stet::detail::sha256_start;
            sha256_state by_native = stet::detail::sha256_start;
            stet::detail::sha256_plain(by_plain, text.data() + from, count);
            native(by_native, text.data() + from, count);
            CHECK(by_plain == by_native);
        }
    }
}

TEST_CASE("where the processor has instructions for it they are taken")
{
    const stet::detail::processor_features& has = stet::detail::processor();
    const bool                              has_native = has.arm_sha2 || (has.sha && has.sse41 && has.ssse3);
#if defined(__x86_64__) || defined(__aarch64__)
    CHECK((stet::detail::sha256_native() != nullptr) == has_native);
#endif
    if (stet::detail::sha256_native() != nullptr)
        CHECK(has_native);
    CHECK(stet::detail::sha256_compression() != nullptr);
}
