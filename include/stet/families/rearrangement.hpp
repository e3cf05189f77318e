// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_REARRANGEMENT_HPP
#define STET_FAMILIES_REARRANGEMENT_HPP

#include "../layout/layout.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "ordered_dict.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE {

/// A component's dict while its names are changed, with what that needs to own.
/// lifetime: borrows the log
class rearrangement {
public:
    /// Starts with an empty dict; changes are noted in `log` for that component.
    rearrangement(change_log& log, std::uint8_t component, strictness how) noexcept;

    ordered_dict dict; ///< the names as they are now

    /// Whether what would be lost is an error.
    bool is_strict() const noexcept { return how_ == strictness::strict; }
    /// Memory for new names, which lasts as long as the log.
    detail::arena& own() noexcept { return log_->own; }

    /// errors: out_of_memory
    result<void> log(change::kind what, const placed_name& name) noexcept;

    /// Sets a name that should not be there yet.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> set_new(ordered_dict& in, const placed_name& name, const tensor_view& tensor) noexcept;

    /// The same for a tensor that the other dict of this rearrangement keeps.
    result<void> share_new(ordered_dict& in, const placed_name& name, const tensor_view& kept) noexcept;

    /// Another tensor took the place of one of that name.
    /// errors: name_collision in strict conduct, out_of_memory
    result<void> collided(const placed_name& name) noexcept;

    /// Removes a key that the layout has no use for, if it is there.
    result<void> leave_out(const placed_name& name) noexcept;

    /// errors: name_collision in strict conduct, out_of_memory
    result<void> rename_prefix(std::string_view from, std::string_view to);

private:
    change_log*  log_;
    std::uint8_t component_;
    strictness   how_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/rearrangement.ipp"
#endif

#endif
