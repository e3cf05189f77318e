// SPDX-License-Identifier: MIT
#ifndef STET_LAYOUT_CHANGES_HPP
#define STET_LAYOUT_CHANGES_HPP

#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "placed_name.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

/// What happens where ComfyUI silently loses or distorts something.
enum class strictness : std::uint8_t {
    strict,     ///< an error says what would be lost
    as_comfyui, ///< it is done as ComfyUI does it, and reported
};

/// What saving did to a tensor besides giving it its place.
struct change {
    enum class kind : std::uint8_t {
        left_out, ///< the layout has no use for the key, or nobody would read it
        added,    ///< the layout wants it and the dict need not have it
        replaced, ///< another tensor took its name
    };
    kind         what{};
    std::uint8_t component = 0; ///< index of the checkpoint's field
    placed_name  name{};        ///< left out: the dict's key; else the name it has at that point
};

/// What a save changed, with the texts its names need. That of a plan borrows keys of the dicts; that of a finished save
/// owns every text.
struct change_log {
    explicit change_log(const allocator& memory) noexcept : changes(memory), own(memory) {}

    detail::growing_array<change> changes;
    detail::arena                 own;
};

} // namespace STET_NAMESPACE

#endif
