// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/writers/impl/block_shape.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>

using stet::block_settings;
using stet::detail::block_shape;
using stet::detail::shape_for;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

/// What a ring takes of memory, as block_stream computes it, but without an end to numbers.
std::uint64_t memory_of(const block_settings& settings)
{
    return (std::uint64_t{settings.block_size} + stet::direct_alignment) * settings.blocks +
           stet::direct_alignment;
}

} // namespace

TEST_CASE("what fits into the memory of a small machine is accepted there, and what does not is refused")
{
    constexpr std::uint64_t most = INT32_MAX;
    const auto              said = [](const block_settings& settings, std::uint64_t memory) {
        return support::failure(stet::detail::accept(settings, memory));
    };
    CHECK(said({.block_size = 128 * mebibyte, .blocks = 32}, most) == "invalid_setting");
    CHECK(said({.block_size = 128 * mebibyte, .blocks = 16}, most) == "invalid_setting");
    CHECK(said({.block_size = 64 * mebibyte, .blocks = 31}, most) == "none");
    for (const unsigned blocks : {2U, 3U, 8U, 31U, 32U}) {
        for (std::size_t size = 4096; size < std::size_t{1} << 31U; size += size / 3 / 4096 * 4096 + 4096) {
            const block_settings settings{.block_size = size, .blocks = blocks};
            CHECK((said(settings, most) == "none") == (memory_of(settings) <= most));
        }
    }
}

TEST_CASE("a ring has no more memory than the file needs, and two blocks at least")
{
    const block_settings settings{.block_size = 65536, .blocks = 8};
    for (const std::uint64_t size : {0U, 1U, 4095U, 4096U, 4097U, 65535U, 65536U, 100'000U, 500'000U}) {
        const block_shape shape = shape_for(settings, size);
        CAPTURE(size);
        CHECK(shape.block_size % stet::direct_alignment == 0);
        CHECK(shape.blocks >= 2);
        CHECK(std::uint64_t{shape.block_size} * shape.blocks > size);
        CHECK(std::uint64_t{shape.block_size} * shape.blocks <= size + 2 * shape.block_size + 4096);
    }
    const block_shape most = shape_for(settings, UINT64_MAX / 2);
    CHECK(most.block_size == settings.block_size);
    CHECK(most.blocks == settings.blocks);
}
