// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_IMPL_MERGED_ENTRIES_HPP
#define STET_CARRY_IMPL_MERGED_ENTRIES_HPP

#include "../../header/header.hpp"
#include "../../header/metadata.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace STET_NAMESPACE::detail {

/// Metadata of several files in one, ordered by key.
class merged_entries {
public:
    /// Of a key that is there already the first text stands; where the other differs the key is named.
    /// errors: invalid_metadata_utf8; duplicate_metadata_key for a key twice in one dict; out_of_memory
    result<void> add(const metadata_view& more);

    /// Of a key that is there already the new text stands.
    /// errors: the same
    result<void> put_over(const metadata_view& more);

    const metadata_list&            entries() const noexcept { return entries_; }
    const std::vector<std::string>& differing() const noexcept { return differing_; }

private:
    result<void> merge(const metadata_view& more, bool wins);

    metadata_list            entries_{};
    std::vector<std::string> differing_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "merged_entries.ipp"
#endif

#endif
