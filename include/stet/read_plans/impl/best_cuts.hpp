// SPDX-License-Identifier: MIT
#ifndef STET_READ_PLANS_IMPL_BEST_CUTS_HPP
#define STET_READ_PLANS_IMPL_BEST_CUTS_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Blocks side by side, numbered from the start of a file.
struct block_run {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    friend constexpr bool operator==(const block_run&, const block_run&) noexcept = default;
};

/// Cuts runs of wanted blocks, with gaps between them that may be read along, into requests of a limited length: the
/// fewest, and of those cuts the one that reads the fewest blocks.
///
/// A cut falls into a gap, which is then not read, or into a run. Let q and k be runs that a request starts with, and
/// no cut between them fall into a gap: then each request from q on is as long as it may be, for a longer one leaves all
/// that follows at least as free. So it is enough to know for each run k what is saved at most before it, over the runs
/// q from which whole lengths reach the end of run k - 1 by the number of cuts that the fewest requests allow there.
/// What whole lengths reach is told by q's place less the lengths used up before it, and so the best q by a prefix of
/// the runs in the order of that: n log n steps in all.
class best_cuts {
public:
    explicit best_cuts(const allocator& memory) noexcept;

    /// How many requests the runs need.
    /// runs:    at least one, ascending, with gaps between them; below block 2^61
    /// longest: blocks of a request, 1 to 2^61
    std::uint64_t count(array_view<const block_run> runs, std::uint64_t longest) noexcept;

    /// Appends the requests: as many as count() told of the same runs.
    /// returns: false when the allocator gave nothing
    [[nodiscard]] bool append(array_view<const block_run> runs, std::uint64_t longest,
                              growing_array<block_run>& requests) noexcept;

private:
    /// A run that a request of a best cut may start with.
    struct start {
        std::size_t   run = 0;
        std::uint64_t used = 0;  ///< requests before it
        std::uint64_t saved = 0; ///< blocks in gaps, at most
        std::size_t   from = 0;  ///< the start before it, whose requests come up to it
    };

    /// Where the first block that no request has reached yet would lie if none were used up.
    struct reach {
        std::int64_t place = 0;
        std::size_t  start = 0;
    };

    [[nodiscard]] bool find_starts(array_view<const block_run> runs, std::uint64_t longest) noexcept;

    /// The start with most saved from which requests, `used` up to there, reach the block `end`.
    std::size_t best_before(std::uint64_t end, std::uint64_t used, std::uint64_t longest) const noexcept;

    void enter(std::size_t position, std::size_t rank) noexcept;

    growing_array<std::uint64_t> left_; ///< requests that the runs from each on need
    growing_array<start>         starts_;
    growing_array<reach>         reaches_; ///< of the starts, far ones first
    growing_array<std::size_t>   ranks_;   ///< of each start among the reaches
    growing_array<std::size_t>   best_; ///< the best start of a stretch of ranks, as a Fenwick tree has them
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "best_cuts.ipp"
#endif

#endif
