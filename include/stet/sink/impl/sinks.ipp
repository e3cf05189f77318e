// SPDX-License-Identifier: MIT

#include "../sinks.hpp"

#include <cstring>

namespace STET_NAMESPACE {

STET_INLINE result<void> span_sink::write(bytes data) noexcept
{
    if (data.size() > memory_.size() - size_)
        return error{.code = errc::sink_full, .expected = size_ + data.size(), .actual = memory_.size()};
    std::byte* const place = memory_.data() + size_;
    if (!data.empty() && data.data() != place)         // what was lent lies there already
        std::memmove(place, data.data(), data.size()); // it may lie elsewhere in what was lent
    size_ += data.size();
    return {};
}

STET_INLINE result<std::span<std::byte>> span_sink::lend(std::size_t) noexcept
{
    return memory_.subspan(size_);
}

STET_INLINE bytes span_sink::written() const noexcept
{
    return memory_.first(size_);
}

STET_INLINE result<void> callback_sink::write(bytes data)
{
    const int code = take_(context_, data.data(), data.size());
    if (code != 0)
        return error{.code = errc::sink_refused, .os_code = code, .expected = data.size()};
    return {};
}

STET_INLINE result<void> counting_sink::write(bytes data) noexcept
{
    size_ += data.size();
    return {};
}

STET_INLINE staged_sink::staged_sink(sink_ref destination, std::span<std::byte> block) noexcept
    : destination_(destination), block_(block)
{
    STET_ASSERT(!block.empty(), "stet: a staged_sink needs a block to stage in");
}

STET_INLINE result<void> staged_sink::write(bytes data)
{
    if (data.size() <= block_.size() - filled_) {
        append(data);
        return {};
    }
    return write_across(data);
}

STET_INLINE result<std::span<std::byte>> staged_sink::lend(std::size_t wanted)
{
    if (wanted > block_.size() - filled_) {
        if (auto flushed = flush(); !flushed)
            return flushed.error();
    }
    return block_.subspan(filled_);
}

STET_INLINE bool staged_sink::stage(std::string_view text) noexcept
{
    if (text.size() > block_.size() - filled_)
        return false;
    append(detail::bytes_of(text.data(), text.size()));
    return true;
}

STET_INLINE result<void> staged_sink::flush()
{
    if (filled_ == 0)
        return {};
    const bytes staged = block_.first(filled_);
    filled_ = 0;
    return destination_.write(staged);
}

STET_INLINE void staged_sink::append(bytes data) noexcept
{
    std::byte* const place = block_.data() + filled_;
    if (!data.empty() && data.data() != place)         // what was lent lies there already
        std::memmove(place, data.data(), data.size()); // it may lie elsewhere in what was lent
    filled_ += data.size();
}

STET_INLINE result<void> staged_sink::write_across(bytes data)
{
    if (filled_ != 0 && data.size() < block_.size()) {
        const std::size_t head = block_.size() - filled_;
        append(data.first(head));
        data = data.subspan(head);
    }
    if (auto flushed = flush(); !flushed)
        return flushed;
    if (data.size() >= block_.size())
        return destination_.write(data);
    append(data);
    return {};
}

} // namespace STET_NAMESPACE
