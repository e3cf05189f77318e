// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/streaming_copy.hpp"
#include "block_stream.hpp"

#include <cstring>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE block_stream::block_stream(const part_file& file, const block_shape& shape, std::uint64_t offset,
                                       const queue_workers& workers, const allocator& memory) noexcept
    : file_(&file), shape_(shape), memory_(memory), next_(offset), begin_(offset),
      queue_(file.calls(), workers)
{
}

STET_INLINE result<void> block_stream::reserve()
{
    const std::size_t size = slot_size() * shape_.blocks + shape_.alignment;
    if (!memory_.resize(size))
        return detail::out_of_memory(size);
    const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    first_ = memory_.data() + (shape_.alignment - address % shape_.alignment) % shape_.alignment;
    return {};
}

STET_INLINE result<std::span<std::byte>> block_stream::lend(std::size_t wanted)
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

STET_INLINE result<void> block_stream::write(bytes data)
{
    while (!data.empty()) {
        if (auto ready = make_room(); !ready)
            return ready;
        std::byte* const place = block(current_) + filled_end();
        // What was lent may come back from its beginning, where nothing is to be done, or from behind it.
        const std::uintptr_t behind =
            reinterpret_cast<std::uintptr_t>(data.data()) - reinterpret_cast<std::uintptr_t>(place);
        const bool        was_lent = behind < slot_size() - filled_end();
        const std::size_t room = (was_lent ? slot_size() : shape_.block_size) - filled_end();
        const bytes       piece = data.first(data.size() < room ? data.size() : room);
        if (!was_lent)
            streaming_copy(place, piece.data(), piece.size());
        else if (behind != 0)
            std::memmove(place, piece.data(), piece.size());
        next_ += piece.size();
        data = data.subspan(piece.size());
        if (filled_end() >= shape_.block_size) {
            if (auto passed = pass_block(); !passed)
                return passed;
        }
    }
    return {};
}

STET_INLINE result<void> block_stream::write_borrowed(bytes data)
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

STET_INLINE result<void> block_stream::finish()
{
    auto passed = pass_block();
    while (queue_.under_way() != 0) {
        if (auto ended = settle(queue_.wait()); !ended && passed)
            passed = ended;
    }
    return passed;
}

STET_INLINE std::size_t block_stream::to_boundary(std::uint64_t offset) const noexcept
{
    return memory_size((shape_.alignment - offset % shape_.alignment) % shape_.alignment);
}

STET_INLINE bool block_stream::fits(const std::byte* data, std::uint64_t offset) const noexcept
{
    return (reinterpret_cast<std::uintptr_t>(data) - offset) % shape_.alignment == 0;
}

STET_INLINE result<void> block_stream::make_room()
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

STET_INLINE result<void> block_stream::pass_block()
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

STET_INLINE result<void> block_stream::begin(const positional_write& wanted)
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

STET_INLINE result<void> block_stream::settle(const ended_write& ended)
{
    const positional_write& of = ended.of;
    if (of.tag < none)
        is_under_way_[of.tag] = false;
    const os_result outcome = ended.outcome;
    const bool      again = outcome.error == EINTR || outcome.error == EAGAIN;
    if (outcome.error != 0 && !again && !is_not_offered(outcome.error))
        return file_->checked(outcome, system_step::write, of.size);
    if (is_not_offered(outcome.error))
        shape_.file = file_->handle(); // this file system has no such way after all
    const std::size_t taken = outcome.error != 0 ? 0 : memory_size(static_cast<std::uint64_t>(outcome.value));
    if (taken > of.size)
        return file_->checked({.value = 0, .error = EIO}, system_step::write, of.size);
    const auto* const data = static_cast<const std::byte*>(of.data);
    return file_->write_at(of.offset + taken, bytes(data + taken, of.size - taken));
}

} // namespace STET_NAMESPACE::detail
