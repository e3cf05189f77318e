// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_MAKE_PLAN_HPP
#define STET_PLAN_MAKE_PLAN_HPP

#include "../layout/layout.hpp"
#include "../state/checkpoint.hpp"
#include "../state/model.hpp"
#include "../vocabulary/config.hpp"
#include "choices.hpp"
#include "impl/plan_builder.hpp"
#include "impl/prediction_markers.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// What happens when a component's dict has no entries; stet::no_entries is not meant by that.
enum class empty_components : std::uint8_t { refuse, allow };

/// What a plan is made by.
struct plan_options {
    file_order order = reference_order;
    std::optional<stet::prediction>
                     prediction{}; ///< recorded as marker tensors; a family that has one type needs none said
    stet::strictness strictness = stet::strictness::strict; ///< where ComfyUI would lose or distort something
    duplicate_names  duplicates = duplicate_names::refuse;
    empty_components empty = empty_components::refuse;
    selection::predicate keep{};             ///< if given, only tensors it chooses are saved
    selection::predicate leave_out{};        ///< tensors it chooses are not saved
    casts::casting       cast{};             ///< floating tensors written as another dtype, see casts::to
    stet::allocator      allocator = heap(); ///< of the plan, and of what writing it needs

    /// Every choice as ComfyUI makes it.
    static constexpr plan_options as_comfyui() noexcept
    {
        return {.strictness = strictness::as_comfyui,
                .duplicates = duplicate_names::later_wins,
                .empty = empty_components::allow};
    }
};

namespace detail {

/// A dict alone: what it is to its file, the checkpoint that it is, and the layout that leaves its names as they are.
struct whole {
    static constexpr std::string_view name = "dict";
};
struct whole_dict {
    component<whole> dict;

    static constexpr field_list<&whole_dict::dict> fields{};
};
struct names_as_they_are {
    static constexpr placed_name place(whole, std::string_view key) noexcept { return {.stem = key}; }
};

/// Whatever is saved without a layout; whether it is a state dict indeed, component says in a sentence.
template <class Dict>
concept bare_dict = !checkpoint_kind<Dict> && !std::same_as<Dict, plan>;

/// A key must not bear its prefix already: saved under it twice, no loader would find it.
error prefixed_key(std::string_view key, std::string_view prefix) noexcept;

/// One component on its way into a plan, its types forgotten, so that what is done with it exists once.
struct placed_component {
    std::string_view role;
    any_dict         entries;
    const void*      dict = nullptr; ///< the component<Role>
    const void*      layout = nullptr;
    result<std::uint64_t> (*place)(plan_builder& builder, const placed_component& of, strictness how);
    result<void> (*vet)(const void* layout, std::string_view key) = nullptr; ///< where the layout vets keys
    bool may_be_empty = false;
};

/// The name of a key, by the layout it is called with.
using key_placement = std::optional<placed_name> (*)(const void* layout, std::string_view key);

/// Places the dict's keys one by one. returns: how many it has
result<std::uint64_t> place_keys(plan_builder& builder, const placed_component& of, key_placement place,
                                 strictness how);

/// Begins the component in the plan and places what it has.
result<void> place_component(plan_builder& builder, const placed_component& of, const plan_options& options);

template <class Layout, class Role>
std::optional<placed_name> name_in(const void* layout, std::string_view key)
{
    return place(*static_cast<const Layout*>(layout), Role{}, key);
}

template <class Layout, class Role>
result<void> vet_by(const void* layout, std::string_view key)
{
    return static_cast<const Layout*>(layout)->vet(Role{}, key);
}

/// The layout's vet, or null.
template <class Layout, class Role>
constexpr auto vet_of() noexcept
{
    using pointer = result<void> (*)(const void* layout, std::string_view key);
    if constexpr (vets<Layout, Role>)
        return pointer(&vet_by<Layout, Role>);
    else
        return pointer(nullptr);
}

template <class Layout, class Role>
result<std::uint64_t> place_by(plan_builder& builder, const placed_component& of, strictness how)
{
    if constexpr (rearranges<Layout, Role>)
        return place_rearranged(builder, *static_cast<const component<Role>*>(of.dict),
                                *static_cast<const Layout*>(of.layout), how);
    else
        return place_keys(builder, of, name_in<Layout, Role>, how);
}

/// Takes a checkpoint's components one after the other.
template <class Layout>
struct component_placement {
    plan_builder*       builder;
    const Layout*       layout;
    const plan_options* options;

    template <class Role>
    result<void> operator()(const component<Role>& dict, Role, std::size_t) const
    {
        return place_component(*builder,
                               {.role = Role::name,
                                .entries = dict,
                                .dict = &dict,
                                .layout = layout,
                                .place = place_by<Layout, Role>,
                                .vet = vet_of<Layout, Role>(),
                                .may_be_empty = std::same_as<Role, role::extra>},
                               *options);
    }
};

} // namespace detail

/// Gives every tensor of the checkpoint its name and place, and refuses what would not make a sound file. Touches
/// neither disk nor tensor data.
/// errors:   duplicate_name, reserved_name, invalid_utf8, tensor_size_mismatch and the other errors of a tensor,
///           those of the layout's text_rules, empty_component, contradictory_prediction, file_size_overflow,
///           header_too_large (of the tensors alone), out_of_memory; in strict conduct prefixed_key and those of the
///           layout's vet; not_convertible for a cast to what is_cast refuses
/// lifetime: the plan borrows the dicts' names and tensors, and nothing of the options
template <checkpoint_kind Kind, class Layout>
result<plan> make_plan(const Kind& checkpoint, const Layout& layout, const plan_options& options = {})
{
    static_assert(detail::component_count<Kind> < detail::max_components,
                  "stet: a checkpoint kind has at most seven components");
    static_assert(
        layout_for<Layout, Kind>,
        "stet: this layout has no place for a role the checkpoint carries; add an under<role, \"prefix.\"> "
        "rule or a place() overload, or choose a layout that has one; for a vision encoder, "
        "with_unprefixed_vision<Layout> saves it as ComfyUI does");
    detail::plan_builder builder(options.allocator);
    if constexpr (layout_for<Layout, Kind>) {
        const auto placed =
            each_component(checkpoint, detail::component_placement<Layout>{&builder, &layout, &options});
        if (!placed)
            return placed.error();
        if (auto marked = detail::add_prediction_markers(builder, options.prediction, facts_of(layout),
                                                         options.strictness);
            !marked)
            return marked.error();
    }
    return std::move(builder).finish(
        options.order, options.duplicates,
        {.keep = options.keep, .leave_out = options.leave_out, .cast = options.cast});
}

/// The same for a state dict without a layout: its names are those in the file.
template <detail::bare_dict Dict>
result<plan> make_plan(const Dict& dict STET_LIFETIME_BOUND, const plan_options& options = {})
{
    return make_plan(detail::whole_dict{dict}, detail::names_as_they_are{}, options);
}
template <detail::bare_dict Dict>
result<plan> make_plan(const Dict&& temporary, const plan_options& options = {}) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/make_plan.ipp"
#endif

#endif
