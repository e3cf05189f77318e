// SPDX-License-Identifier: MIT
#include "../../file/file_system.hpp"
#include "halves.hpp"

#include <cstddef>

namespace STET_NAMESPACE::detail {

STET_INLINE halves cut(const header& head, std::uint64_t goal) noexcept
{
    const tensor_run whole = whole_run(head.tensors());
    const auto       records = head.tensors().records();
    std::size_t      at = 0;
    while (at < records.size() && records[at].end() <= goal)
        ++at;
    if (at == records.size())
        return {.first = whole, .second = {.first = at, .last = at, .begin = whole.end, .end = whole.end}};
    const std::uint64_t aligned = (head.size() + goal) / direct_alignment * direct_alignment;
    const bool          is_inside = records[at].pour == nullptr && aligned > head.size() + records[at].begin;
    const std::uint64_t place = is_inside ? aligned - head.size() : records[at].begin;
    return {.first = {.first = 0, .last = is_inside ? at + 1 : at, .begin = 0, .end = place},
            .second = {.first = at, .last = whole.last, .begin = place, .end = whole.end}};
}

} // namespace STET_NAMESPACE::detail
