// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_VALUE_BLOCK_HPP
#define STET_QUANTISED_IMPL_VALUE_BLOCK_HPP

#include "../../sink/sink.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE::detail {

/// Elements on their way to a sink, made in the sink's own memory where it lends some, else in a block of ours.
class value_block {
public:
    /// width: bytes of an element in the host's byte order, which the block turns around where it has to
    value_block(sink_ref destination, std::size_t width, const allocator& memory) noexcept;

    /// Room for elements that are made next.
    /// wanted: elements, at least one
    /// errors: the sink's; out_of_memory
    result<std::span<std::byte>> room(std::uint64_t wanted);

    /// Takes so many elements of what room() gave.
    void take(std::size_t count) noexcept { used_ += count * width_; }

    /// Passes on what was taken.
    /// errors: the sink's
    result<void> flush();

private:
    static constexpr std::size_t block_size = std::size_t{1} << 16U;

    sink_ref                 destination_;
    std::size_t              width_;
    std::size_t              used_ = 0;
    std::span<std::byte>     room_{};
    growing_array<std::byte> own_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "value_block.ipp"
#endif

#endif
