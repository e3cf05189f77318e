// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_POSITION_TREE_HPP
#define STET_VOCABULARY_IMPL_POSITION_TREE_HPP

#include "../config.hpp"
#include "growing_array.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// A search tree over 32-bit positions of what lies elsewhere. It stays balanced whatever order they come in.
/// Its functions take `order`, which says where the wanted thing stands compared with that at a node: less than,
/// equal to or more than 0.
/// source: Andersson, Balanced Search Trees Made Simple, 1993
class position_tree {
public:
    struct node {
        std::uint32_t position;
        std::uint32_t hash;
        std::uint32_t left;
        std::uint32_t right;
        std::uint8_t  level;
        bool          is_removed; ///< stays where it is, to lead to others
    };

    explicit position_tree(const allocator& memory) noexcept : nodes_(memory) {}

    bool empty() const noexcept { return root_ == 0; }
    void clear() noexcept;

    /// The node where the order is 0, or null. lifetime: until the next insert
    template <class Order>
    const node* find(Order order) const noexcept
    {
        for (std::uint32_t at = root_; at != 0;) {
            const node& here = nodes_[at];
            const int   way = order(here);
            if (way == 0)
                return &here;
            at = way < 0 ? here.left : here.right;
        }
        return nullptr;
    }

    template <class Order>
    node* find(Order order) noexcept
    {
        return const_cast<node*>(static_cast<const position_tree&>(*this).find(order)); // its own, not const
    }

    /// Adds what is not in the tree. False when the allocator gave nothing.
    template <class Order>
    [[nodiscard]] bool insert(std::uint32_t hash, std::uint32_t position, Order order) noexcept
    {
        if (nodes_.empty() && !nodes_.push({}))
            return false;
        const auto fresh = static_cast<std::uint32_t>(nodes_.size());
        if (!nodes_.push(
                {.position = position, .hash = hash, .left = 0, .right = 0, .level = 1, .is_removed = false}))
            return false;
        std::array<step, most_steps> path{};
        std::size_t                  depth = 0;
        for (std::uint32_t at = root_; at != 0; ++depth) {
            const bool to_left = order(nodes_[at]) < 0;
            path[depth] = {.at = at, .to_left = to_left};
            at = to_left ? nodes_[at].left : nodes_[at].right;
        }
        root_ = fresh;
        while (depth-- > 0)
            root_ = joined(path[depth].at, path[depth].to_left, root_);
        return true;
    }

private:
    /// Twice the levels that 2^32 nodes can have.
    static constexpr std::size_t most_steps = 66;

    struct step {
        std::uint32_t at;
        bool          to_left;
    };

    /// Hangs a child under a node and balances the two. Returns what stands at the node's place now.
    std::uint32_t joined(std::uint32_t at, bool to_left, std::uint32_t child) noexcept;

    growing_array<node> nodes_; ///< the first stands for none, of level 0
    std::uint32_t       root_ = 0;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "position_tree.ipp"
#endif

#endif
