// SPDX-License-Identifier: MIT
#ifndef STET_STATE_COMPONENT_HPP
#define STET_STATE_COMPONENT_HPP

#include "impl/any_dict.hpp"
#include "model.hpp"
#include "state_dict.hpp"

#include <concepts>
#include <type_traits>

namespace STET_NAMESPACE {

/// A dict said to play a role; made by as<Role>(dict).
template <component_role Role, class Dict>
struct tagged {
    const Dict* dict; ///< borrowed
};

/// Says which role a dict plays, so that passing it as another one does not compile.
/// lifetime: borrows the dict
template <component_role Role, class Dict>
constexpr tagged<Role, Dict> as(const Dict& dict STET_LIFETIME_BOUND) noexcept
{
    return {&dict};
}
template <component_role Role, class Dict>
constexpr tagged<Role, Dict> as(const Dict&& temporary) = delete;

namespace detail {

template <class Type>
inline constexpr bool is_tagged = false;
template <class Role, class Dict>
inline constexpr bool is_tagged<tagged<Role, Dict>> = true;

template <class Type>
inline constexpr bool is_component = false;

/// Never true: a compiler prints it with the role of the field that was left out.
template <class MissingRole>
inline constexpr bool is_given = false;

} // namespace detail

/// A state dict in its role in a checkpoint, borrowed: two words. Gives its entries by each(visitor), and tells by
/// is_given() whether it has any: not so stet::no_entries.
/// lifetime: the dict, its keys and its tensors must outlive the save; a temporary dict does not compile
template <component_role Role>
class component : public detail::any_dict {
public:
    /// A field left out of a checkpoint ends here.
    template <class Missing = Role>
    component() noexcept
    {
        static_assert(
            detail::is_given<Missing>,
            "stet: the component of this role is missing from its checkpoint: give every field, in the order "
            "of their declaration; stet::no_entries saves without one");
    }

    /// Without an entry.
    constexpr component(const no_entries_t& /*dict*/) noexcept {}

    /// Any state dict.
    template <class Dict>
    requires(!detail::is_tagged<Dict> && !detail::is_component<Dict>)
    constexpr component(const Dict& dict STET_LIFETIME_BOUND) noexcept : detail::any_dict(dict)
    {
        static_assert(
            !detail::text_like<Dict>,
            "stet: a text stands where a state dict is wanted; the dict comes first, then where to save it: "
            "stet::save(dict, \"model.safetensors\")");
        static_assert(
            detail::text_like<Dict> || state_dict<Dict>,
            "stet: a component must be a state dict: iterable, entries of a name (first, convertible to "
            "std::string_view) and a tensor (second, with stet::tensor_traits), stored in the dict");
    }
    template <class Dict>
    requires(!detail::is_tagged<Dict> && !detail::is_component<Dict>)
    component(const Dict&& temporary) = delete;

    /// A dict tagged with another role: an error that names both roles.
    template <class OtherRole, class Dict>
    constexpr component(tagged<OtherRole, Dict> dict) noexcept : component(*dict.dict)
    {
        static_assert(
            std::same_as<OtherRole, Role>,
            "stet: this dict was tagged with another role; pass it to the field of its own role or retag it "
            "with stet::as<role>(dict)");
    }
};

namespace detail {

template <class Role>
inline constexpr bool is_component<component<Role>> = true;

} // namespace detail

} // namespace STET_NAMESPACE

#endif
