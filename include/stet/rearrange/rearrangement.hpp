// SPDX-License-Identifier: MIT
#ifndef STET_REARRANGE_REARRANGEMENT_HPP
#define STET_REARRANGE_REARRANGEMENT_HPP

#include "../memory/arena.hpp"
#include "../memory/growing_array.hpp"
#include "../result/result.hpp"
#include "ordered_dict.hpp"

#include <cstdint>
#include <string_view>

namespace stet::inline v0_1 {

/// What happens where ComfyUI silently loses or distorts something.
enum class conduct : std::uint8_t {
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

/// What a save changed, with the texts its names need.
/// lifetime: borrows the dicts' keys
struct change_log {
    explicit change_log(const allocator& memory) noexcept : changes(memory), own(memory) {}

    growing_array<change> changes;
    arena                 own;
};

/// A component's dict while its names are changed, with what that needs to own.
/// lifetime: borrows the log
class rearrangement {
public:
    rearrangement(change_log& log, std::uint8_t component, conduct how) noexcept
        : dict(log.changes.memory()), log_(&log), component_(component), how_(how)
    {
    }

    ordered_dict dict;

    bool   is_strict() const noexcept { return how_ == conduct::strict; }
    arena& own() noexcept { return log_->own; }

    /// errors: out_of_memory
    result<void> log(change::kind what, const placed_name& name) noexcept
    {
        if (!log_->changes.push({.what = what, .component = component_, .name = name}))
            return error{.code = errc::out_of_memory, .expected = sizeof(change)};
        return {};
    }

    /// Sets a name that should not be there yet.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> set_new(ordered_dict& in, const placed_name& name, const tensor_view& tensor) noexcept
    {
        const auto replaced = in.set(name, tensor);
        if (!replaced)
            return replaced.error();
        return *replaced ? collided(name) : result<void>();
    }

    /// The same for a tensor that the other dict of this rearrangement keeps.
    result<void> share_new(ordered_dict& in, const placed_name& name, const tensor_view& kept) noexcept
    {
        const auto replaced = in.share(name, kept);
        if (!replaced)
            return replaced.error();
        return *replaced ? collided(name) : result<void>();
    }

    /// Another tensor took the place of one of that name.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> collided(const placed_name& name) noexcept
    {
        if (is_strict())
            return error{.code = errc::name_collision}.about(name.prefix, name.stem);
        return log(change::kind::replaced, name);
    }

    /// Removes a key that the layout has no use for, if it is there.
    result<void> leave_out(const placed_name& name) noexcept
    {
        return dict.remove(name) ? log(change::kind::left_out, name) : result<void>();
    }

    /// errors: name_collision in strict conduct, out_of_memory
    result<void> rename_prefix(std::string_view from, std::string_view to)
    {
        return dict.rename_prefix(from, to, log_->own,
                                  [this](const placed_name& name) { return collided(name); });
    }

private:
    change_log*  log_;
    std::uint8_t component_;
    conduct      how_;
};

} // namespace stet::inline v0_1

#endif
