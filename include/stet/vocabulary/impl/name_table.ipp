// SPDX-License-Identifier: MIT
#include "name_table.hpp"
#include "text_hash.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE name_table::name_table(const allocator& memory) noexcept
    : cells_(memory), overflow_(memory), seed_(hash_seed(this))
{
}

STET_INLINE std::uint32_t name_table::hash(std::string_view head, std::string_view tail) const noexcept
{
    return static_cast<std::uint32_t>(text_hash(head, tail, seed_));
}

STET_INLINE bool name_table::reserve(std::size_t count) noexcept
{
    std::size_t size = least_cells;
    while (size < count * 2 + 2)
        size *= 2;
    if (used_ != 0 || size <= cells_.size())
        return true;
    if (!cells_.resize(size))
        return false;
    empty_cells();
    return true;
}

STET_INLINE void name_table::clear() noexcept
{
    empty_cells();
    overflow_.clear();
}

STET_INLINE void name_table::empty_cells() noexcept
{
    for (cell& fresh : cells_)
        fresh = {.position = none, .hash = 0};
    used_ = 0;
}

} // namespace STET_NAMESPACE::detail
