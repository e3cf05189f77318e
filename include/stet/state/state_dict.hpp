// SPDX-License-Identifier: MIT
#ifndef STET_STATE_STATE_DICT_HPP
#define STET_STATE_STATE_DICT_HPP

#include "../tensor/tensor_like.hpp"

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

/// How an entry of a dict gives its name and its tensor. Known: `first` and `second`, as in maps and pairs, and
/// `name` and `tensor`. Specialise it with two functions, `name(entry)` and `tensor(entry)`, for anything else.
template <class Entry>
struct entry_traits {};

/// A pair: its halves.
template <class Entry>
requires requires(const Entry& entry) {
    entry.first;
    entry.second;
}
struct entry_traits<Entry> {
    static constexpr const auto& name(const Entry& entry) noexcept { return entry.first; }
    static constexpr const auto& tensor(const Entry& entry) noexcept { return entry.second; }
};

/// A struct with members of these names.
template <class Entry>
requires(
    requires(const Entry& entry) {
        entry.name;
        entry.tensor;
    } && !requires(const Entry& entry) { entry.first; })
struct entry_traits<Entry> {
    static constexpr const auto& name(const Entry& entry) noexcept { return entry.name; }
    static constexpr const auto& tensor(const Entry& entry) noexcept { return entry.tensor; }
};

namespace detail {

/// Literals, std::string, std::string_view and their like: a path, never a dict, though one can iterate it.
template <class Text>
concept text_like = std::convertible_to<const Text&, std::string_view>;

template <class Dict>
using entry_reference = decltype(*std::begin(std::declval<const Dict&>()));

template <class Dict>
using entry_of = std::remove_cvref_t<entry_reference<Dict>>;

template <class Dict>
using tensor_of = std::remove_cvref_t<decltype(entry_traits<entry_of<Dict>>::tensor(
    std::declval<const entry_of<Dict>&>()))>;

template <class Dict>
using name_of =
    std::remove_cvref_t<decltype(entry_traits<entry_of<Dict>>::name(std::declval<const entry_of<Dict>&>()))>;

/// Entries that live in the dict, or that a proxy iterator builds out of pieces that do.
template <class Dict>
concept borrowable_entries =
    std::is_lvalue_reference_v<entry_reference<Dict>> ||
    (std::is_trivially_copyable_v<name_of<Dict>> && std::derived_from<tensor_of<Dict>, tensor_view>);

} // namespace detail

/// Anything one can iterate whose entries are a name and a tensor: std::map, std::unordered_map, a vector of pairs,
/// a type of your own. It is used in place.
template <class Dict>
concept state_dict = requires(const Dict& dict) {
    std::begin(dict) != std::end(dict);
    requires std::convertible_to<const detail::name_of<Dict>&, std::string_view>;
    requires tensor_like<detail::tensor_of<Dict>>;
    requires detail::borrowable_entries<Dict>;
};

/// A component the checkpoint goes without, by name: `.vae = stet::no_entries`.
struct no_entries_t {
    constexpr const std::pair<std::string_view, tensor_view>* begin() const noexcept { return nullptr; }
    constexpr const std::pair<std::string_view, tensor_view>* end() const noexcept { return nullptr; }
};
inline constexpr no_entries_t no_entries{}; ///< the one value of that type

} // namespace STET_NAMESPACE

#endif
