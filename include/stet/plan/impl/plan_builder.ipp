// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/json_string.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "member.hpp"
#include "name_order.hpp"
#include "plan_builder.hpp"

#include <array>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE void plan_builder::expect(std::size_t count) noexcept
{
    constexpr std::size_t most = 1'000'000; // more do not fit into a header
    const std::size_t     more = count < most ? count : most;
    static_cast<void>(records_.reserve(records_.size() + more));
    static_cast<void>(axes_.reserve(axes_.size() + more * 4));
}

STET_INLINE result<void> plan_builder::leave_out(std::string_view key) noexcept
{
    return log(change::kind::left_out, {.stem = key});
}

STET_INLINE result<void> plan_builder::log(change::kind what, const placed_name& name) noexcept
{
    if (!log_.changes.push({.what = what, .component = present(), .name = name}))
        return detail::out_of_memory(sizeof(change));
    return {};
}

STET_INLINE bool plan_builder::holds(const placed_name& name) const noexcept
{
    for (const record& placed : records_) {
        if (placed.name == name)
            return true;
    }
    return false;
}

STET_INLINE result<void> plan_builder::add(const placed_name&         name,
                                           const result<tensor_view>& tensor) noexcept
{
    if (!tensor)
        return tensor.error().about(name.prefix, name.stem);
    const json_string_facts prefix = inspect_prefix(name.prefix);
    const json_string_facts stem = inspect_json_string(name.stem);
    if (!prefix.well_formed || !stem.well_formed)
        return error{.code = errc::invalid_utf8}.about(name.prefix, name.stem);
    if (name == placed_name{.stem = "__metadata__"})
        return error{.code = errc::reserved_name}.about(name.prefix, name.stem);
    if (auto sound = tensor->soundness(); !sound)
        return sound.error().about(name.prefix, name.stem);
    return add_checked(name, *tensor, prefix.escaped_size + stem.escaped_size);
}

inline constexpr std::uint32_t no_record = 0xFFFFFFFF;

/// Which record has which name while names change hands: the names are those that the records began with.
class held_names {
public:
    explicit held_names(array_view<const record> of, const allocator& memory) noexcept
        : records_(of), by_name_(memory), ranks_(memory), holders_(memory)
    {
    }

    /// Nobody has a name yet.
    /// errors: out_of_memory
    result<void> sort() noexcept
    {
        growing_array<name_clash> clashes(by_name_.memory());
        if (auto ordered = order_by_name(records_, by_name_, clashes); !ordered)
            return ordered;
        if (!ranks_.resize(records_.size()) || !holders_.resize(records_.size()))
            return out_of_memory(records_.size() * 2 * sizeof(std::uint32_t));
        for (std::uint32_t rank = 0; rank < records_.size(); ++rank) {
            const std::uint32_t at = by_name_[rank];
            const bool          is_same = rank != 0 && records_[at].name == records_[by_name_[rank - 1]].name;
            ranks_[at] = is_same ? ranks_[by_name_[rank - 1]] : rank;
            holders_[rank] = no_record;
        }
        return {};
    }

    /// The record that has that name, or no_record.
    std::uint32_t holder(const placed_name& name) const noexcept
    {
        const std::size_t rank = count_before(
            by_name_.view(), [&](std::uint32_t at) { return records_[at].name.compare(name) < 0; });
        const bool is_known = rank < by_name_.size() && records_[by_name_[rank]].name == name;
        return is_known ? holders_[rank] : no_record;
    }

    /// Gives the name of a record to that one, or to another.
    void give(std::uint32_t of, std::uint32_t to) noexcept { holders_[ranks_[of]] = to; }

private:
    array_view<const record>     records_;
    growing_array<std::uint32_t> by_name_;
    growing_array<std::uint32_t> ranks_;   ///< of each record's name; equal names have the first one's
    growing_array<std::uint32_t> holders_; ///< of the name of each rank
};

/// Gives each record the name of the one that `names` says, which is itself or one behind it that is lost; no_record: it
/// is lost. returns: how many are left, at the beginning
inline std::size_t take_names(array_view<record> records, array_view<const std::uint32_t> names) noexcept
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (names[i] == no_record)
            continue;
        record placed = records[i];
        placed.name = records[names[i]].name;
        placed.escaped_size = records[names[i]].escaped_size;
        records[kept++] = placed;
    }
    return kept;
}

STET_INLINE result<void> plan_builder::rename_again(std::size_t from) noexcept
{
    const array_view<record>     added = records_.view().subspan(from);
    held_names                   held(added, records_.memory());
    growing_array<std::uint32_t> names(records_.memory()); // whose name each record has in the end
    if (auto sorted = held.sort(); !sorted)
        return sorted;
    if (!names.resize(added.size()))
        return detail::out_of_memory(added.size() * sizeof(std::uint32_t));
    for (std::uint32_t i = 0; i < added.size(); ++i) {
        const placed_name key{.stem = added[i].name.stem};
        const bool bears_prefix = !added[i].name.prefix.empty() && key.stem.starts_with(added[i].name.prefix);
        std::uint32_t holder = bears_prefix ? held.holder(key) : no_record;
        if (holder == no_record) {
            holder = i;
        } else {
            names[i] = no_record;
            --components_.last().tensors;
            components_.last().bytes -= added[i].size;
            if (auto logged = log(change::kind::replaced, key); !logged)
                return logged;
        }
        names[holder] = i;
        held.give(i, holder);
    }
    static_cast<void>(records_.resize(from + take_names(added, names.view()))); // fewer
    return {};
}

STET_INLINE result<plan> plan_builder::finish(const file_order& order, duplicate_names duplicates,
                                              const choices& wanted) &&
{
    STET_ASSERT(detail::is_data_alignment(order.data_alignment),
                "stet: the data is aligned to a power of two of at least 8");
    if (auto selected = wanted.select(all()); !selected)
        return selected.error();
    growing_array<std::uint32_t> by_name(records_.memory());
    growing_array<name_clash>    clashes(records_.memory());
    if (auto ordered = order_by_name(records_.view(), by_name, clashes); !ordered)
        return ordered.error();
    if (!clashes.empty() && duplicates == duplicate_names::refuse)
        return duplicate(clashes[0]);
    if (auto dropped = drop_earlier(clashes); !dropped)
        return dropped.error();

    if (wanted.cast.calls != nullptr) {
        if (auto done = wanted.cast.calls->cast(all(), wanted.cast, by_name.view()); !done)
            return done.error();
    }
    if (!arrange(order, by_name, clashes.size()))
        return detail::out_of_memory(records_.size() * (sizeof(std::uint32_t) + sizeof(std::uint16_t)));

    std::uint64_t begin = 0;
    std::uint64_t members = records_.empty() ? 0 : records_.size() - 1; // the commas between them
    for (record& placed : records_) {
        placed.begin = begin;
        if (placed.size > INT64_MAX - begin)
            return error{.code = errc::file_size_overflow}.about(placed.name.prefix, placed.name.stem);
        begin += placed.size;
        members += member_size(placed, {axes_.data() + placed.first_axis, placed.rank});
    }
    if (members + 2 > max_header_size)
        return header_too_large(members + 2);
    count_changes();
    return plan(std::move(records_), std::move(axes_), std::move(log_), components_, model_, members,
                order.data_alignment, wanted.cast.calls);
}

STET_INLINE result<void> plan_builder::drop_earlier(const growing_array<name_clash>& clashes) noexcept
{
    for (const name_clash& clash : clashes) {
        record& earlier = records_[clash.first];
        earlier.escaped_size = dropped_record;
        --components_[earlier.component].tensors;
        components_[earlier.component].bytes -= earlier.size;
        if (!log_.changes.push(
                {.what = change::kind::replaced, .component = earlier.component, .name = earlier.name}))
            return detail::out_of_memory(sizeof(change));
    }
    return {};
}

STET_INLINE void plan_builder::count_changes() noexcept
{
    for (const change& done : log_.changes) {
        component_report& report = components_[done.component];
        report.left_out +=
            done.what == change::kind::left_out || done.what == change::kind::not_chosen ? 1U : 0U;
        report.added += done.what == change::kind::added ? 1U : 0U;
        report.replaced += done.what == change::kind::replaced ? 1U : 0U;
        report.cast += done.what == change::kind::cast ? 1U : 0U;
    }
}

STET_INLINE error plan_builder::header_too_large(std::uint64_t size) noexcept
{
    return {.code = errc::header_too_large, .expected = max_header_size, .actual = size};
}

STET_INLINE json_string_facts plan_builder::inspect_prefix(std::string_view prefix) noexcept
{
    if (prefix.data() != last_prefix_.data() || prefix.size() != last_prefix_.size()) {
        last_prefix_ = prefix;
        const json_string_facts facts = inspect_json_string(prefix);
        last_prefix_escaped_ = facts.escaped_size;
        last_prefix_is_utf8_ = facts.well_formed;
    }
    return {.well_formed = last_prefix_is_utf8_, .escaped_size = last_prefix_escaped_};
}

STET_INLINE result<void> plan_builder::add_checked(const placed_name& name, const tensor_view& tensor,
                                                   std::uint64_t escaped_size) noexcept
{
    // Without its name: that of a scalar of no bytes, whose dtype has two letters.
    constexpr std::uint64_t shortest_member = member_size(record{.type = dtype::u8}, {});
    least_header_size_ += escaped_size + tensor.shape.size() + shortest_member;
    if (least_header_size_ > max_header_size)
        return header_too_large(least_header_size_);
    record placed{.name = name,
                  .size = tensor.size,
                  .data = tensor.data,
                  .pour = tensor.pour,
                  .first_axis = static_cast<std::uint32_t>(axes_.size()),
                  .rank = static_cast<std::uint32_t>(tensor.shape.size()),
                  .escaped_size = static_cast<std::uint32_t>(escaped_size),
                  .type = tensor.type,
                  .component = present(),
                  .has_strides = !tensor.strides.empty()};
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
        if (!axes_.push(tensor.shape[axis]))
            return detail::out_of_memory(axes_.size() * sizeof(std::uint64_t));
    }
    for (std::size_t axis = 0; axis < tensor.strides.size(); ++axis) {
        if (!axes_.push(static_cast<std::uint64_t>(tensor.strides[axis])))
            return detail::out_of_memory(axes_.size() * sizeof(std::uint64_t));
    }
    if (!records_.push(placed))
        return detail::out_of_memory(records_.size() * sizeof(record));
    ++components_.last().tensors;
    components_.last().bytes += tensor.size;
    return {};
}

STET_INLINE bool plan_builder::arrange(const file_order& order, const growing_array<std::uint32_t>& by_name,
                                       std::size_t dropped) noexcept
{
    if (order.keeps_dict_order) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < records_.size(); ++i) {
            if (records_[i].escaped_size != dropped_record)
                records_[kept++] = records_[i];
        }
        return records_.resize(kept); // shrinks
    }
    growing_array<std::uint32_t> coming(records_.memory()); // the record that belongs at each place
    // Side by side, for they are looked up at random.
    growing_array<std::uint16_t> groups(records_.memory());
    if (!coming.resize(records_.size()) || !groups.resize(records_.size()))
        return false;
    std::array<std::size_t, 258> start{}; // start[group]: where the group's records begin
    for (std::size_t i = 0; i < records_.size(); ++i) {
        const record& placed = records_[i];
        // A dropped record is of a group of its own, behind all others.
        const unsigned group =
            placed.escaped_size == dropped_record ? 256U : 255U - order.group(placed.type, placed.size);
        groups[i] = static_cast<std::uint16_t>(group);
        ++start[group + 1];
    }
    for (std::size_t i = 1; i < start.size(); ++i)
        start[i] += start[i - 1];
    for (const std::uint32_t index : by_name)
        coming[start[groups[index]]++] = index;
    move_to_places(coming);
    return records_.resize(records_.size() - dropped);
}

STET_INLINE void plan_builder::move_to_places(growing_array<std::uint32_t>& coming) noexcept
{
    for (std::uint32_t first = 0; first < coming.size(); ++first) {
        if (coming[first] == first)
            continue;
        const record  aside = records_[first];
        std::uint32_t empty = first;
        for (std::uint32_t from = coming[empty]; from != first; from = coming[empty]) {
            records_[empty] = records_[from];
            coming[empty] = empty;
            empty = from;
        }
        records_[empty] = aside;
        coming[empty] = empty;
    }
}

STET_INLINE error plan_builder::duplicate(const name_clash& clash) const noexcept
{
    const record& first = records_[clash.first];
    const record& second = records_[clash.second];
    return error{.code = errc::duplicate_name}
        .with(components_[first.component].role, components_[second.component].role)
        .about(first.name.prefix, first.name.stem);
}

} // namespace STET_NAMESPACE::detail
