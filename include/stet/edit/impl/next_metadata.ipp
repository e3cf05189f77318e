// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "../edit_options.hpp"
#include "next_metadata.hpp"

#include <cstddef>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Whether a sorted array holds a text.
template <class Element, class Text>
bool holds_text(array_view<Element> sorted, std::string_view wanted, Text text_of) noexcept
{
    const std::size_t first =
        count_before(sorted, [&](const auto& element) { return text_of(element) < wanted; });
    return first < sorted.size() && text_of(sorted[first]) == wanted;
}

STET_INLINE bool lost_truths::may_stay(const stored_metadata& entry) const noexcept
{
    if (entry.key == edit::c2pa_key)
        return !manifest || entry.value.find_first_not_of('A') == std::string_view::npos;
    if (entry.key.starts_with("modelspec.hash_"))
        return !data_hash;
    return !(entry.key == "sshs_model_hash" && model_hash) &&
           !(entry.key == "sshs_legacy_hash" && legacy_hash);
}

STET_INLINE next_metadata::next_metadata(const checkpoint_header& old, const edit::changes& wanted,
                                         const allocator& memory) noexcept
    : old_(&old), wanted_(&wanted), set_(memory), removed_(memory), entries_(memory)
{
}

STET_INLINE result<void> next_metadata::prepare()
{
    auto set = sorted_entries(wanted_->set, set_.memory());
    if (!set)
        return set.error();
    set_ = *std::move(set);
    for (const std::string_view key : wanted_->remove) {
        if (!removed_.push(key))
            return out_of_memory(removed_.size() * sizeof(std::string_view));
    }
    sort_range(removed_.view(), [](std::string_view a, std::string_view b) { return a < b; });
    return {};
}

STET_INLINE bool next_metadata::changes_training() const noexcept
{
    constexpr std::string_view of_training = "ss_";
    if (wanted_->metadata.is_present())
        return true;
    for (const metadata_entry& each : set_) {
        if (each.key.starts_with(of_training) && old_->metadata(each.key) != each.text)
            return true;
    }
    for (const std::string_view key : removed_) {
        if (key.starts_with(of_training) && old_->metadata(key) && !is_set(key))
            return true;
    }
    return false;
}

STET_INLINE result<void> next_metadata::make(const lost_truths& lost, std::vector<std::string>& dropped)
{
    // Its value some programs make of as many spaces as they want for room.
    constexpr std::string_view spacer = "__spacer";
    entries_.clear();
    dropped.clear();
    is_present_ = wanted_->metadata.is_present();
    auto made = wanted_->metadata.each([this](std::string_view key, std::string_view text) {
        return is_set(key) || is_removed(key) ? result<void>() : add(key, text);
    });
    if (!is_present_) {
        is_present_ = old_->has_metadata() && old_->metadata_size() == 0;
        for (std::size_t i = 0; i < old_->metadata_size() && made; ++i) {
            const stored_metadata each = old_->metadata(i);
            if (each.key == spacer || is_set(each.key) || is_removed(each.key))
                continue;
            if (lost.may_stay(each))
                made = add(each.key, each.value);
            else
                dropped.emplace_back(each.key);
        }
    }
    for (std::size_t i = 0; i < set_.size() && made; ++i)
        made = add(set_[i].key, set_[i].text);
    return made;
}

STET_INLINE metadata_view next_metadata::view() const noexcept
{
    return is_present_ || !entries_.empty() ? metadata_view(entries_) : metadata_view();
}

STET_INLINE bool next_metadata::is_set(std::string_view key) const noexcept
{
    return holds_text(set_.view(), key, [](const metadata_entry& each) { return each.key; });
}

STET_INLINE bool next_metadata::is_removed(std::string_view key) const noexcept
{
    return holds_text(removed_.view(), key, [](std::string_view removed) { return removed; });
}

STET_INLINE result<void> next_metadata::add(std::string_view key, std::string_view text) noexcept
{
    if (!entries_.push({.first = key, .second = text}))
        return out_of_memory(entries_.size() * sizeof(entry));
    return {};
}

} // namespace STET_NAMESPACE::detail
