// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "../coverage.hpp"

#include <cstring>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE filling::coverage::coverage(overlaps treatment, allocator memory) noexcept
    : treatment_(treatment), settled_(memory), recent_(memory)
{
}

STET_INLINE std::size_t filling::coverage::first_beyond(array_view<const interval> sorted,
                                                        std::uint64_t              byte) noexcept
{
    return detail::count_before(sorted, [&](const interval& piece) { return piece.end <= byte; });
}

STET_INLINE result<void> filling::coverage::add(interval piece) noexcept
{
    if (piece.begin >= piece.end)
        return {};
    // About twice the square root of their number: moving them takes as long as merging them, share by share.
    if (recent_.size() >= 64 && recent_.size() / 4 >= settled_.size() / recent_.size() && !merge())
        return detail::out_of_memory((settled_.size() + recent_.size()) * sizeof piece);

    for (const list* known : {&settled_, &recent_}) {
        const std::size_t i = first_beyond(known->view(), piece.begin);
        if (treatment_ == overlaps::refuse && i < known->size() && (*known)[i].begin < piece.end)
            return error{.code = errc::filled_twice,
                         .actual = (*known)[i].begin < piece.begin ? piece.begin : (*known)[i].begin};
    }
    // Those of the recent ones that it touches become one with it.
    const std::size_t first = piece.begin == 0 ? 0 : first_beyond(recent_.view(), piece.begin - 1);
    std::size_t       behind = first;
    for (; behind < recent_.size() && recent_[behind].begin <= piece.end; ++behind) {
        const interval& touched = recent_[behind];
        piece = {.begin = touched.begin < piece.begin ? touched.begin : piece.begin,
                 .end = touched.end > piece.end ? touched.end : piece.end};
    }
    if (behind == first) {
        if (!recent_.push({}))
            return detail::out_of_memory((recent_.size() + 1) * sizeof piece);
        std::memmove(&recent_[first] + 1, &recent_[first], (recent_.size() - 1 - first) * sizeof piece);
    } else if (behind > first + 1) {
        std::memmove(&recent_[first] + 1, recent_.data() + behind, (recent_.size() - behind) * sizeof piece);
        static_cast<void>(recent_.resize(recent_.size() - (behind - first - 1))); // shrinks
    }
    recent_[first] = piece;
    return {};
}

STET_INLINE bool filling::coverage::merge() noexcept
{
    if (recent_.empty())
        return true;
    list merged(settled_.memory());
    if (!merged.reserve(settled_.size() + recent_.size()))
        return false;
    const auto append = [&](const interval& next) {
        if (merged.empty() || next.begin > merged[merged.size() - 1].end)
            return merged.push(next);
        interval& last = merged[merged.size() - 1];
        last.end = next.end > last.end ? next.end : last.end;
        return true;
    };
    std::size_t taken = 0;
    bool        is_appended = true;
    for (const interval& next : recent_) {
        while (taken < settled_.size() && settled_[taken].begin < next.begin)
            is_appended = append(settled_[taken++]) && is_appended;
        is_appended = append(next) && is_appended;
    }
    while (taken < settled_.size())
        is_appended = append(settled_[taken++]) && is_appended;
    settled_ = std::move(merged);
    recent_.clear();
    return is_appended; // there was room for all
}

STET_INLINE result<void> filling::coverage::remove(interval piece) noexcept
{
    if (piece.begin >= piece.end)
        return {};
    list left(settled_.memory());
    if (!merge() || !left.reserve(settled_.size() + 1))
        return detail::out_of_memory((settled_.size() + 1) * sizeof piece);
    bool is_kept = true;
    for (const interval& each : settled_) {
        const interval before{.begin = each.begin, .end = each.end < piece.begin ? each.end : piece.begin};
        const interval behind{.begin = each.begin < piece.end ? piece.end : each.begin, .end = each.end};
        for (const interval& part : {before, behind}) {
            if (part.begin < part.end)
                is_kept = left.push(part) && is_kept;
        }
    }
    settled_ = std::move(left);
    return is_kept ? result<void>() : detail::out_of_memory(0); // there was room for all
}

STET_INLINE result<array_view<const filling::interval>> filling::coverage::intervals() noexcept
{
    if (!merge())
        return detail::out_of_memory((settled_.size() + recent_.size()) * sizeof(interval));
    return array_view<const interval>(settled_.view());
}

STET_INLINE result<std::optional<filling::interval>> filling::coverage::first_missing(
    interval within) noexcept
{
    const auto all = intervals();
    if (!all)
        return all.error();
    std::size_t i = first_beyond(*all, within.begin);
    if (i < all->size() && (*all)[i].begin <= within.begin)
        within.begin = (*all)[i++].end;
    if (within.begin >= within.end)
        return std::optional<interval>();
    if (i < all->size() && (*all)[i].begin < within.end)
        within.end = (*all)[i].begin;
    return std::optional<interval>(within);
}

} // namespace STET_NAMESPACE
