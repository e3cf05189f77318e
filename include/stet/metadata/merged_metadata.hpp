// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_MERGED_METADATA_HPP
#define STET_METADATA_MERGED_METADATA_HPP

#include "../vocabulary/function_ref.hpp"
#include "../header/metadata.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// The metadata of a file that was read, passed on under entries of one's own: what `merge_metadata` gives. A dict of
/// metadata itself, ordered by key.
/// lifetime: borrows the texts of both dicts
class merged_metadata {
public:
    struct entry {
        std::string_view first{};  ///< the key
        std::string_view second{}; ///< the text
    };

    explicit merged_metadata(detail::growing_array<entry> entries) noexcept : entries_(std::move(entries)) {}

    const entry* begin() const noexcept { return entries_.begin(); }
    const entry* end() const noexcept { return entries_.end(); }
    std::size_t  size() const noexcept { return entries_.size(); }

private:
    detail::growing_array<entry> entries_;
};

/// Whether a key belongs to ModelSpec.
constexpr bool is_model_spec_key(std::string_view key) noexcept
{
    return key.starts_with("modelspec.");
}

/// Whether a key holds a digest of the tensors, which is wrong as soon as one of them changes.
/// source: ModelSpec 1.0.1, `hash_` keys; sd-scripts, sshs_model_hash and sshs_legacy_hash
constexpr bool is_digest_key(std::string_view key) noexcept
{
    return key.starts_with("modelspec.hash_") || key == "sshs_model_hash" || key == "sshs_legacy_hash";
}

/// The entries of `source` under those of `own`.
/// precedence: every entry of `own` is there, whatever its key; of `source` those that `is_dropped` does not name and
///             whose key `own` lacks. `is_dropped` is asked about keys of `source` only; none drops nothing
/// errors:     invalid_metadata_utf8; duplicate_metadata_key for a key twice in one dict; out_of_memory
/// lifetime:   borrows the texts of both dicts
inline result<merged_metadata> merge_metadata(const metadata_view& source, const metadata_view& own,
                                              function_ref<bool(std::string_view key)> is_dropped = {},
                                              const allocator&                         memory = heap())
{
    using entry = merged_metadata::entry;
    const auto no_memory_for = [](std::size_t count) {
        return error{.code = errc::out_of_memory, .expected = count * sizeof(entry)};
    };
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

#endif
