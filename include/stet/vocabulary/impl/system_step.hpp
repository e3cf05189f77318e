// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_SYSTEM_STEP_HPP
#define STET_VOCABULARY_IMPL_SYSTEM_STEP_HPP

#include "../config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// What the system was asked to do with a file or folder.
enum class system_step : std::uint8_t {
    none,
    open_folder,
    make_folder,
    list_folder,
    sync_folder,
    create,
    inspect,
    lock,
    set_size,
    write,
    sync,
    close,
    rename,
    remove,
    give_access,
    read_access,
    read_link,
    know_user,
    map,
    read,
    open,
};

inline constexpr std::size_t system_step_count = static_cast<std::size_t>(system_step::open) + 1;

/// How a sentence says it, behind "cannot ".
constexpr std::string_view words_of(system_step step) noexcept
{
    constexpr std::array<std::string_view, system_step_count> words{
        "read or write it",
        "open the folder",
        "make the folder",
        "list the folder",
        "bring the folder to stable storage",
        "create it",
        "look at it",
        "lock it",
        "set space aside for it",
        "write to it",
        "bring it to stable storage",
        "close it",
        "give it its name",
        "remove it",
        "set its owner, group or access",
        "read its access list",
        "read the link",
        "ask who the user is",
        "map it",
        "read it",
        "open it",
    };
    return words[static_cast<std::size_t>(step)];
}

} // namespace STET_NAMESPACE::detail

#endif
