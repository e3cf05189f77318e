// SPDX-License-Identifier: MIT
#ifndef STET_LAYOUT_LAYOUT_HPP
#define STET_LAYOUT_LAYOUT_HPP

#include "../state/checkpoint.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/arena.hpp"
#include "../vocabulary/impl/growing_array.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

/// A tensor's name in the file, in two borrowed pieces that are joined only when the header is written.
/// lifetime: borrows both pieces
struct placed_name {
    std::string_view prefix{}; ///< what the layout puts before the key
    std::string_view stem{};   ///< the key, or what it became

    constexpr std::size_t size() const noexcept { return prefix.size() + stem.size(); }

    constexpr char operator[](std::size_t i) const noexcept
    {
        return i < prefix.size() ? prefix[i] : stem[i - prefix.size()];
    }

    /// Less than, equal to or more than 0, as the joined names compare byte by byte.
    int compare(const placed_name& other) const noexcept;

    /// The pieces joined.
    std::string text() const;
};

/// Whether the joined names are the same text, however they are cut.
constexpr bool operator==(const placed_name& a, const placed_name& b) noexcept
{
    if (a.size() != b.size())
        return false;
    if (a.prefix.size() == b.prefix.size())
        return a.prefix == b.prefix && a.stem == b.stem;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i])
            return false;
    }
    return true;
}

/// A dict to rename in, in families/rearrangement.hpp: layouts that do without it need not know it.
class rearrangement;

/// A layout that renames a role's keys as a whole, with a dict in hand: `rearrange(role, rearrangement&)` leaves in it
/// what goes into the file, under final names.
template <class Layout, class Role>
concept rearranges = requires(const Layout& layout, rearrangement& work) {
    {
        layout.rearrange(Role{}, work)
    } -> std::same_as<result<void>>;
};

/// A layout that says where a role's keys go: `place(role, key)` gives the name in the file, or an optional that is
/// empty for a key to leave out. Extra tensors bear their final names already, so every layout places them.
template <class Layout, class Role>
concept places = std::same_as<Role, role::extra> || rearranges<Layout, Role> ||
                 requires(const Layout& layout, std::string_view key) {
                     {
                         layout.place(Role{}, key)
                     } -> std::convertible_to<std::optional<placed_name>>;
                 };

namespace detail {

/// A layout that knows what a role's keys cannot be: `vet(role, key)` refuses, in strict conduct, a key that no loader
/// would find again.
template <class Layout, class Role>
concept vets = requires(const Layout& layout, std::string_view key) {
    {
        layout.vet(Role{}, key)
    } -> std::same_as<result<void>>;
};

} // namespace detail

/// The name of a role's key in the file; empty when the layout leaves the key out.
template <class Layout, class Role>
requires places<Layout, Role>
constexpr std::optional<placed_name> place(const Layout& layout, Role role, std::string_view key)
{
    if constexpr (requires { layout.place(role, key); })
        return layout.place(role, key);
    else
        return placed_name{.stem = key};
}

namespace detail {

template <class Layout, class Fields>
inline constexpr bool places_fields = false;
template <class Layout, class Kind, class Role>
inline constexpr bool places_fields<Layout, component<Role> Kind::*> = places<Layout, Role>;
template <class Layout, auto... Fields>
inline constexpr bool places_fields<Layout, field_list<Fields...>> =
    (places_fields<Layout, std::remove_cv_t<decltype(Fields)>> && ...);

} // namespace detail

/// A layout with a place for every component of a kind of checkpoint.
template <class Layout, class Kind>
concept layout_for =
    checkpoint_kind<Kind> && detail::places_fields<Layout, std::remove_cvref_t<decltype(Kind::fields)>>;

/// What happens where ComfyUI silently loses or distorts something.
enum class strictness : std::uint8_t {
    strict,     ///< an error says what would be lost
    as_comfyui, ///< it is done as ComfyUI does it, and reported
};

/// What saving did to a tensor besides giving it its place.
struct change {
    /// What was done.
    enum class kind : std::uint8_t {
        left_out,   ///< the layout has no use for the key, or nobody would read it
        added,      ///< the layout wants it and the dict need not have it
        replaced,   ///< another tensor took its name
        not_chosen, ///< the save's own `keep` or `leave_out` says so
        cast,       ///< it is written as another dtype
    };
    kind          what{};         ///< what was done
    std::uint8_t  component = 0;  ///< index of the checkpoint's field
    dtype         from{};         ///< of a cast
    dtype         to{};           ///< of a cast
    placed_name   name{};         ///< left out: the dict's key; else the name it has at that point
    std::uint64_t clipped = 0;    ///< of a cast, once it is saved: finite numbers too large for the dtype
    std::uint64_t not_finite = 0; ///< likewise: infinities and NaNs that the tensor had
};

/// What a save changed, with the texts its names need. That of a plan borrows keys of the dicts; that of a finished save
/// owns every text.
struct change_log {
    /// No change yet; texts come from `memory`.
    explicit change_log(const allocator& memory) noexcept : changes(memory), own(memory) {}

    bool          empty() const noexcept { return changes.empty(); }
    std::size_t   size() const noexcept { return changes.size(); }
    const change* begin() const noexcept STET_LIFETIME_BOUND { return changes.data(); }
    const change* end() const noexcept STET_LIFETIME_BOUND { return changes.data() + changes.size(); }

    detail::growing_array<change> changes; ///< in the order in which they were made
    detail::arena                 own;     ///< holds their texts
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/layout.ipp"
#endif

#endif
