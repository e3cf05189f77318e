// SPDX-License-Identifier: MIT
#include "../merge_metadata.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<metadata_list> merge_metadata(const metadata_view& source, const metadata_view& own,
                                                 function_ref<bool(std::string_view key)> is_dropped)
{
    // Dropped before anything is looked at: what is faulty in a file can be left out.
    metadata_list kept;
    const auto    collected = source.each([&](std::string_view key, std::string_view text) -> result<void> {
        if (!is_dropped || !is_dropped(key))
            kept.emplace_back(key, text);
        return {};
    });
    if (!collected)
        return collected.error();
    const auto below = detail::sorted_entries(metadata_view(kept), heap());
    if (!below)
        return below.error();
    const auto above = detail::sorted_entries(own, heap());
    if (!above)
        return above.error();

    metadata_list merged;
    merged.reserve(below->size() + above->size());
    const detail::metadata_entry* passed_on = below->begin();
    for (const detail::metadata_entry& ours : *above) {
        for (; passed_on != below->end() && passed_on->key < ours.key; ++passed_on)
            merged.emplace_back(passed_on->key, passed_on->text);
        if (passed_on != below->end() && passed_on->key == ours.key)
            ++passed_on;
        merged.emplace_back(ours.key, ours.text);
    }
    for (; passed_on != below->end(); ++passed_on)
        merged.emplace_back(passed_on->key, passed_on->text);
    return merged;
}

} // namespace STET_NAMESPACE
