// SPDX-License-Identifier: MIT
#ifndef STET_FILE_EXACT_TARGET_HPP
#define STET_FILE_EXACT_TARGET_HPP

#include "../vocabulary/config.hpp"
#include "part_file.hpp"

#include <string>

namespace STET_NAMESPACE {

/// A part file beside the place it will take. Links are followed to the file they name; only a regular file is ever
/// replaced, and the new one takes over its owner, group, access list and mode.
/// lifetime: borrows the file system
class exact_target {
public:
    /// errors: invalid_file_name; folder_missing; name_taken when the file exists and may not be replaced;
    ///         not_a_regular_file; too_many_links; untrusted_link; the system's
    static result<exact_target> take(const file_system& calls, const std::string& path,
                                     existing_file existing);

    part_file& file() noexcept { return file_; }

    /// Makes the file appear under its name, whole.
    /// errors: those of part_file::publish
    result<void> publish(durability lasting) { return file_.publish(in_, name_, existing_, lasting); }

    /// The folder that a path leads to, and the file's name in it.
    struct place {
        folder      in;
        std::string name;
    };

    /// Where a path leads to, through every link at its end.
    /// errors: invalid_file_name; folder_missing; not_a_regular_file; too_many_links; untrusted_link; the system's
    static result<place> resolve(const file_system& calls, const std::string& path);

private:
    exact_target(folder in, part_file file, std::string name, existing_file existing) noexcept;

    /// Whether a link may be followed: in a sticky folder that everyone may write to only one's own or one of the
    /// folder's owner. The rule of Linux' protected_symlinks, which does not see the links followed here.
    static result<bool> is_trusted(const folder& in, const entry_facts& link, const std::string& path);

    static result<std::string> link_target(const folder& in, const std::string& name,
                                           const std::string& path);

    static result<part_file> create_part(const folder& in, const std::string& name, const std::string& path,
                                         existing_file existing);

    folder        in_; // outlives the part file
    part_file     file_;
    std::string   name_;
    existing_file existing_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/exact_target.ipp"
#endif

#endif
