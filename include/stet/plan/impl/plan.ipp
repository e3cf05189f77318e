// SPDX-License-Identifier: MIT
#include "../plan.hpp"

namespace STET_NAMESPACE {

STET_INLINE plan::plan(detail::growing_array<record> records, detail::growing_array<std::uint64_t> axes,
                       change_log log, component_reports components, std::uint64_t members_size,
                       std::uint32_t data_alignment) noexcept
    : records_(std::move(records)), axes_(std::move(axes)), log_(std::move(log)), components_(components),
      members_size_(members_size), data_alignment_(data_alignment)
{
}

STET_INLINE std::span<const std::uint64_t> plan::shape(const record& of) const noexcept
{
    return {axes_.data() + of.first_axis, of.rank};
}

STET_INLINE tensor_view plan::tensor(const record& of) const noexcept
{
    tensor_view view{.type = of.type, .shape = shape(of), .size = of.size, .data = of.data, .pour = of.pour};
    if (of.has_strides) {
        const std::uint64_t* const spacing = axes_.data() + of.first_axis + of.rank;
        view.strides = std::span(reinterpret_cast<const std::int64_t*>(spacing), of.rank);
    }
    return view;
}

STET_INLINE std::uint64_t plan::data_size() const noexcept
{
    return records_.empty() ? 0 : records_[records_.size() - 1].end();
}

} // namespace STET_NAMESPACE
