// SPDX-License-Identifier: MIT
#include "../carry_metadata.hpp"
#include "entry_filter.hpp"
#include "merged_entries.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<carry::passed_on> carry::pass_on(const metadata_view& source, const metadata_view& own,
                                                    const carry_options& options)
{
    passed_on            said;
    detail::entry_filter filter(options, said);
    // Filtered before anything is looked at: what is faulty in a file can be left out.
    if (auto collected = filter.take(source); !collected)
        return collected.error();
    detail::merged_entries merged;
    if (auto added = merged.add(filter.kept()); !added)
        return added.error();
    if (auto added = merged.put_over(own); !added)
        return added.error();
    said.metadata = merged.entries();
    return said;
}

} // namespace STET_NAMESPACE
