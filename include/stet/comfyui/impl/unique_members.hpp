// SPDX-License-Identifier: MIT
// A key given twice: as in a Python dict, the first keeps its place and the last its value.
#ifndef STET_COMFYUI_IMPL_UNIQUE_MEMBERS_HPP
#define STET_COMFYUI_IMPL_UNIQUE_MEMBERS_HPP

#include "../../vocabulary/array_view.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "json_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Members of the objects of a JSON text, while it is written and until each object ends. A member that is
/// replaced by a later one stays in the written text; a list of jumps leads around it, so that nothing is
/// moved more than once however deep the objects lie in each other.
class unique_members {
public:
    explicit unique_members(const allocator& memory) noexcept;

    /// seed: of the hashes that keys are told apart by first; keys of one hash cost more time
    unique_members(const allocator& memory, std::uint64_t seed) noexcept;

    /// Members of all objects that have not ended.
    std::size_t open_count() const noexcept { return open_.size(); }

    /// The text written so far ends with a key, in quotes, that starts at `begin`.
    /// returns: false when the allocator gave nothing
    [[nodiscard]] bool add(std::string_view written, std::size_t begin) noexcept;

    /// The text written so far ends with the value of the member added last.
    void end_member(std::string_view written) noexcept { open_[open_.size() - 1].end = written.size(); }

    /// The text written so far ends with the last member of an object, before the brace; the object's members
    /// are those from `first` on, and are forgotten.
    /// returns: false when the allocator gave nothing
    [[nodiscard]] bool end_object(std::string_view written, std::size_t first) noexcept;

    bool any_replaced() const noexcept { return !jumps_.empty(); }

    /// Writes the text without the members that were replaced; `out` has room for the whole text.
    void put_unique(std::string_view written, json_text_builder& out) noexcept;

private:
    struct member {
        std::uint32_t hash; ///< of the key
        std::size_t   begin;
        std::size_t   key_size;
        std::size_t   end;
    };

    /// A member of the dict: the text from `begin` to `end`, in the place of the one that starts at `place`.
    struct kept_member {
        std::size_t place;
        std::size_t begin;
        std::size_t end;
    };

    /// What follows the characters before `from`: `instead`, then the characters from `to` on.
    struct jump {
        std::size_t      from;
        std::size_t      to;
        std::string_view instead;
    };

    static bool same_key(const member& a, const member& b, std::string_view written) noexcept;

    /// Leaves members of one key next to each other, in their order, if there are any.
    static bool are_unique(array_view<member> members, std::string_view written) noexcept;

    /// members: as are_unique leaves them
    bool note_replaced(array_view<const member> members, std::string_view written) noexcept;

    /// Nothing to note where the characters in between are the same.
    bool note_jump(std::size_t from, std::size_t to, std::string_view instead) noexcept;

    std::uint64_t              seed_; // of the hashes
    growing_array<member>      open_;
    growing_array<kept_member> kept_; // of the object that ends
    growing_array<jump>        jumps_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "unique_members.ipp"
#endif

#endif
