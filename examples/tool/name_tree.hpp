// SPDX-License-Identifier: MIT
// Tensors by the parts of their names: `input_blocks.4.1.norm.weight` belongs to `input_blocks`, `4` and `1`.
#ifndef EXAMPLE_NAME_TREE_HPP
#define EXAMPLE_NAME_TREE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// A tensor, as far as a tree of names goes.
struct named_bytes {
    std::string_view name{};
    std::uint64_t    bytes = 0;
    std::size_t      group = 0; ///< what it belongs to before all names
    std::size_t      index = 0; ///< the caller's own
};

/// Tensors that belong together, or one of them.
struct name_node {
    std::size_t            first = 0; ///< of its tensors, in the tree's order
    std::size_t            last = 0;  ///< behind the last of them
    std::size_t            from = 0;  ///< where in their names its own part starts
    std::size_t            to = 0;    ///< where that ends
    std::uint64_t          bytes = 0;
    std::vector<name_node> children{}; ///< the largest first; none in a tensor

    std::size_t tensors() const { return last - first; }
    bool        is_tensor() const { return children.empty(); }
};

namespace name_tree_parts {

inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Whether a whole part that starts there is a number.
inline bool is_number_at(std::string_view name, std::size_t at)
{
    const std::size_t begin = at;
    while (at < name.size() && is_digit(name[at]))
        ++at;
    return at > begin && (at == name.size() || name[at] == '.' || name[at] == '_');
}

/// Where the part that starts at `from` ends: at a point or a slash, or at an underscore beside a number, as a LoRA's
/// `down_blocks_0_attentions` has them.
inline std::size_t part_end(std::string_view name, std::size_t from)
{
    bool is_number = true; // so far
    for (std::size_t at = from; at < name.size(); ++at) {
        const char c = name[at];
        if (c == '.' || c == '/')
            return at;
        if (c == '_' && ((is_number && at > from) || is_number_at(name, at + 1)))
            return at;
        is_number = is_number && is_digit(c);
    }
    return name.size();
}

/// 2 before 10.
inline bool natural_less(std::string_view one, std::string_view other)
{
    std::size_t i = 0, j = 0;
    while (i < one.size() && j < other.size()) {
        if (!is_digit(one[i]) || !is_digit(other[j])) {
            if (one[i] != other[j])
                return static_cast<unsigned char>(one[i]) < static_cast<unsigned char>(other[j]);
            ++i;
            ++j;
            continue;
        }
        const auto number = [](std::string_view text, std::size_t& at) {
            while (at < text.size() && text[at] == '0')
                ++at;
            const std::size_t begin = at;
            while (at < text.size() && is_digit(text[at]))
                ++at;
            return text.substr(begin, at - begin);
        };
        const std::string_view left = number(one, i), right = number(other, j);
        if (left.size() != right.size())
            return left.size() < right.size();
        if (left != right)
            return left < right;
    }
    return one.size() - i < other.size() - j;
}

} // namespace name_tree_parts

/// lifetime: borrows the names
class name_tree {
public:
    /// levels: of parts below a group; what is deeper is not told apart. It bounds the depth, whatever the names.
    name_tree(std::vector<named_bytes> tensors, std::size_t levels) : tensors_(std::move(tensors))
    {
        std::sort(tensors_.begin(), tensors_.end(), [](const named_bytes& a, const named_bytes& b) {
            return a.group != b.group ? a.group < b.group : a.name < b.name;
        });
        root_.last = tensors_.size();
        for (std::size_t first = 0; first < tensors_.size();) {
            std::size_t last = first;
            while (last < tensors_.size() && tensors_[last].group == tensors_[first].group)
                ++last;
            root_.children.push_back(node(first, last, 0, levels));
            first = last;
        }
        arrange(root_);
    }

    const named_bytes& tensor(std::size_t at) const { return tensors_[at]; }

    /// Its children are the groups. A group of one tensor has that as its child.
    const name_node& root() const { return root_; }

private:
    /// What the names of a range have in common beyond `from`, then their parts. Its children start at one place.
    name_node node(std::size_t first, std::size_t last, std::size_t from, std::size_t levels) const
    {
        namespace parts = name_tree_parts;
        const std::string_view front = tensors_[first].name;
        const std::string_view back = tensors_[last - 1].name; // sorted: what these share all share
        name_node              made{.first = first, .last = last, .from = from};
        std::size_t            at = from;
        for (;;) {
            const std::size_t end = parts::part_end(front, at);
            if (end == front.size() || front.substr(at, end + 1 - at) != back.substr(at, end + 1 - at))
                break;
            at = end + 1;
        }
        made.to = at > from ? at - 1 : from;
        for (std::size_t i = first; i < last;) {
            const std::size_t behind = levels == 0 ? i + 1 : same_part(i, last, at);
            if (behind == i + 1)
                made.children.push_back(leaf(i, at));
            else
                add(node(i, behind, at, levels - 1), made.children);
            i = behind;
        }
        arrange(made);
        return made;
    }

    /// Adds a node to others; of one that is hardly more than one of its own its children.
    static void add(name_node&& one, std::vector<name_node>& others)
    {
        const name_node& largest = one.children[0];
        if (largest.is_tensor() || largest.bytes < one.bytes - one.bytes / 20) {
            others.push_back(std::move(one));
            return;
        }
        for (name_node& child : one.children) {
            child.from = one.from;
            others.push_back(std::move(child));
        }
    }

    name_node leaf(std::size_t at, std::size_t from) const
    {
        return {.first = at,
                .last = at + 1,
                .from = from,
                .to = tensors_[at].name.size(),
                .bytes = tensors_[at].bytes};
    }

    /// Behind the last tensor whose part from `at` on is that of the first.
    std::size_t same_part(std::size_t first, std::size_t last, std::size_t at) const
    {
        const std::string_view name = tensors_[first].name;
        const std::size_t      end = name_tree_parts::part_end(name, at);
        std::size_t            behind = first + 1;
        if (end < name.size()) {
            const std::string_view part = name.substr(at, end + 1 - at);
            while (behind < last && tensors_[behind].name.substr(at).starts_with(part))
                ++behind;
        }
        return behind;
    }

    /// Sums up what a node has, and puts its largest children first.
    void arrange(name_node& one) const
    {
        one.bytes = 0;
        for (const name_node& child : one.children)
            one.bytes += child.bytes;
        const auto label = [&](const name_node& child) {
            return tensors_[child.first].name.substr(child.from, child.to - child.from);
        };
        std::sort(one.children.begin(), one.children.end(), [&](const name_node& a, const name_node& b) {
            if (a.bytes != b.bytes)
                return a.bytes > b.bytes;
            if (name_tree_parts::natural_less(label(a), label(b)))
                return true;
            return !name_tree_parts::natural_less(label(b), label(a)) && a.first < b.first;
        });
    }

    std::vector<named_bytes> tensors_;
    name_node                root_{};
};

} // namespace example

#endif
