// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/staging_block.hpp"
#include "replacement.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The bytes of one file put behind another's header.
class replacement {
public:
    replacement(const held_file& old, const checkpoint_header& from, bytes head, part_file& next,
                const edit::options& how) noexcept
        : old_(&old), from_(&from), next_(&next), how_(&how), head_(head), begin_(from.data_begin()),
          end_(begin_ + from.data_size()), size_(head.size())
    {
        for (const stored_tensor tensor : from)
            size_ += tensor.size();
    }

    /// Shares whole blocks; false where that cannot be done, and nothing is written then.
    bool share()
    {
        const std::uint64_t lead = (clone_alignment - begin_ % clone_alignment) % clone_alignment;
        const std::uint64_t data_size = end_ - begin_;
        const bool          has_gaps = head_.size() + data_size != size_;
        if (head_.size() % clone_alignment != begin_ % clone_alignment || !next_->is_positional() ||
            has_gaps || data_size < lead + clone_alignment)
            return false;
        shared_begin_ = begin_ + lead;
        shared_end_ = end_ / clone_alignment * clone_alignment;
        return next_->clone(old_->handle(), shared_begin_, head_.size() + lead, shared_end_ - shared_begin_);
    }

    /// Writes around the blocks that are shared.
    result<void> write_around()
    {
        if (auto written = next_->write_at(0, head_); !written)
            return written;
        const auto write = [this](std::uint64_t at, bytes piece) {
            return next_->write_at(head_.size() + (at - begin_), piece);
        };
        if (auto copied = copy(begin_, shared_begin_, write); !copied)
            return copied;
        if (auto copied = copy(shared_end_, end_, write); !copied)
            return copied;
        return report(size_);
    }

    /// Writes everything.
    result<void> write_all()
    {
        if (auto allocated = next_->preallocate(size_); !allocated)
            return allocated;
        if (auto written = next_->write(head_); !written)
            return written;
        const auto write = [this](std::uint64_t, bytes piece) { return next_->write(piece); };
        // As many tensors at a time as lie one behind the other.
        for (std::size_t i = 0; i < from_->size();) {
            const std::uint64_t first = (*from_)[i].begin;
            std::uint64_t       end = first;
            for (; i < from_->size() && (*from_)[i].begin == end; ++i)
                end = (*from_)[i].end;
            if (auto copied = copy(begin_ + first, begin_ + end, write); !copied)
                return copied;
        }
        return report(size_);
    }

private:
    /// write: takes a place in the old file and bytes
    template <class Write>
    result<void> copy(std::uint64_t from, std::uint64_t end, Write write)
    {
        if (from == end)
            return {};
        const std::uint64_t whole = end - from;
        auto                block =
            staging_block::make(whole < staging_size ? memory_size(whole) : staging_size, how_->allocator);
        if (!block)
            return block.error();
        constexpr std::uint64_t interval = std::uint64_t{16} << 20U;
        for (std::uint64_t at = from, reported = from; at != end;) {
            if (at - reported >= interval) {
                reported = at;
                if (auto told = report(head_.size() + (at - begin_)); !told)
                    return told;
            }
            const std::uint64_t left = end - at;
            auto                piece = block->bytes();
            piece = piece.first(left < piece.size() ? memory_size(left) : piece.size());
            if (auto read = old_->read(at, piece); !read)
                return read;
            if (auto written = write(at, piece); !written)
                return written;
            at += piece.size();
        }
        return {};
    }

    result<void> report(std::uint64_t written)
    {
        if (!how_->progress || how_->progress({.bytes_done = written, .bytes_total = size_, .tensor = {}}))
            return {};
        return error{.code = errc::cancelled, .expected = size_, .actual = written};
    }

    const held_file*         old_;
    const checkpoint_header* from_;
    part_file*               next_;
    const edit::options*     how_;
    bytes                    head_;
    std::uint64_t            begin_;            ///< of the data in the old file
    std::uint64_t            end_;              ///< of the last tensor in the old file
    std::uint64_t            size_;             ///< of the new file
    std::uint64_t            shared_begin_ = 0; ///< in the old file
    std::uint64_t            shared_end_ = 0;
};

STET_INLINE result<bool> write_replacement(const held_file& old, const checkpoint_header& from, bytes head,
                                           part_file& next, const edit::options& how)
{
    replacement both(old, from, head, next, how);
    const bool  shares = both.share();
    const auto  written = shares ? both.write_around() : both.write_all();
    return written ? result<bool>(shares) : written.error();
}

} // namespace STET_NAMESPACE::detail
