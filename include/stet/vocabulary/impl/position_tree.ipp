// SPDX-License-Identifier: MIT
#include "position_tree.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE void position_tree::clear() noexcept
{
    nodes_.clear();
    root_ = 0;
}

STET_INLINE std::uint32_t position_tree::joined(std::uint32_t at, bool to_left, std::uint32_t child) noexcept
{
    (to_left ? nodes_[at].left : nodes_[at].right) = child;
    // A left child of its parent's level becomes the parent.
    if (const std::uint32_t left = nodes_[at].left; nodes_[left].level == nodes_[at].level) {
        nodes_[at].left = nodes_[left].right;
        nodes_[left].right = at;
        at = left;
    }
    // Of three in a row to the right, all of one level, the middle one rises.
    const std::uint32_t right = nodes_[at].right;
    if (nodes_[nodes_[right].right].level == nodes_[at].level) {
        nodes_[at].right = nodes_[right].left;
        nodes_[right].left = at;
        ++nodes_[right].level;
        at = right;
    }
    return at;
}

} // namespace STET_NAMESPACE::detail
