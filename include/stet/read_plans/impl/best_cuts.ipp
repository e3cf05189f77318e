// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "best_cuts.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE best_cuts::best_cuts(const allocator& memory) noexcept
    : left_(memory), starts_(memory), reaches_(memory), ranks_(memory), best_(memory)
{
}

/// Requests as long as they may be, from left to right: whichever run they are asked about, no fewer come up to it.
class longest_requests {
public:
    constexpr longest_requests(std::uint64_t first, std::uint64_t longest) noexcept
        : begin_(first), longest_(longest)
    {
    }

    /// Takes a run along.
    /// returns: the requests needed up to its end
    constexpr std::uint64_t take(const block_run& run) noexcept
    {
        if (count_ == 0 || run.begin - begin_ >= longest_) {
            begin_ = run.begin;
            ++count_;
        }
        if (run.end - begin_ > longest_) {
            const std::uint64_t more = (run.end - begin_ - 1) / longest_;
            begin_ += more * longest_;
            count_ += more;
        }
        return count_;
    }

private:
    std::uint64_t begin_; ///< of the last request
    std::uint64_t longest_;
    std::uint64_t count_ = 0;
};

STET_INLINE std::uint64_t best_cuts::count(array_view<const block_run> runs, std::uint64_t longest) noexcept
{
    longest_requests requests(runs[0].begin, longest);
    std::uint64_t    needed = 0;
    for (const block_run& run : runs)
        needed = requests.take(run);
    return needed;
}

STET_INLINE bool best_cuts::find_starts(array_view<const block_run> runs, std::uint64_t longest) noexcept
{
    if (!left_.resize(runs.size()))
        return false;
    const std::uint64_t end = runs.back().end; // seen from there, runs come in ascending order, too
    longest_requests    backwards(0, longest);
    for (std::size_t i = runs.size(); i-- > 0;)
        left_[i] = backwards.take({.begin = end - runs[i].end, .end = end - runs[i].begin});

    starts_.clear();
    longest_requests forwards(runs[0].begin, longest);
    std::uint64_t    used = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (used + left_[i] == left_[0] && !starts_.push({.run = i, .used = used}))
            return false;
        used = forwards.take(runs[i]);
    }
    return true;
}

STET_INLINE std::size_t best_cuts::best_before(std::uint64_t end, std::uint64_t used,
                                               std::uint64_t longest) const noexcept
{
    const auto  place = static_cast<std::int64_t>(end) - static_cast<std::int64_t>(used * longest);
    std::size_t reaching =
        count_before(reaches_.view(), [&](const reach& one) { return one.place >= place; });
    std::size_t found = starts_.size();
    for (; reaching > 0; reaching &= reaching - 1) {
        const std::size_t other = best_[reaching - 1];
        if (other != starts_.size() &&
            (found == starts_.size() || starts_[other].saved > starts_[found].saved))
            found = other;
    }
    return found;
}

STET_INLINE void best_cuts::enter(std::size_t position, std::size_t rank) noexcept
{
    for (std::size_t i = rank + 1; i <= best_.size(); i += i & (~i + 1)) {
        std::size_t& best = best_[i - 1];
        if (best == starts_.size() || starts_[position].saved > starts_[best].saved)
            best = position;
    }
}

STET_INLINE bool best_cuts::append(array_view<const block_run> runs, std::uint64_t longest,
                                   growing_array<block_run>& requests) noexcept
{
    if (runs.back().end - runs[0].begin <= longest)
        return requests.push({.begin = runs[0].begin, .end = runs.back().end});
    if (!find_starts(runs, longest))
        return false;
    const std::size_t count = starts_.size();
    if (!reaches_.resize(count) || !ranks_.resize(count) || !best_.resize(count))
        return false;
    for (std::size_t i = 0; i < count; ++i) {
        const auto lengths = static_cast<std::int64_t>(starts_[i].used * longest);
        reaches_[i] = {.place = static_cast<std::int64_t>(runs[starts_[i].run].begin) - lengths, .start = i};
    }
    sort_range(reaches_.view(), [](const reach& one, const reach& other) { return one.place > other.place; });
    for (std::size_t i = 0; i < count; ++i) {
        ranks_[reaches_[i].start] = i;
        best_[i] = count;
    }
    enter(0, ranks_[0]);
    for (std::size_t i = 1; i < count; ++i) {
        start&              own = starts_[i];
        const std::uint64_t before = runs[own.run - 1].end;
        own.from = best_before(before, own.used, longest);
        own.saved = starts_[own.from].saved + runs[own.run].begin - before;
        enter(i, ranks_[i]);
    }

    // From the end back: each start is told which one follows, in the place of the one before.
    const std::uint64_t all = left_[0];
    std::size_t         next = count;
    for (std::size_t at = best_before(runs.back().end, all, longest);;) {
        const std::size_t before = starts_[at].from;
        starts_[at].from = next;
        next = at;
        if (at == 0)
            break;
        at = before;
    }
    for (std::size_t at = 0; at != count; at = starts_[at].from) {
        const bool  is_last = starts_[at].from == count;
        const start following = is_last ? start{.run = runs.size(), .used = all} : starts_[starts_[at].from];
        std::uint64_t       begin = runs[starts_[at].run].begin;
        const std::uint64_t end = runs[following.run - 1].end;
        for (std::uint64_t i = starts_[at].used + 1; i < following.used; ++i, begin += longest) {
            if (!requests.push({.begin = begin, .end = begin + longest}))
                return false;
        }
        if (!requests.push({.begin = begin, .end = end}))
            return false;
    }
    return true;
}

} // namespace STET_NAMESPACE::detail
