// SPDX-License-Identifier: MIT
#include "../../tensor/sizes.hpp"
#include "../../vocabulary/impl/companion_names.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "choosing.hpp"
#include "name_order.hpp"

#include <string_view>

namespace STET_NAMESPACE::detail {

STET_INLINE selection::tensor collected::asked(const record& placed) const noexcept
{
    return {.name = placed.name,
            .role = components[placed.component].role,
            .type = placed.type,
            .shape = {axes.data() + placed.first_axis, placed.rank},
            .size = placed.size};
}

/// The name of a layer's weight: the layer's from the name of one of its tensors, and a word.
struct weight_name {
    static constexpr std::string_view word = "weight";

    const placed_name* of;
    std::size_t        prefix;

    std::size_t size() const noexcept { return prefix + word.size(); }
    char        operator[](std::size_t i) const noexcept { return i < prefix ? (*of)[i] : word[i - prefix]; }
};

/// Less than, equal to or more than 0, as the names compare byte by byte.
inline int compare_names(const placed_name& name, const weight_name& weight) noexcept
{
    const std::size_t shared = least(name.size(), weight.size());
    for (std::size_t at = 0; at < shared; ++at) {
        const auto first = static_cast<unsigned char>(name[at]);
        const auto second = static_cast<unsigned char>(weight[at]);
        if (first != second)
            return first < second ? -1 : 1;
    }
    return (name.size() > weight.size() ? 1 : 0) - (name.size() < weight.size() ? 1 : 0);
}

/// Where the last part of a name begins.
inline std::size_t last_part_of(const placed_name& name) noexcept
{
    std::size_t begin = name.size();
    while (begin != 0 && name[begin - 1] != '.')
        --begin;
    return begin;
}

inline bool is_prediction_marker(const placed_name& name) noexcept
{
    for (const std::string_view marker : {v_pred_marker, ztsnr_marker, sigma_max_marker, sigma_min_marker}) {
        if (name == placed_name{.stem = marker})
            return true;
    }
    return false;
}

STET_INLINE std::optional<std::size_t> layer_prefix(const placed_name& name) noexcept
{
    if (const std::string_view known = companion_of(name); !known.empty())
        return name.size() - known.size();
    const std::size_t last = last_part_of(name);
    if (has_text_at(name, last, "weight_"))
        return last;
    constexpr std::string_view inside = ".weight."; // bitsandbytes puts them under the weight
    for (std::size_t at = 0; at + inside.size() <= last; ++at) {
        if (name[at] == '.' && has_text_at(name, at, inside))
            return at + 1;
    }
    return std::nullopt;
}

/// The index of the layer's weight, if it is there.
inline std::optional<std::uint32_t> find_weight(array_view<const record>        records,
                                                array_view<const std::uint32_t> by_name,
                                                const weight_name&              weight) noexcept
{
    const auto        order = [&](std::uint32_t at) { return compare_names(records[at].name, weight); };
    const std::size_t rank = count_before(by_name, [&order](std::uint32_t at) { return order(at) < 0; });
    return rank < by_name.size() && order(by_name[rank]) == 0 ? std::optional(by_name[rank]) : std::nullopt;
}

STET_INLINE result<void> quantised_groups::find(array_view<const record>        records,
                                                array_view<const std::uint32_t> by_name) noexcept
{
    if (!leaders_.resize(records.size()) || !is_member_.resize(records.size()))
        return out_of_memory(records.size() * (sizeof(std::uint32_t) + 1));
    for (std::size_t i = 0; i < records.size(); ++i) {
        leaders_[i] = static_cast<std::uint32_t>(i);
        is_member_[i] = 0;
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
        const placed_name& name = records[i].name;
        const auto         prefix = layer_prefix(name);
        if (!prefix)
            continue;
        const auto weight = find_weight(records, by_name, {.of = &name, .prefix = *prefix});
        if (weight) {
            leaders_[i] = *weight;
            is_member_[*weight] = 1;
        }
        if (weight || !companion_of(name).empty())
            is_member_[i] = 1;
    }
    return {};
}

STET_INLINE result<void> select(const collected& from, const choices& wanted)
{
    growing_array<std::uint32_t> by_name(from.records.memory());
    growing_array<name_clash>    clashes(from.records.memory());
    if (auto ordered = order_by_name(from.records.view(), by_name, clashes); !ordered)
        return ordered;
    quantised_groups groups(from.records.memory());
    if (auto found = groups.find(from.records.view(), by_name.view()); !found)
        return found;
    growing_array<std::uint8_t> stays(from.records.memory());
    if (!stays.resize(from.records.size()))
        return out_of_memory(from.records.size());
    for (std::size_t i = 0; i < from.records.size(); ++i) {
        const selection::tensor asked = from.asked(from.records[groups.leader(i)]);
        const bool              is_wanted =
            (!wanted.keep || wanted.keep(asked)) && !(wanted.leave_out && wanted.leave_out(asked));
        stays[i] = is_wanted || from.records[i].component == from.markers ? 1 : 0;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < from.records.size(); ++i) {
        const record placed = from.records[i];
        if (stays[i] != 0) {
            from.records[kept++] = placed;
            continue;
        }
        component_report& report = from.components[placed.component];
        --report.tensors;
        report.bytes -= placed.size;
        report.renamed -= placed.is_renamed ? 1U : 0U;
        if (!from.log.changes.push(
                {.what = change::kind::not_chosen, .component = placed.component, .name = placed.name}))
            return out_of_memory(sizeof(change));
    }
    static_cast<void>(from.records.resize(kept)); // fewer
    return {};
}

/// errors: those of cast
inline result<void> cast_record(const collected& from, record& placed, const casts::rule& wanted,
                                const casting_calls& calls) noexcept
{
    const dtype to = *wanted.to;
    if (!casts::is_cast(to))
        return error{.code = errc::not_convertible}
            .with(name(placed.type), name(to))
            .about(placed.name.prefix, placed.name.stem);
    const std::span<const std::uint64_t> shape(from.axes.data() + placed.first_axis, placed.rank);
    const auto                           size = byte_count(to, shape);
    if (!size)
        return size.error().about(placed.name.prefix, placed.name.stem);
    void* const at = from.log.own.allocate(calls.source_size);
    if (at == nullptr || !from.log.changes.push({.what = change::kind::cast,
                                                 .component = placed.component,
                                                 .from = placed.type,
                                                 .to = to,
                                                 .name = placed.name}))
        return out_of_memory(calls.source_size + sizeof(change));
    cast_source* const source = calls.place(at);
    source->data = placed.data;
    source->pour = placed.pour;
    source->size = placed.size;
    source->change = static_cast<std::uint32_t>(from.log.changes.size() - 1);
    source->type = placed.type;
    source->beyond = wanted.beyond;
    component_report& report = from.components[placed.component];
    report.bytes = report.bytes - placed.size + *size;
    placed.data = source;
    placed.pour = calls.pour;
    placed.size = *size;
    placed.type = to;
    placed.is_cast = true;
    return {};
}

STET_INLINE result<void> cast(const collected& from, const casts::casting& wanted,
                              array_view<const std::uint32_t> by_name)
{
    quantised_groups groups(from.records.memory());
    if (auto found = groups.find(from.records.view(), by_name); !found)
        return found;
    for (std::size_t i = 0; i < from.records.size(); ++i) {
        record& placed = from.records[i];
        if (placed.escaped_size == dropped_record || placed.component == from.markers || placed.size == 0 ||
            !casts::is_cast(placed.type) || groups.is_member(i) || is_prediction_marker(placed.name))
            continue;
        const casts::rule& rule = wanted.rule_for(from.asked(placed));
        if (!rule.to || *rule.to == placed.type)
            continue;
        if (auto done = cast_record(from, placed, rule, *wanted.calls); !done)
            return done;
    }
    return {};
}

} // namespace STET_NAMESPACE::detail
