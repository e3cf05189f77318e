// SPDX-License-Identifier: MIT
#ifndef STET_LAYOUT_PREFIX_LAYOUT_HPP
#define STET_LAYOUT_PREFIX_LAYOUT_HPP

#include "../state/role.hpp"
#include "placed_name.hpp"

#include <concepts>
#include <cstddef>
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

} // namespace STET_NAMESPACE

#endif
