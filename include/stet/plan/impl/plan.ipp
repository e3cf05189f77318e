// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../plan.hpp"

namespace STET_NAMESPACE {

STET_INLINE plan::plan(detail::growing_array<record> records, detail::growing_array<std::uint64_t> axes,
                       change_log log, component_reports components, const model_description& model,
                       std::uint64_t members_size, std::uint32_t data_alignment,
                       const detail::casting_calls* casting) noexcept
    : records_(std::move(records)), axes_(std::move(axes)), log_(std::move(log)), components_(components),
      model_(model), members_size_(members_size), data_alignment_(data_alignment), casting_(casting)
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

STET_INLINE result<change_log> plan::kept_changes() const noexcept
{
    change_log kept(memory());
    if (!kept.changes.reserve(log_.changes.size()))
        return detail::out_of_memory(log_.changes.size() * sizeof(change));
    for (change each : log_.changes) {
        const placed_name borrowed = each.name;
        char* const       text = kept.own.text(borrowed.size());
        if (text == nullptr || !kept.changes.push(each))
            return detail::out_of_memory(borrowed.size());
        borrowed.prefix.copy(text, borrowed.prefix.size());
        borrowed.stem.copy(text + borrowed.prefix.size(), borrowed.stem.size());
        change& own = kept.changes[kept.changes.size() - 1];
        own.name.prefix = {text, borrowed.prefix.size()};
        own.name.stem = {text + borrowed.prefix.size(), borrowed.stem.size()};
    }
    return kept;
}

STET_INLINE void plan::count_casts(change_log& kept) const noexcept
{
    if (casting_ == nullptr)
        return;
    for (const record& placed : records_) {
        if (!placed.is_cast)
            continue;
        const auto& source = *static_cast<const detail::cast_source*>(placed.data);
        STET_ASSERT(source.change < kept.changes.size(), "stet: these are another plan's changes");
        casting_->count(source, kept.changes[source.change]);
    }
}

STET_INLINE std::uint64_t plan::data_size() const noexcept
{
    return records_.empty() ? 0 : records_[records_.size() - 1].end();
}

} // namespace STET_NAMESPACE
