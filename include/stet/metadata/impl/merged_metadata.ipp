// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../merged_metadata.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<merged_metadata> merge_metadata(const metadata_view& source, const metadata_view& own,
                                                   function_ref<bool(std::string_view key)> is_dropped,
                                                   const allocator&                         memory)
{
    using entry = merged_metadata::entry;
    const auto no_memory_for = [](std::size_t count) { return detail::out_of_memory(count * sizeof(entry)); };
    // Dropped before anything is looked at: what is faulty in a file can be left out.
    detail::growing_array<entry> kept(memory);
    const auto collected = source.each([&](std::string_view key, std::string_view text) -> result<void> {
        if (is_dropped && is_dropped(key))
            return {};
        if (!kept.push({.first = key, .second = text}))
            return no_memory_for(kept.size() + 1);
        return {};
    });
    if (!collected)
        return collected.error();
    const auto below = sorted_entries(metadata_view(kept), memory);
    if (!below)
        return below.error();
    const auto above = sorted_entries(own, memory);
    if (!above)
        return above.error();

    detail::growing_array<entry> merged(memory);
    if (!merged.reserve(below->size() + above->size()))
        return no_memory_for(below->size() + above->size());
    const metadata_entry* passed_on = below->begin();
    for (const metadata_entry& ours : *above) {
        for (; passed_on != below->end() && passed_on->key < ours.key; ++passed_on)
            (void)merged.push({.first = passed_on->key, .second = passed_on->text}); // reserved above
        if (passed_on != below->end() && passed_on->key == ours.key)
            ++passed_on;
        (void)merged.push({.first = ours.key, .second = ours.text});
    }
    for (; passed_on != below->end(); ++passed_on)
        (void)merged.push({.first = passed_on->key, .second = passed_on->text});
    return merged_metadata(std::move(merged));
}

} // namespace STET_NAMESPACE
