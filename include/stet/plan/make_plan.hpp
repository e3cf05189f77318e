// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_MAKE_PLAN_HPP
#define STET_PLAN_MAKE_PLAN_HPP

#include "../layout/layout.hpp"
#include "../state/checkpoint.hpp"
#include "plan_builder.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace stet::inline v0_1 {

struct plan_options {
    file_order order = reference_order;
    allocator  memory = heap(); ///< of the plan, and of what writing it needs
};

/// Gives every tensor of the checkpoint its name and place, and refuses what would not make a sound file. Touches
/// neither disk nor tensor data.
/// errors:   duplicate_name, reserved_name, invalid_utf8, tensor_size_mismatch and the other errors of a tensor,
///           file_size_overflow, header_too_large (of the tensors alone), out_of_memory
/// lifetime: the plan borrows the dicts' names and tensors
template <checkpoint_kind Kind, class Layout>
result<plan> make_plan(const Kind& checkpoint, const Layout& layout, const plan_options& options = {})
{
    static_assert(component_count<Kind> <= max_components, "stet: a checkpoint kind has at most eight components");
    static_assert(layout_for<Layout, Kind>,
                  "stet: this layout has no place for a role the checkpoint carries; add an under<role, \"prefix.\"> "
                  "rule or a place() overload, or choose a layout that has one");
    plan_builder builder(options.memory);
    if constexpr (layout_for<Layout, Kind>) {
        const auto placed = each_component(checkpoint, [&]<class Role>(const component<Role>& dict, Role role,
                                                                       std::size_t) {
            builder.begin_component(Role::name);
            return dict.each([&](std::string_view key, const result<tensor_view>& tensor) -> result<void> {
                const auto name = place(layout, role, key);
                if (!name) {
                    builder.leave_out();
                    return {};
                }
                return builder.add(*name, tensor);
            });
        });
        if (!placed)
            return placed.error();
    }
    return std::move(builder).finish(options.order);
}

} // namespace stet::inline v0_1

#endif
