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
    replacement(const held_file& old, array_view<const byte_range> kept, bytes head, part_file& next,
                const edit::options& how) noexcept
        : old_(&old), kept_(kept), next_(&next), how_(&how), head_(head), size_(head.size()),
          done_(head.size()), reported_(head.size())
    {
        for (const byte_range& one : kept)
            size_ += one.end - one.begin;
    }

    /// Shares whole blocks; false where that cannot be done, and nothing is written then.
    bool share()
    {
        if (kept_.size() != 1 || !next_->is_positional())
            return false;
        const auto [begin, end] = kept_[0];
        const std::uint64_t lead = (clone_alignment - begin % clone_alignment) % clone_alignment;
        if (head_.size() % clone_alignment != begin % clone_alignment || end - begin < lead + clone_alignment)
            return false;
        shared_begin_ = begin + lead;
        shared_end_ = end / clone_alignment * clone_alignment;
        return next_->clone(old_->handle(), shared_begin_, head_.size() + lead, shared_end_ - shared_begin_);
    }

    /// Writes around the blocks that are shared.
    result<void> write_around()
    {
        if (auto written = next_->write_at(0, head_); !written)
            return written;
        const auto [begin, end] = kept_[0];
        const auto write = [this, from = begin](std::uint64_t at, bytes piece) {
            return next_->write_at(head_.size() + (at - from), piece);
        };
        if (auto copied = copy({begin, shared_begin_}, write); !copied)
            return copied;
        done_ = head_.size() + (shared_end_ - begin);
        if (auto copied = copy({shared_end_, end}, write); !copied)
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
        for (const byte_range& one : kept_) {
            if (auto copied = copy(one, write); !copied)
                return copied;
        }
        return report(size_);
    }

private:
    /// write: takes a place in the old file and bytes
    template <class Write>
    result<void> copy(const byte_range& range, Write write)
    {
        const std::uint64_t whole = range.end - range.begin;
        if (whole == 0)
            return {};
        auto block =
            staging_block::make(whole < staging_size ? memory_size(whole) : staging_size, how_->allocator);
        if (!block)
            return block.error();
        constexpr std::uint64_t interval = std::uint64_t{16} << 20U;
        for (std::uint64_t at = range.begin; at != range.end;) {
            if (done_ - reported_ >= interval) {
                reported_ = done_;
                if (auto told = report(done_); !told)
                    return told;
            }
            const std::uint64_t left = range.end - at;
            auto                piece = block->bytes();
            piece = piece.first(left < piece.size() ? memory_size(left) : piece.size());
            if (auto read = old_->read(at, piece); !read)
                return read;
            if (auto written = write(at, piece); !written)
                return written;
            at += piece.size();
            done_ += piece.size();
        }
        return {};
    }

    result<void> report(std::uint64_t written)
    {
        if (!how_->progress || how_->progress({.bytes_done = written, .bytes_total = size_, .tensor = {}}))
            return {};
        return error{.code = errc::cancelled, .expected = size_, .actual = written};
    }

    const held_file*             old_;
    array_view<const byte_range> kept_;
    part_file*                   next_;
    const edit::options*         how_;
    bytes                        head_;
    std::uint64_t                size_;             ///< of the new file
    std::uint64_t                done_;             ///< of it
    std::uint64_t                reported_;         ///< of that
    std::uint64_t                shared_begin_ = 0; ///< in the old file
    std::uint64_t                shared_end_ = 0;
};

STET_INLINE result<bool> write_replacement(const held_file& old, array_view<const byte_range> kept,
                                           bytes head, part_file& next, const edit::options& how)
{
    replacement both(old, kept, head, next, how);
    const bool  shares = both.share();
    const auto  written = shares ? both.write_around() : both.write_all();
    return written ? result<bool>(shares) : written.error();
}

} // namespace STET_NAMESPACE::detail
