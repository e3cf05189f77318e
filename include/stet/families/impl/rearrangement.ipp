// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../rearrangement.hpp"

namespace STET_NAMESPACE {

STET_INLINE rearrangement::rearrangement(change_log& log, std::uint8_t component, strictness how) noexcept
    : dict(log.changes.memory()), log_(&log), component_(component), how_(how)
{
}

STET_INLINE result<void> rearrangement::log(change::kind what, const placed_name& name) noexcept
{
    if (!log_->changes.push({.what = what, .component = component_, .name = name}))
        return detail::out_of_memory(sizeof(change));
    return {};
}

STET_INLINE result<void> rearrangement::set_new(ordered_dict& in, const placed_name& name,
                                                const tensor_view& tensor) noexcept
{
    const auto replaced = in.set(name, tensor);
    if (!replaced)
        return replaced.error();
    return *replaced ? collided(name) : result<void>();
}

STET_INLINE result<void> rearrangement::share_new(ordered_dict& in, const placed_name& name,
                                                  const tensor_view& kept) noexcept
{
    const auto replaced = in.share(name, kept);
    if (!replaced)
        return replaced.error();
    return *replaced ? collided(name) : result<void>();
}

STET_INLINE result<void> rearrangement::collided(const placed_name& name) noexcept
{
    if (is_strict())
        return error{.code = errc::name_collision}.about(name.prefix, name.stem);
    return log(change::kind::replaced, name);
}

STET_INLINE result<void> rearrangement::leave_out(const placed_name& name) noexcept
{
    return dict.remove(name) ? log(change::kind::left_out, name) : result<void>();
}

STET_INLINE result<void> rearrangement::rename_prefix(std::string_view from, std::string_view to)
{
    return dict.rename_prefix(from, to, log_->own,
                              [this](const placed_name& name) { return collided(name); });
}

} // namespace STET_NAMESPACE
