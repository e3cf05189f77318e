// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_STAGING_BLOCK_HPP
#define STET_VOCABULARY_IMPL_STAGING_BLOCK_HPP

#include "../config.hpp"
#include "../result.hpp"
#include "growing_array.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace STET_NAMESPACE::detail {

/// Where a block to stage in begins at best: a system takes bytes from there into its cache about a tenth faster than
/// from between two such places.
inline constexpr std::size_t staging_alignment = 64;

/// Memory to stage in, aligned to staging_alignment.
class staging_block {
public:
    /// errors: out_of_memory
    static result<staging_block> make(std::size_t size, const allocator& memory) noexcept;

    std::span<std::byte> bytes() noexcept;

private:
    struct alignas(staging_alignment) line {
        std::array<std::byte, staging_alignment> bytes;
    };

    staging_block(growing_array<line> lines, std::size_t size) noexcept;

    growing_array<line> lines_;
    std::size_t         size_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "staging_block.ipp"
#endif

#endif
