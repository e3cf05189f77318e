// SPDX-License-Identifier: MIT
#include "merged_entries.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> merged_entries::add(const metadata_view& more)
{
    return merge(more, false);
}

STET_INLINE result<void> merged_entries::put_over(const metadata_view& more)
{
    return merge(more, true);
}

STET_INLINE result<void> merged_entries::merge(const metadata_view& more, bool wins)
{
    const auto sorted = sorted_entries(more, heap());
    if (!sorted)
        return sorted.error();
    metadata_list merged;
    merged.reserve(entries_.size() + sorted->size());
    auto ours = entries_.begin();
    for (const metadata_entry& entry : *sorted) {
        for (; ours != entries_.end() && ours->first < entry.key; ++ours)
            merged.push_back(std::move(*ours));
        const bool is_known = ours != entries_.end() && ours->first == entry.key;
        if (!is_known) {
            merged.emplace_back(entry.key, entry.text);
            continue;
        }
        if (wins)
            ours->second = entry.text;
        else if (ours->second != entry.text && (differing_.empty() || differing_.back() != entry.key))
            differing_.emplace_back(entry.key);
    }
    for (; ours != entries_.end(); ++ours)
        merged.push_back(std::move(*ours));
    entries_ = std::move(merged);
    return {};
}

} // namespace STET_NAMESPACE::detail
