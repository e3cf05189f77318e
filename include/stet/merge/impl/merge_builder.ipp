// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../../vocabulary/impl/sorted_range.hpp"
#include "merge_builder.hpp"
#include "merge_words.hpp"
#include "pour_mixture.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE merge_builder::merge_builder(const merge_side& first, const merge_side& second,
                                         const merge_side* third, const merging::recipe& how,
                                         const component_ratios& ratios, const allocator& memory) noexcept
    : names_(first, second, third, memory), how_(how), ratios_(ratios), memory_(memory), described_(memory),
      old_names_(memory), is_taken_(memory), made_(memory)
{
}

STET_INLINE result<merge_result> merge_builder::build()
{
    if (auto prepared = prepare(); !prepared)
        return prepared.error();
    if (auto fine = names_.refuse_loras(); !fine)
        return fine.error();
    for (std::uint32_t position = 0; position < names_.side(0).layers.tensors().size(); ++position) {
        if (auto added = add(position); !added)
            return added.error();
    }
    auto done = add_only_second();
    done = done ? add_flags() : done;
    done = done ? finish() : done;
    if (!done)
        return done.error();
    return std::move(made_);
}

// ---- what is looked up -------------------------------------------------------------------------------------

/// Names are found, and there is room for all that becomes of them: what is borrowed keeps its place.
STET_INLINE result<void> merge_builder::prepare()
{
    if (auto prepared = names_.prepare(); !prepared)
        return prepared;
    const std::size_t first = names_.side(0).layers.tensors().size();
    const std::size_t second = names_.side(1).layers.tensors().size();
    std::size_t       layers = 0;
    for (unsigned which = 0; which < names_.count(); ++which)
        layers += names_.side(which).layers.size();
    const bool has_room = made_.decisions.reserve(first + second) && made_.mixtures.reserve(first) &&
                          made_.values.reserve(layers) && described_.reserve(layers) &&
                          old_names_.reserve(layers) && is_taken_.resize(second);
    if (!has_room)
        return out_of_memory((first + second) * sizeof(mixture));
    for (bool& is_taken : is_taken_)
        is_taken = false;
    return {};
}

// ---- what becomes of a name --------------------------------------------------------------------------------

STET_INLINE result<void> merge_builder::add(std::uint32_t position)
{
    using merging::outcome;
    if (names_.side(0).is_flag(position))
        return {};
    const std::string_view        name = names_.side(0).at(position).name;
    const quantised::layer* const group = names_.side(0).group_of(position);
    if (group != nullptr && group->weight != quantised::no_tensor && names_.side(0).is_companion(position))
        return {}; // goes with its weight
    const place here = names_.place_of(position);
    if (here.at[1] != none)
        return add_common(here);
    if (group != nullptr && position == group->bias && group->weight != quantised::no_tensor) {
        const std::string_view weight = names_.side(0).at(group->weight).name;
        const auto             ratio = ratios_.of(weight);
        if (ratio && *ratio <= 0 && names_.has(1, weight)) {
            decide(name, outcome::dropped); // the second file's layer has none
            return {};
        }
    }
    return add_whole(here, 0, outcome::only_first);
}

STET_INLINE result<void> merge_builder::add_common(const place& here)
{
    ++common_;
    place      ruled = here;
    const bool is_alone = names_.side(0).is_companion(here.at[0]) || names_.side(1).is_companion(here.at[1]);
    if (!is_alone) // scales are never mixed
        ruled.ratio = ratios_.of(here.name);
    const bool is_layer = names_.layer_at(0, here) != nullptr || names_.layer_at(1, here) != nullptr;
    if (!ruled.ratio)
        return add_whole(ruled, 0, merging::outcome::fixed);
    if (!is_layer)
        return add_plain(ruled);
    ++chosen_;
    return add_layer(ruled);
}

STET_INLINE result<void> merge_builder::add_plain(const place& here)
{
    using merging::outcome;
    const tensor_view& a = names_.tensor(0, here).tensor;
    const tensor_view& b = names_.tensor(1, here).tensor;
    const bool         is_whole =
        names_.side(0).group_of(here.at[0]) != nullptr || names_.side(1).group_of(here.at[1]) != nullptr;
    const bool are_merged = is_merged_type(a.type) && is_merged_type(b.type);
    const bool are_numbers = (is_merged_type(a.type) || is_short_float(a.type)) &&
                             (is_merged_type(b.type) || is_short_float(b.type));
    const dtype type = how_.type.value_or(a.type);
    if (*here.ratio >= 1) {
        ++chosen_;
        if (is_merged_type(a.type) && type != a.type && !is_whole)
            return add_cast(here, blend::first, type, outcome::taken_first);
        return add_whole(here, 0, outcome::taken_first);
    }
    if (*here.ratio <= 0) {
        ++chosen_;
        const bool is_cast = are_merged && !is_whole && (type != b.type || a.shape != b.shape);
        if (!is_cast && a.shape != b.shape)
            return shapes_differ(here.name, a.shape, b.shape);
        return is_cast ? add_cast(here, blend::second, type, outcome::taken_second)
                       : add_whole(here, 1, outcome::taken_second);
    }
    if (!are_numbers)
        return add_compared(here);
    if (!are_merged && !how_.type)
        return not_mergeable(here.name, merge_words::short_floats);
    ++chosen_;
    return add_mixed(here, type);
}

STET_INLINE result<void> merge_builder::add_layer(const place& here)
{
    using merging::outcome;
    if (*here.ratio >= 1)
        return add_whole(here, 0, outcome::taken_first);
    if (*here.ratio <= 0)
        return add_whole(here, 1, outcome::taken_second);
    const quantised::layer* const group = names_.layer_at(0, here);
    const dtype                   own = names_.tensor(0, here).tensor.type;
    if (how_.requantise && group != nullptr)
        return add_encoded(here, *group);
    if (how_.type)
        return add_mixed(here, *how_.type);
    if (how_.requantise && is_merged_type(own))
        return add_mixed(here, own);
    return not_mergeable(here.name, merge_words::quantised);
}

/// A tensor, or a quantised layer with all that belongs to it, byte for byte.
STET_INLINE result<void> merge_builder::add_whole(const place& here, unsigned from, merging::outcome outcome)
{
    const quantised::layer* const group = names_.layer_at(from, here);
    merging::decision&            said = decide(here.name, outcome);
    said.is_quantised = group != nullptr;
    if (from == 1)
        drop_companions(here);
    if (auto pushed = push(here.name, names_.tensor(from, here).tensor); !pushed)
        return pushed;
    if (group == nullptr)
        return {};
    note_layer(*group, from, {});
    if (from == 1 && group->bias != quantised::no_tensor) {
        const quantised::named_tensor& bias = names_.side(1).at(group->bias);
        if (!names_.has(0, bias.name)) {
            is_taken_[group->bias] = true;
            decide(bias.name, outcome);
            if (auto pushed = push(bias.name, bias.tensor); !pushed)
                return pushed;
        }
    }
    return push_companions(*group, from);
}

STET_INLINE result<void> merge_builder::add_cast(const place& here, blend how, dtype type,
                                                 merging::outcome outcome)
{
    auto mixed = mixture_maker(names_, how_, made_.values, memory_).make(here, how, type);
    if (!mixed)
        return mixed.error();
    merging::decision& said = decide(here.name, outcome);
    said.is_widened = mixed->skip != 0;
    mixed->said = &said;
    const auto view = keep(*mixed, here.name);
    return view ? push(here.name, *view) : result<void>(view.error());
}

/// The blend that the recipe asks for.
STET_INLINE result<void> merge_builder::add_mixed(const place& here, dtype type)
{
    if (how_.formula == merging::formula::add_difference && here.at[2] == none)
        return add_whole(here, 0, merging::outcome::not_in_third);
    const bool is_difference = how_.formula == merging::formula::add_difference;
    if (auto added = add_cast(here, is_difference ? blend::difference : blend::weighted, type,
                              merging::outcome::merged);
        !added)
        return added;
    drop_companions(here);
    return {};
}

/// A layer of the first file's kind, with scales of its own.
STET_INLINE result<void> merge_builder::add_encoded(const place& here, const quantised::layer& group)
{
    if (how_.formula == merging::formula::add_difference && here.at[2] == none)
        return add_whole(here, 0, merging::outcome::not_in_third);
    const bool is_old = group.described_by == quantised::described_by::old_names;
    const bool is_difference = how_.formula == merging::formula::add_difference;
    auto       mixed = mixture_maker(names_, how_, made_.values, memory_)
                     .make(here, is_difference ? blend::difference : blend::weighted, dtype::f32);
    if (!mixed)
        return mixed.error();
    merging::decision& said = decide(here.name, merging::outcome::merged);
    said.is_quantised = true;
    mixed->said = &said;
    const auto view = keep(*mixed, here.name);
    if (!view)
        return view.error();
    quantised::style style = quantised::style_of(names_.side(0).layers, group);
    style.has_marker = style.has_marker && !is_old;
    auto made = quantised::encoded::of(group.name, *view, style, memory_);
    if (!made)
        return made.error();
    const quantised::encoded* const kept = made_.encoded.keep(*std::move(made));
    if (kept == nullptr)
        return out_of_memory(sizeof(quantised::encoded));
    for (const quantised::named_tensor& one : *kept) {
        std::string_view name = one.name;
        for (const quantised::companion& companion : group.companions) {
            if (is_old && name.ends_with(".weight_scale") && companion.meaning != nullptr &&
                companion.meaning->name == "weight_scale")
                name = names_.side(0).at(companion.position).name;
        }
        if (auto pushed = push(name, one.tensor); !pushed)
            return pushed;
    }
    for (const quantised::companion& companion : group.companions) {
        if (companion.meaning == nullptr || companion.meaning->name != "input_scale")
            continue; // what scales the activations stays
        const quantised::named_tensor& stored = names_.side(0).at(companion.position);
        if (auto pushed = push(stored.name, stored.tensor); !pushed)
            return pushed;
    }
    note_layer(group, 0, kept->marker());
    return {};
}

STET_INLINE result<void> merge_builder::add_compared(const place& here)
{
    const tensor_view& a = names_.tensor(0, here).tensor;
    const tensor_view& b = names_.tensor(1, here).tensor;
    if (a.shape != b.shape)
        return shapes_differ(here.name, a.shape, b.shape);
    mixture mixed{.how = blend::compared,
                  .type = a.type,
                  .shape = a.shape,
                  .said = &decide(here.name, merging::outcome::other_type),
                  .memory = memory_};
    mixed.of[0].tensor = a;
    mixed.of[1].tensor = b;
    const auto view = keep(mixed, here.name);
    return view ? push(here.name, *view) : result<void>(view.error());
}

STET_INLINE result<void> merge_builder::add_only_second()
{
    const auto tensors = names_.side(1).layers.tensors();
    for (std::uint32_t position = 0; position < tensors.size(); ++position) {
        const bool             is_known = is_taken_[position] || names_.side(1).is_flag(position);
        const std::string_view name = tensors[position].name;
        if (is_known || names_.has(0, name))
            continue;
        const quantised::layer* const group = names_.side(1).group_of(position);
        if (group != nullptr && names_.side(1).is_companion(position) &&
            group->weight != quantised::no_tensor && names_.has(0, names_.side(1).at(group->weight).name))
            continue; // goes with its weight
        decide(name, merging::outcome::only_second);
    }
    return {};
}

STET_INLINE bool merge_builder::has_old_layers(std::string_view prefix) const noexcept
{
    return any_starts_with(old_names_.view(), prefix);
}

/// `scaled_fp8` of the layers that are still described so.
STET_INLINE result<void> merge_builder::add_flags()
{
    sort_range(old_names_.view(), [](std::string_view a, std::string_view b) { return a < b; });
    for (const unsigned from : {0U, 1U}) {
        for (const quantised::old_flag& flag : names_.side(from).layers.old_flags()) {
            const quantised::named_tensor& stored = names_.side(from).at(flag.position);
            if (from == 1 && names_.has(0, stored.name))
                continue;
            const bool is_kept = has_old_layers(flag.prefix);
            if (is_kept || from == 0)
                decide(stored.name, is_kept ? merging::outcome::fixed : merging::outcome::dropped);
            if (!is_kept)
                continue;
            if (auto pushed = push(stored.name, stored.tensor); !pushed)
                return pushed;
        }
    }
    return {};
}

STET_INLINE result<void> merge_builder::finish()
{
    const auto first = names_.side(0).layers.tensors();
    const auto second = names_.side(1).layers.tensors();
    if (common_ == 0)
        return error{.code = errc::no_common_tensor}.with(
            name_beginning(first.empty() ? std::string_view() : first[0].name).view(),
            name_beginning(second.empty() ? std::string_view() : second[0].name).view());
    if (chosen_ == 0)
        return error{.code = errc::nothing_to_merge, .actual = common_};
    for (const unsigned from : {0U, 1U}) {
        if (has_old_[from] && has_described_[1 - from])
            return not_mergeable(old_names_[0], merge_words::two_forms);
    }
    if (described_.empty())
        return {};
    auto value =
        layer_metadata(described_.view(), {names_.side(0).metadata, names_.side(1).metadata}, memory_);
    if (!value)
        return value.error();
    made_.metadata = *std::move(value);
    return {};
}

// ---- what is added ---------------------------------------------------------------------------------------

STET_INLINE result<tensor_view> merge_builder::keep(const mixture& mixed, std::string_view name)
{
    if (!made_.mixtures.push(mixed))
        return out_of_memory(sizeof(mixture));
    auto view = view_of_mixture(made_.mixtures[made_.mixtures.size() - 1]);
    return view ? view : view.error().about(name);
}

STET_INLINE result<void> merge_builder::push(std::string_view name, const tensor_view& tensor)
{
    if (!made_.tensors.push({.name = name, .tensor = tensor}))
        return out_of_memory((made_.tensors.size() + 1) * sizeof(quantised::named_tensor));
    return {};
}

STET_INLINE merging::decision& merge_builder::decide(std::string_view name, merging::outcome outcome) noexcept
{
    static_cast<void>(made_.decisions.push({.name = name, .outcome = outcome}));
    return made_.decisions[made_.decisions.size() - 1];
}

STET_INLINE result<void> merge_builder::push_companions(const quantised::layer& group, unsigned from)
{
    for (const quantised::companion& companion : group.companions) {
        const quantised::named_tensor& stored = names_.side(from).at(companion.position);
        if (auto pushed = push(stored.name, stored.tensor); !pushed)
            return pushed;
    }
    return {};
}

/// Those of the first file's layer, which is none any more.
STET_INLINE void merge_builder::drop_companions(const place& here) noexcept
{
    const quantised::layer* const group = names_.layer_at(0, here);
    if (group == nullptr)
        return;
    for (const quantised::companion& companion : group->companions)
        decide(names_.side(0).at(companion.position).name, merging::outcome::dropped);
}

STET_INLINE void merge_builder::note_layer(const quantised::layer& one, unsigned from,
                                           std::string_view object) noexcept
{
    using quantised::described_by;
    if (one.described_by == described_by::metadata || one.described_by == described_by::both) {
        static_cast<void>(described_.push({.name = one.name, .object = object, .side = from}));
        has_described_[from] = true;
    } else if (one.described_by == described_by::old_names) {
        static_cast<void>(old_names_.push(one.name));
        has_old_[from] = true;
    }
}

} // namespace STET_NAMESPACE::detail
