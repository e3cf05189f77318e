// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_MERGE_METADATA_HPP
#define STET_METADATA_MERGE_METADATA_HPP

#include "../header/metadata.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/function_ref.hpp"
#include "../vocabulary/result.hpp"

#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

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

} // namespace detail

/// The metadata of a file that was read, passed on under entries of one's own; ordered by key.
/// precedence: every entry of `own` is there, whatever its key; of `source` those that `is_dropped` does not name and
///             whose key `own` lacks. `is_dropped` is asked about keys of `source` only; none drops nothing
/// errors:     invalid_metadata_utf8; duplicate_metadata_key for a key twice in one dict; out_of_memory
result<metadata_list> merge_metadata(const metadata_view& source, const metadata_view& own,
                                     function_ref<bool(std::string_view key)> is_dropped = {});

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/merge_metadata.ipp"
#endif

#endif
