// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_IMPL_COMPONENT_NAMES_HPP
#define STET_CARRY_IMPL_COMPONENT_NAMES_HPP

#include "../../families/rearrangement.hpp"
#include "../../layout/layout.hpp"
#include "../../state/component.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A key of a dict and the name it gets elsewhere.
struct key_name {
    std::string_view           key{};
    std::optional<placed_name> name{}; ///< nothing: it goes nowhere by itself
};

/// A dict's keys, found by name, and the names a layout gives them.
/// lifetime: borrows the dict's keys; owns the names it made
class component_names {
public:
    explicit component_names(const allocator& memory) noexcept;

    /// Takes a dict's keys.
    /// errors: out_of_memory
    result<void> collect(const any_dict& dict);

    array_view<key_name> keys() noexcept { return keys_.view(); }
    const allocator&     memory() const noexcept { return keys_.memory(); }

    /// The key that is the two pieces together, or null. Of a key given twice it is the last.
    key_name* find(std::string_view head, std::string_view tail) noexcept;

    /// Names all keys as a rule does that renames a whole dict.
    /// errors: the rule's, out_of_memory
    result<void> name_by(function_ref<result<void>(rearrangement&)> rule);

private:
    growing_array<key_name> keys_;
    name_table              index_;
    change_log              log_; ///< its arena holds the new names
};

/// How a layout names the keys of a role, its types forgotten.
struct naming {
    const void* layout = nullptr;
    result<void> (*name_all)(const void* layout, component_names& names) = nullptr;
};

template <class Layout, class Role>
result<void> name_all_by(const void* layout, component_names& names)
{
    const Layout& known = *static_cast<const Layout*>(layout);
    if constexpr (rearranges<Layout, Role>) {
        return names.name_by([&known](rearrangement& work) { return known.rearrange(Role{}, work); });
    } else {
        for (key_name& one : names.keys())
            one.name = place(known, Role{}, one.key);
        return {};
    }
}

/// lifetime: borrows the layout
template <class Layout, class Role>
naming names_by(const Layout& layout STET_LIFETIME_BOUND) noexcept
{
    return {.layout = &layout, .name_all = name_all_by<Layout, Role>};
}

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "component_names.ipp"
#endif

#endif
