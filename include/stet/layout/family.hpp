// SPDX-License-Identifier: MIT
#ifndef STET_LAYOUT_FAMILY_HPP
#define STET_LAYOUT_FAMILY_HPP

#include "../state/model.hpp"
#include "layout.hpp"

#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

/// A string literal as a template argument.
template <std::size_t Size>
struct literal {
    /// Ends in a zero.
    char characters[Size]{}; // NOLINT: a structural type needs a plain array

    /// From a text such as "vae."
    constexpr literal(const char (&text)[Size]) noexcept // NOLINT: "prefix." is meant to convert
    {
        for (std::size_t i = 0; i < Size; ++i)
            characters[i] = text[i];
    }
    /// The text.
    constexpr std::string_view view() const noexcept { return {characters, Size - 1}; }
};

template <std::size_t Size>
literal(const char (&)[Size]) -> literal<Size>; // NOLINT

/// One rule of a prefix_layout: the role's keys go under the prefix, which includes its dot.
template <component_role Role, literal Prefix>
struct under {
    using role = Role;                                        ///< which component the prefix is for
    static constexpr std::string_view prefix = Prefix.view(); ///< what goes before its keys
};

/// A layout that puts each role under a prefix and changes nothing else:
/// `prefix_layout<under<role::model, "model.diffusion_model.">, under<role::vae, "first_stage_model.">>`
template <class... Rules>
struct prefix_layout {
    /// How many of the rules are for that role.
    template <class Role>
    static constexpr std::size_t rules_for =
        (std::size_t{std::same_as<Role, typename Rules::role>} + ... + 0);

    static_assert(
        ((rules_for<typename Rules::role> == 1) && ...),
        "stet: this layout has two prefixes for one role; keep one under<role, \"prefix.\"> rule for each role");

    template <class Role>
    requires(rules_for<Role> == 1)
#if defined(__GNUC__)
    [[gnu::__always_inline__]] // its symbol would spell out every rule
#endif
    static constexpr placed_name
    /// The key under its role's prefix.
    place(Role, std::string_view key) noexcept
    {
        std::string_view prefix;
        static_cast<void>(
            ((std::same_as<Role, typename Rules::role> ? (prefix = Rules::prefix, true) : false) || ...));
        return {.prefix = prefix, .stem = key};
    }
};

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
