// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_SPLIT_RULES_HPP
#define STET_SPLIT_SPLIT_RULES_HPP

#include "../families/families.hpp"
#include "../layout/layout.hpp"
#include "inverse_text_rules.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

/// What splitting needs to know about a layout: the prefixes of its components, and how its text encoder gets its own
/// names back. Made by rules_of.
struct split_rules {
    std::optional<std::string_view>   model{};         ///< nothing: no place for that component
    std::optional<std::string_view>   vae{};           ///< nothing: no place for that component
    std::optional<std::string_view>   vision{};        ///< empty: the keys lie at top level
    std::optional<std::string_view>   seconds_start{}; ///< nothing: no place for that component
    std::optional<std::string_view>   seconds_total{}; ///< nothing: no place for that component
    std::span<const std::string_view> text{};          ///< what the text encoder's names begin with
    result<void> (*take_text)(splitting&, ordered_dict&) = nullptr; ///< null: no place for a text encoder
    bool comfyui_takes_text = true; ///< whether ComfyUI's loader looks for a text encoder in such files
};

namespace detail {

template <class Layout, class Role>
concept has_place = requires(const Layout& layout, std::string_view key) {
    {
        layout.place(Role{}, key)
    } -> std::convertible_to<std::optional<placed_name>>;
};

/// The prefix under which a layout puts a role's keys; nothing for a role it has no place for.
template <class Layout, class Role>
constexpr std::optional<std::string_view> prefix_of()
{
    if constexpr (has_place<Layout, Role>) {
        constexpr std::optional<placed_name> placed = Layout{}.place(Role{}, "a");
        static_assert(
            placed && placed->stem == "a",
            "stet: split needs a layout whose place() puts a prefix before a role's keys and does nothing else");
        return placed->prefix;
    } else {
        return std::nullopt;
    }
}

/// Never defined: finds the text rule a layout is built with, through its bases.
template <class Layout, class Rule>
Rule* text_rule_in(const layouts::with_text_rule<Layout, Rule>*);

template <class Layout>
concept has_text_rule = requires(const Layout* layout) { text_rule_in(layout); };

template <has_text_rule Layout>
using text_rule_of = std::remove_pointer_t<decltype(text_rule_in(static_cast<const Layout*>(nullptr)))>;

template <class Layout>
concept is_cascade =
    std::derived_from<Layout, layouts::cascade_b> || std::derived_from<Layout, layouts::cascade_c>;

/// Whether ComfyUI's loader looks for a text encoder in files of that layout or family: where neither says no.
template <class Layout>
inline constexpr bool comfyui_reads_text = [] {
    if constexpr (requires { Layout::reads_text; })
        return Layout::reads_text;
    else
        return true;
}();

template <class Layout>
struct text_inverse {
    static constexpr std::array<std::string_view, 1> prefixes{
        prefix_of<Layout, role::text_encoder>().value_or("")};

    static result<void> invert(splitting& work, ordered_dict& out)
    {
        if (auto taken = work.take(prefixes[0], "", out); !taken)
            return taken;
        if constexpr (is_cascade<Layout>)
            return turn_cascade_projection(work, out);
        else
            return {};
    }
};
template <has_text_rule Layout>
struct text_inverse<Layout> : inverse_of<text_rule_of<Layout>> {
    static_assert(
        invertible_text_rule<text_rule_of<Layout>>,
        "stet: nothing says how this layout's text rule is undone; specialise stet::inverse_of for it");
};

} // namespace detail

/// The rules of a layout or family, read off the type that saves it.
template <class Layout>
constexpr split_rules rules_of()
{
    static_assert(!rearranges<Layout, role::text_encoder> || detail::has_text_rule<Layout>,
                  "stet: split knows text encoders under a prefix and those of layouts::with_text_rule");
    split_rules rules{.model = detail::prefix_of<Layout, role::model>(),
                      .vae = detail::prefix_of<Layout, role::vae>(),
                      .vision = detail::prefix_of<Layout, role::vision_encoder>(),
                      .seconds_start = detail::prefix_of<Layout, role::seconds_start>(),
                      .seconds_total = detail::prefix_of<Layout, role::seconds_total>(),
                      .comfyui_takes_text = detail::comfyui_reads_text<Layout>};
    if constexpr (detail::has_text_rule<Layout> || detail::has_place<Layout, role::text_encoder>) {
        rules.text = detail::text_inverse<Layout>::prefixes;
        rules.take_text = &detail::text_inverse<Layout>::invert;
    }
    return rules;
}

} // namespace STET_NAMESPACE

#endif
