// SPDX-License-Identifier: MIT
#ifndef STET_SINK_IMPL_STAGED_SINK_HPP
#define STET_SINK_IMPL_STAGED_SINK_HPP

#include "../sink.hpp"

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Joins small pieces in one block before a costly sink; a piece as large as the block passes through uncopied. Lends
/// the block.
/// Nothing is flushed on destruction: what the last flush() returned decides.
/// lifetime: borrows the sink and the block; the block must not be empty
class staged_sink {
public:
    staged_sink(sink_ref destination, std::span<std::byte> block) noexcept
        : destination_(destination), block_(block)
    {
        STET_ASSERT(!block.empty(), "stet: a staged_sink needs a block to stage in");
    }

    result<void> write(bytes data)
    {
        if (data.size() <= block_.size() - filled_) {
            append(data);
            return {};
        }
        return write_across(data);
    }

    result<void> write(std::string_view text) { return write(detail::bytes_of(text.data(), text.size())); }

    /// The rest of the block; the whole of it, once what is staged was handed over, where the rest is too small.
    /// errors: the sink's
    result<std::span<std::byte>> lend(std::size_t wanted)
    {
        if (wanted > block_.size() - filled_) {
            if (auto flushed = flush(); !flushed)
                return flushed.error();
        }
        return block_.subspan(filled_);
    }

    /// Takes a short text that fits beside what is staged, without the cost of a result; false if it does not fit.
    [[nodiscard]] bool stage(std::string_view text) noexcept
    {
        if (text.size() > block_.size() - filled_)
            return false;
        append(detail::bytes_of(text.data(), text.size()));
        return true;
    }

    /// Hands over what is staged.
    result<void> flush()
    {
        if (filled_ == 0)
            return {};
        const bytes staged = block_.first(filled_);
        filled_ = 0;
        return destination_.write(staged);
    }

private:
    void append(bytes data) noexcept
    {
        std::byte* const place = block_.data() + filled_;
        if (!data.empty() && data.data() != place) // what was lent lies there already
            std::memcpy(place, data.data(), data.size());
        filled_ += data.size();
    }

    result<void> write_across(bytes data)
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

    sink_ref             destination_;
    std::span<std::byte> block_;
    std::size_t          filled_ = 0;
};

} // namespace STET_NAMESPACE::detail

#endif
