// SPDX-License-Identifier: MIT
#ifndef STET_FILE_IMPL_FILE_ACCESS_HPP
#define STET_FILE_IMPL_FILE_ACCESS_HPP

#include "../../vocabulary/config.hpp"
#include "../folder.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace STET_NAMESPACE::detail {

/// Who may do what with a file: its owner, its group, its access list and its mode.
class file_access {
public:
    /// The access of a file of the folder; nothing where no file bears the name.
    /// path:   what errors speak of
    static result<std::optional<file_access>> of(const folder& in, const std::string& name,
                                                 const std::string& path);

    /// Gives an open file, which so far only its owner reads and writes, this access. What the system does not let one
    /// give is left out, together with all that would let more read or write the file than before.
    /// returns: whether nothing was left out
    /// errors:  the system's, about `path`; that something is not offered or not permitted is none
    result<bool> give(const file_system& calls, file_handle file, const std::string& path) const;

    /// The mode that lets nobody do more than before.
    /// has_owner, has_group, has_list: whether these could be kept
    static constexpr std::uint32_t narrowed(std::uint32_t mode, bool has_owner, bool has_group,
                                            bool has_list) noexcept
    {
        constexpr std::uint32_t run_as_others = 06000;
        if (!has_owner || !has_group)
            mode &= ~run_as_others;
        if (!has_list)
            return mode & ~std::uint32_t{077}; // the group's bits were those of the whole list
        if (has_group)
            return mode;
        // Who was in the group may be one of the others now, and the other way round.
        const std::uint32_t both = mode >> 3U & mode & 7U;
        return (mode & ~std::uint32_t{077}) | both << 3U | both;
    }

private:
    entry_facts facts_{};
    std::string list_{}; ///< empty for none
    bool        is_list_known_ = true;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "file_access.ipp"
#endif

#endif
