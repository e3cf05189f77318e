// SPDX-License-Identifier: MIT
// Many of ComfyUI's families differ in nothing but their names. Without them they are one type, hence compiled once.
#ifndef STET_TESTS_SUPPORT_UNNAMED_FAMILY_HPP
#define STET_TESTS_SUPPORT_UNNAMED_FAMILY_HPP

#include <stet/families/families.hpp>
#include <stet/split/split_rules.hpp>

#include <optional>
#include <string_view>
#include <type_traits>

namespace support {

template <class Layout, stet::type_rule Type>
struct nameless_family : stet::family<Layout, Type> {
    static constexpr std::string_view name{};
};
template <class Family>
using nameless = nameless_family<typename Family::layout, Family::type>;

/// The same layout and model type; a family that knows more than that stays itself.
template <class Family>
using unnamed = std::conditional_t<stet::detail::comfyui_reads_text<Family> ==
                                           stet::detail::comfyui_reads_text<nameless<Family>> &&
                                       !std::optional<stet::sigma_range>(Family::sigmas),
                                   nameless<Family>, Family>;

} // namespace support

#endif
