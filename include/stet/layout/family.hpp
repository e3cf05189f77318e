// SPDX-License-Identifier: MIT
#ifndef STET_LAYOUT_FAMILY_HPP
#define STET_LAYOUT_FAMILY_HPP

#include "../state/prediction.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

/// How a family's model type is known.
struct type_rule {
    model_type usual = model_type::eps; ///< only if it is known
    bool       is_known = false;        ///< false: only its saver can tell
    bool       is_fixed = false;        ///< every checkpoint of the family has this type
};

/// The family has one model type.
constexpr type_rule always(model_type type) noexcept
{
    return {.usual = type, .is_known = true, .is_fixed = true};
}
/// The model's weights or its saver tell; without a word it is taken for `usual`.
constexpr type_rule told(model_type usual) noexcept
{
    return {.usual = usual, .is_known = true, .is_fixed = false};
}
/// Only its saver can tell.
constexpr type_rule told() noexcept
{
    return {};
}

/// A model family: a layout that also knows its model type. The struct made from it adds its name, and what else it
/// knows in place of the members here:
/// `struct my_model : stet::family<stet::layouts::generic, stet::always(stet::model_type::flow)> {`
/// `    static constexpr std::string_view name = "MyModel";`
/// `};`
template <class Layout, type_rule Type>
struct family : Layout {
    using layout = Layout;                            ///< where its components go
    static constexpr type_rule        type = Type;    ///< how its model type is known
    static constexpr std::string_view architecture{}; ///< `modelspec.architecture`; empty: none is written
    static constexpr std::optional<sigma_range> sigmas{}; ///< recorded when the saver says nothing else
    static constexpr std::string_view
        reload_caveat{}; ///< what ComfyUI loses when it loads the file, a sentence
};

/// What a family knows, as data. A layout chosen while the program runs brings it by a member `facts()`.
struct family_facts {
    std::string_view           name{};          ///< what people call it
    std::string_view           architecture{};  ///< `modelspec.architecture`; empty: none is written
    type_rule                  type{};          ///< how its model type is known
    std::optional<sigma_range> sigmas{};        ///< recorded when the saver says nothing else
    std::string_view           reload_caveat{}; ///< outlives what is saved by it
};

namespace detail {

/// What ComfyUI loses of files in that layout, where it says so.
template <class Layout>
constexpr std::string_view reload_caveat_of() noexcept
{
    if constexpr (requires { Layout::reload_caveat; })
        return Layout::reload_caveat;
    else
        return {};
}

} // namespace detail

/// The facts of a family; of a layout that is no family, none but a name to speak of it.
template <class Layout>
constexpr family_facts facts_of(const Layout& layout) noexcept
{
    if constexpr (requires { layout.facts(); })
        return layout.facts();
    else if constexpr (requires {
                           Layout::type;
                           Layout::name;
                       })
        return {.name = Layout::name,
                .architecture = Layout::architecture,
                .type = Layout::type,
                .sigmas = Layout::sigmas,
                .reload_caveat = detail::reload_caveat_of<Layout>()};
    else
        return {.name = "this layout"};
}

/// Families side by side, for those who go through them.
template <class... Families>
struct family_list {
    static constexpr std::size_t size = sizeof...(Families); ///< how many there are
};

} // namespace STET_NAMESPACE

#endif
