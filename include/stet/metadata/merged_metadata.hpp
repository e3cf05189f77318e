// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_MERGED_METADATA_HPP
#define STET_METADATA_MERGED_METADATA_HPP

#include "../header/metadata.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/function_ref.hpp"
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
result<merged_metadata> merge_metadata(const metadata_view& source, const metadata_view& own,
                                       function_ref<bool(std::string_view key)> is_dropped = {},
                                       const allocator&                         memory = heap());

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/merged_metadata.ipp"
#endif

#endif
