// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_BLOCK_STREAM_HPP
#define STET_WRITERS_IMPL_BLOCK_STREAM_HPP

#include "../../file/part_file.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/streaming_copy.hpp"
#include "write_queue.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace STET_NAMESPACE::detail {

/// How a block_stream writes.
struct block_shape {
    file_handle file = no_handle;                   ///< takes the whole blocks, by positional writes
    std::size_t alignment = 1;                      ///< of memory, position and size; a power of two
    std::size_t block_size = std::size_t{1} << 22U; ///< bytes; a multiple of the alignment
    unsigned    blocks = 8;                         ///< how many may be under way, write_queue::most at most
    std::size_t uncopied = std::size_t{1} << 16U;   ///< lasting bytes from here on are written where they lie
};

/// Writes a run of bytes of a file in blocks of which several are under way while the next is filled: a bounded ring of
/// memory. Lasting bytes whose address fits their place in the file are not copied at all. What cannot be written
/// that way, edges and whatever a file system refuses, is written through the part file's own handle: the bytes in
/// the file are the same.
/// lifetime: borrows the part file; destruction waits for what is under way
class block_stream {
public:
    /// offset: in the file, of the first byte
    block_stream(const part_file& file, const block_shape& shape, std::uint64_t offset,
                 const queue_workers& workers, const allocator& memory) noexcept
        : file_(&file), shape_(shape), memory_(memory), next_(offset), begin_(offset),
          queue_(file.calls(), workers)
    {
    }

    /// Takes the memory: before anything else.
    /// errors: out_of_memory
    result<void> reserve()
    {
        const std::size_t size = slot_size() * shape_.blocks + shape_.alignment;
        if (!memory_.resize(size))
            return error{.code = errc::out_of_memory, .expected = size};
        const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
        first_ = memory_.data() + (shape_.alignment - address % shape_.alignment) % shape_.alignment;
        return {};
    }

    /// The rest of the block that is being filled, or of the next: block_size bytes, if that many are wanted.
    /// errors: as for write()
    result<std::span<std::byte>> lend(std::size_t wanted)
    {
        if (auto ready = make_room(); !ready)
            return ready.error();
        if (wanted > slot_size() - filled_end() && next_ != begin_) {
            if (auto passed = pass_block(); !passed)
                return passed.error();
            if (auto ready = make_room(); !ready)
                return ready.error();
        }
        // Never more than it can lend again.
        const std::size_t room = slot_size() - filled_end();
        return std::span(block(current_) + filled_end(), room < shape_.block_size ? room : shape_.block_size);
    }

    /// Takes bytes that are the caller's again when this returns.
    /// errors: the failure of a write that has ended meanwhile, told once: what follows it is not to be trusted
    result<void> write(bytes data)
    {
        while (!data.empty()) {
            if (auto ready = make_room(); !ready)
                return ready;
            std::byte* const  place = block(current_) + filled_end();
            const bool        was_lent = data.data() == place;
            const std::size_t room = (was_lent ? slot_size() : shape_.block_size) - filled_end();
            const bytes       piece = data.first(data.size() < room ? data.size() : room);
            if (!was_lent)
                streaming_copy(place, piece.data(), piece.size());
            next_ += piece.size();
            data = data.subspan(piece.size());
            if (filled_end() >= shape_.block_size) {
                if (auto passed = pass_block(); !passed)
                    return passed;
            }
        }
        return {};
    }

    /// Takes bytes that stay where they are until finish() has returned.
    /// errors: as for write()
    result<void> write_lasting(bytes data)
    {
        const std::size_t lead = to_boundary(next_);
        if (data.size() < shape_.uncopied + lead || !fits(data.data() + lead, next_ + lead))
            return write(data);
        if (auto led = write(data.first(lead)); !led)
            return led;
        if (auto passed = pass_block(); !passed)
            return passed;
        bytes body = data.subspan(lead);
        while (body.size() >= shape_.alignment) {
            const std::size_t most = body.size() < shape_.block_size ? body.size() : shape_.block_size;
            const bytes       piece = body.first(most - most % shape_.alignment);
            if (auto begun = begin({.file = shape_.file,
                                    .offset = next_,
                                    .data = piece.data(),
                                    .size = piece.size(),
                                    .tag = not_a_block});
                !begun)
                return begun;
            next_ += piece.size();
            begin_ = next_;
            body = body.subspan(piece.size());
        }
        return write(body);
    }

    /// Writes what is staged and waits for everything under way.
    /// errors: as for write()
    result<void> finish()
    {
        auto passed = pass_block();
        while (queue_.under_way() != 0) {
            if (auto ended = settle(queue_.wait()); !ended && passed)
                passed = ended;
        }
        return passed;
    }

private:
    static constexpr unsigned none = write_queue::most;
    static constexpr unsigned not_a_block = none + 1;

    /// A block whose bytes begin behind an aligned place has room for block_size of them all the same.
    std::size_t slot_size() const noexcept { return shape_.block_size + shape_.alignment; }
    std::byte*  block(unsigned index) const noexcept { return first_ + index * slot_size(); }

    /// A block holds its bytes as far from its start as they lie behind an aligned place in the file.
    std::size_t filled_begin() const noexcept { return memory_size(begin_ % shape_.alignment); }
    std::size_t filled_end() const noexcept { return filled_begin() + memory_size(next_ - begin_); }

    std::size_t to_boundary(std::uint64_t offset) const noexcept
    {
        return memory_size((shape_.alignment - offset % shape_.alignment) % shape_.alignment);
    }

    bool fits(const std::byte* data, std::uint64_t offset) const noexcept
    {
        return (reinterpret_cast<std::uintptr_t>(data) - offset) % shape_.alignment == 0;
    }

    /// Waits until there is a block to fill.
    result<void> make_room()
    {
        while (current_ == none) {
            for (unsigned i = 0; i < shape_.blocks && current_ == none; ++i)
                current_ = is_under_way_[i] ? none : i;
            if (current_ != none)
                break;
            if (auto ended = settle(queue_.wait()); !ended)
                return ended;
        }
        return {};
    }

    /// Begins to write the block that is being filled, if it holds anything: its whole aligned part, and the edges at
    /// once through the part file's own handle.
    result<void> pass_block()
    {
        const unsigned index = std::exchange(current_, none);
        if (index == none)
            return {};
        const bytes         content(block(index) + filled_begin(), memory_size(next_ - begin_));
        const std::uint64_t offset = std::exchange(begin_, next_);
        const std::size_t   to_first = to_boundary(offset);
        const std::size_t   lead = to_first < content.size() ? to_first : content.size();
        const std::size_t   body = (content.size() - lead) / shape_.alignment * shape_.alignment;
        if (auto led = file_->write_at(offset, content.first(lead)); !led)
            return led;
        if (auto trailed = file_->write_at(offset + lead + body, content.subspan(lead + body)); !trailed)
            return trailed;
        if (body == 0)
            return {};
        return begin({.file = shape_.file,
                      .offset = offset + lead,
                      .data = content.data() + lead,
                      .size = body,
                      .tag = index});
    }

    result<void> begin(const positional_write& wanted)
    {
        while (queue_.under_way() >= shape_.blocks) {
            if (auto ended = settle(queue_.wait()); !ended)
                return ended;
        }
        if (wanted.tag < none)
            is_under_way_[wanted.tag] = true;
        queue_.begin(wanted);
        return {};
    }

    /// Gives a block back whose write has ended, and writes what of it was not taken.
    result<void> settle(const ended_write& ended)
    {
        const positional_write& of = ended.of;
        if (of.tag < none)
            is_under_way_[of.tag] = false;
        const os_result outcome = ended.outcome;
        const bool      again = outcome.error == EINTR || outcome.error == EAGAIN;
        if (outcome.error != 0 && !again && !is_not_offered(outcome.error))
            return file_->checked(outcome, of.size);
        if (is_not_offered(outcome.error))
            shape_.file = file_->handle(); // this file system has no such way after all
        const std::size_t taken =
            outcome.error != 0 ? 0 : memory_size(static_cast<std::uint64_t>(outcome.value));
        if (taken > of.size)
            return file_->checked({.value = 0, .error = EIO}, of.size);
        const auto* const data = static_cast<const std::byte*>(of.data);
        return file_->write_at(of.offset + taken, bytes(data + taken, of.size - taken));
    }

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

#endif
