// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_REARRANGEMENT_HPP
#define STET_FAMILIES_REARRANGEMENT_HPP

#include "../layout/layout.hpp"
#include "../state/component.hpp"
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

namespace detail {

/// Lets the layout rename the dict as a whole, then takes what it left.
/// builder: as plan/ has one; found by its arguments, so that plan/ need not know this header
template <class Builder, class Layout, class Role>
result<std::uint64_t> place_rearranged(Builder& builder, const component<Role>& dict, const Layout& layout,
                                       strictness how)
{
    rearrangement work(builder.owned(), builder.present(), how);
    static_cast<void>(work.dict.reserve(dict.size_hint())); // what is missing is found out when it is needed
    std::uint64_t keys = 0;
    const auto    collected =
        dict.each([&](std::string_view key, const result<tensor_view>& tensor) -> result<void> {
            ++keys;
            return tensor ? work.dict.append({.stem = key}, *tensor)
                          : result<void>(tensor.error().about(key));
        });
    if (!collected)
        return collected.error();
    if (auto rearranged = layout.rearrange(Role{}, work); !rearranged)
        return rearranged.error();
    if (const auto& twice = work.dict.repeated(); twice && work.is_strict())
        return error{.code = errc::name_collision}.about(twice->prefix, twice->stem);
    for (const ordered_dict::entry& entry : work.dict.entries()) {
        if (!entry.is_present)
            continue;
        if (auto added = builder.add(entry.name, work.dict.tensor(entry)); !added)
            return added.error();
        // A key that is saved as it is still lies where the dict has it.
        if (!entry.name.prefix.empty() || work.own().owns(entry.name.stem.data()))
            builder.count_renamed();
    }
    return keys;
}

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/rearrangement.ipp"
#endif

#endif
