// SPDX-License-Identifier: MIT
#ifndef STET_FILE_EXACT_TARGET_HPP
#define STET_FILE_EXACT_TARGET_HPP

#include "../naming/output_name.hpp"
#include "../vocabulary/config.hpp"
#include "part_file.hpp"

#include <cstdint>
#include <string>

namespace STET_NAMESPACE {

namespace detail {

/// The path of what bears that name in a folder, or of a folder below it.
std::string joined_path(const std::string& folder_path, const std::string& name);

} // namespace detail

/// A part file beside the place it will take. Links are followed to the file they name; only a regular file is ever
/// replaced, and the new one takes over its owner, group, access list and mode.
/// lifetime: borrows the file system
class exact_target {
public:
    /// errors: invalid_file_name; folder_missing; name_taken when the file exists and may not be replaced;
    ///         not_a_regular_file; too_many_links; untrusted_link; the system's
    static result<exact_target> take(const file_system& calls, const std::string& path,
                                     existing_file existing);

    /// The folder that a path leads to, and the file's name in it.
    struct place {
        folder      in;      ///< where it lies, by its handle
        std::string name;    ///< in that folder
        std::string in_path; ///< the folder's, as the path or the last link spells it
    };

    /// The same in a place that was found before.
    /// path: what errors speak of
    static result<exact_target> take(place where, const std::string& path, existing_file existing);

    /// The file, to be written.
    part_file& file() noexcept { return file_; }

    /// Where the part file lies, beside the file that a link at the end of the path leads to.
    std::string part_path() const { return detail::joined_path(in_path_, file_.name()); }

    /// Makes the file appear under its name, whole.
    /// errors: those of part_file::publish
    result<void> publish(durability lasting) { return file_.publish(in_, name_, existing_, lasting); }

    /// The same, but in the place of no other file than `only`.
    /// errors: those of part_file::publish_over
    result<void> publish_over(const entry_facts& only, detail::file_lock held, durability lasting);

    /// Where a path leads to, through every link at its end.
    /// errors: invalid_file_name; folder_missing; not_a_regular_file; too_many_links; untrusted_link; the system's
    static result<place> resolve(const file_system& calls, const std::string& path);

    /// Creates the part file of a file of the folder, under the first of its names that is free.
    /// replaces: the file whose access it takes over, as part_file::create has it
    /// errors:   those of part_file::create
    static result<part_file> create_part(const folder& in, const std::string& name, const std::string& path,
                                         const std::string& replaces);

private:
    exact_target(place at, part_file file, existing_file existing) noexcept;

    /// Whether a link may be followed: in a sticky folder that everyone may write to only one's own or one of the
    /// folder's owner. The rule of Linux' protected_symlinks, which does not see the links followed here.
    static result<bool> is_trusted(const folder& in, const entry_facts& link, const std::string& path);

    static result<std::string> link_target(const folder& in, const std::string& name,
                                           const std::string& path);

    folder        in_; // outlives the part file
    part_file     file_;
    std::string   name_;
    std::string   in_path_;
    existing_file existing_;
};

/// A part file that holds a number of its own: `ComfyUI_00007_.part`, to become `ComfyUI_00007_.safetensors`. Its
/// name is the lock: it counts as taken for every other saver, ComfyUI's included, and is created exclusively.
/// lifetime: borrows the file system
class numbered_target {
public:
    /// Opens the folder below the root, creating what is missing, and takes the next free number.
    /// root:   path of the output folder
    /// first:  the least number to take
    /// errors: outside_root when a link leads out of the root; counter_exhausted; the system's
    static result<numbered_target> take(const file_system& calls, const std::string& root,
                                        const output_name& name, durability lasting, std::uint64_t first = 1);

    /// The number taken.
    std::uint64_t number() const noexcept { return number_; }
    /// The file's name as it will be.
    const std::string& name() const noexcept { return name_; }
    /// The file, to be written.
    part_file& file() noexcept { return file_; }

    /// Where the part file lies.
    std::string part_path() const { return detail::joined_path(in_path_, file_.name()); }

    /// Makes the file appear under its name, never in another's place.
    /// errors: name_taken when somebody else's program took the name meanwhile; part_file_lost; the system's. Nothing
    ///         is left then, unless it is published after all before this is destroyed
    result<void> publish(durability lasting);

    /// Takes the next free number instead, after a publish() that found its name taken. The file keeps its bytes.
    /// errors: part_file_lost; counter_exhausted; the system's
    result<void> take_next();

private:
    numbered_target(folder in, std::string in_path, std::string stem, part_file file,
                    std::uint64_t number) noexcept;

    static result<folder> open_below(const file_system& calls, const std::string& root,
                                     const std::string& below, durability lasting);

    /// The number that the folder's listing gives, and at least `first`.
    static result<std::uint64_t> next_number(const folder& in, const std::string& in_path,
                                             const std::string& stem, std::uint64_t first);

    /// The first number from `number` on that nobody holds or has used. One whose part file was taken for abandoned
    /// before it was locked is tried again.
    /// hold: brings a part file under a name and a final path, or says that there is one
    template <class Hold>
    static result<std::uint64_t> claim(const folder& in, const std::string& in_path, const std::string& stem,
                                       std::uint64_t number, Hold hold);

    folder        in_; // outlives the part file
    part_file     file_;
    std::string   in_path_;
    std::string   stem_;
    std::string   name_;
    std::uint64_t number_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/exact_target.ipp"
#endif

#endif
