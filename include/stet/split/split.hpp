// SPDX-License-Identifier: MIT
#ifndef STET_SPLIT_SPLIT_HPP
#define STET_SPLIT_SPLIT_HPP

#include "../state/component.hpp"
#include "../vocabulary/config.hpp"
#include "split_rules.hpp"
#include "splitting.hpp"

#include <optional>
#include <string_view>

namespace STET_NAMESPACE {

/// How a checkpoint is taken apart.
struct split_options {
    stet::strictness strictness =
        stet::strictness::strict; ///< as_comfyui: what ComfyUI's loader would take and leave
    bool wants_vision = true;     ///< else the vision encoder's tensors stay in `leftover`
    std::optional<std::string_view>
                    model_prefix{};     ///< else the layout's in strict conduct, ComfyUI's count if not
    stet::allocator allocator = heap(); ///< of the result
};

/// Splits by rules that are at hand; split<Layout> finds them.
result<split_checkpoint> split_by(const split_rules& rules, const component<role::extra>& dict,
                                  const split_options& options = {});

/// Splits a checkpoint's tensors into its components, by the layout or family that saves it:
/// `split<layouts::sdxl>(dict)`. No tensor is copied; q, k and v and projections become views.
/// errors:   the tensors' own, tensor_size_mismatch; name_collision, uneven_qkv in strict conduct; projection_rank, no_such_axis,
///           too_many_axes, sub_byte_strides, partial_byte of tensors that have to be cut or turned; out_of_memory
/// lifetime: borrows the dict's names and tensors
template <class Layout, state_dict Dict>
result<split_checkpoint> split(const Dict& dict, const split_options& options = {})
{
    static constexpr split_rules rules = rules_of<Layout>();
    return split_by(rules, component<role::extra>(dict), options);
}
template <class Layout, state_dict Dict>
result<split_checkpoint> split(const Dict&& temporary, const split_options& options = {}) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/split.ipp"
#endif

#endif
