// SPDX-License-Identifier: MIT
#ifndef STET_LAYOUT_FAMILY_HPP
#define STET_LAYOUT_FAMILY_HPP

#include "../state/prediction.hpp"

#include <string_view>

namespace STET_NAMESPACE {

/// How a family's model type is known.
struct type_rule {
    model_type usual = model_type::eps; ///< only if it is known
    bool       is_known = false;
    bool       is_fixed = false; ///< every checkpoint of the family has this type
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

/// A model family: a layout that also knows its model type; the struct made from it adds its name, and its
/// `modelspec.architecture` where it has one:
/// `struct my_model : stet::family<stet::layouts::generic, stet::always(stet::model_type::flow)> {`
/// `    static constexpr std::string_view name = "MyModel";`
/// `};`
template <class Layout, type_rule Type>
struct family : Layout {
    using layout = Layout;
    static constexpr type_rule        type = Type;
    static constexpr std::string_view architecture{}; ///< empty: ComfyUI writes none
};

/// Families side by side, for those who go through them.
template <class... Families>
struct family_list {
    static constexpr std::size_t size = sizeof...(Families);
};

} // namespace STET_NAMESPACE

#endif
