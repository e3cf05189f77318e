// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_BLOCK_STREAM_HPP
#define STET_WRITERS_IMPL_BLOCK_STREAM_HPP

#include "../../file/part_file.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "block_shape.hpp"
#include "write_queue.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE::detail {

/// Writes a run of bytes of a file in blocks of which several are under way while the next is filled: a bounded ring of
/// memory. Lasting bytes whose address fits their place in the file are not copied at all. What cannot be written
/// that way, edges and whatever a file system refuses, is written through the part file's own handle: the bytes in
/// the file are the same.
/// lifetime: borrows the part file; destruction waits for what is under way
class block_stream {
public:
    /// offset: in the file, of the first byte
    block_stream(const part_file& file, const block_shape& shape, std::uint64_t offset,
                 const queue_workers& workers, const allocator& memory) noexcept;

    /// Takes the memory: before anything else.
    /// errors: out_of_memory
    result<void> reserve();

    /// The rest of the block that is being filled, or of the next: block_size bytes, if that many are wanted.
    /// errors: as for write()
    result<std::span<std::byte>> lend(std::size_t wanted);

    /// Takes bytes that are the caller's again when this returns.
    /// errors: the failure of a write that has ended meanwhile, told once: what follows it is not to be trusted
    result<void> write(bytes data);

    /// Takes bytes that stay where they are until finish() has returned.
    /// errors: as for write()
    result<void> write_borrowed(bytes data);

    /// Writes what is staged and waits for everything under way.
    /// errors: as for write()
    result<void> finish();

private:
    static constexpr unsigned none = write_queue::most;
    static constexpr unsigned not_a_block = none + 1;

    /// A block whose bytes begin behind an aligned place has room for block_size of them all the same.
    std::size_t slot_size() const noexcept { return shape_.block_size + shape_.alignment; }
    std::byte*  block(unsigned index) const noexcept { return first_ + index * slot_size(); }

    /// A block holds its bytes as far from its start as they lie behind an aligned place in the file.
    std::size_t filled_begin() const noexcept { return memory_size(begin_ % shape_.alignment); }
    std::size_t filled_end() const noexcept { return filled_begin() + memory_size(next_ - begin_); }

    std::size_t to_boundary(std::uint64_t offset) const noexcept;

    bool fits(const std::byte* data, std::uint64_t offset) const noexcept;

    /// Waits until there is a block to fill.
    result<void> make_room();

    /// Begins to write the block that is being filled, if it holds anything: its whole aligned part, and the edges at
    /// once through the part file's own handle.
    result<void> pass_block();

    result<void> begin(const positional_write& wanted);

    /// Gives a block back whose write has ended, and writes what of it was not taken.
    result<void> settle(const ended_write& ended);

    const part_file*                    file_;
    block_shape                         shape_;
    growing_array<std::byte>            memory_;
    std::byte*                          first_ = nullptr;
    std::uint64_t                       next_;  ///< in the file, of the next byte to be taken
    std::uint64_t                       begin_; ///< of the first byte in the block that is being filled
    unsigned                            current_ = none;
    std::array<bool, write_queue::most> is_under_way_{};
    write_queue                         queue_; ///< goes first: what is under way uses the memory
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "block_stream.ipp"
#endif

#endif
