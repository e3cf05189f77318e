// SPDX-License-Identifier: MIT
#ifndef STET_FILE_ABANDONED_PARTS_HPP
#define STET_FILE_ABANDONED_PARTS_HPP

#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "folder.hpp"
#include "impl/file_lock.hpp"
#include "native_file_system.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE {

/// Which part files count as abandoned.
struct abandoned_options {
    /// How long ago a part file was last written, at least, to be taken for abandoned; in seconds. Its lock tells
    /// whether its saver lives wherever that runs on the same system. The age is for savers on other machines, where a
    /// shared folder does not pass locks on, and for those that could not lock. 0: whatever its age.
    std::int64_t least_age = 3600;
    /// Whether files go. If not, those that would are named as removed, and all stay.
    bool                     removes = true;
    const stet::file_system* file_system = &native_file_system(); ///< lifetime: borrowed
};

/// Why a part file was left.
enum class left_because : std::uint8_t {
    in_use,        ///< its saver is alive, or another process is removing it
    too_young,     ///< or of a time to come, by this machine's clock
    not_lockable,  ///< nobody can tell whether its saver is alive, see os_code
    not_removable, ///< the system refuses, see os_code
};

/// A part file that was not removed, and why.
struct left_part {
    std::string  name{};      ///< in its folder
    left_because why{};       ///< what kept it
    int          os_code = 0; ///< errno, where the system was asked; else 0
};

/// What became of the part files in a folder, by their names there.
struct abandoned_parts {
    /// No more are looked at in one call.
    static constexpr std::size_t most = 1000;

    std::vector<std::string> removed{};          ///< names
    std::vector<left_part>   left{};             ///< part files that are still there
    bool                     is_complete = true; ///< whether there were no more than `most`
};

namespace detail {

/// One look through one folder.
class part_search {
public:
    part_search(const folder& in, const std::string& path, const abandoned_options& options) noexcept;

    /// ours: whether a name is one that a saver gives
    result<abandoned_parts> run(function_ref<bool(std::string_view)> ours);

private:
    void leave(const std::string& name, left_because why, int os_code = 0);

    bool is_too_young(const entry_facts& facts) const noexcept;

    void look_at(const std::string& name);

    /// Removes a file whose saver is dead, for a live one would have it locked.
    void remove(const std::string& name, const file_lock& lock);

    const folder*      in_;
    const std::string* path_;
    std::int64_t       least_age_;
    std::int64_t       now_;
    bool               removes_;
    abandoned_parts    found_{};
};

/// A folder below the root that exists, reached as a numbered save reaches it.
result<folder> existing_below(const std::string& root, std::string_view below,
                              const abandoned_options& options);

} // namespace detail

/// Removes the part files of numbered saves whose process was killed, of every stem, from one folder. Their numbers are
/// free again. Nothing else is touched: no file of a saver that is alive, nothing of another name, no link.
/// root:   path of the output folder, as the saves had it
/// below:  the folder in it, relative: what stands before the last '/' of their prefix
/// errors: folder_missing; outside_root when a link leads out of the root; the system's. A single file that cannot be
///         removed is no error, see abandoned_parts::left
result<abandoned_parts> remove_abandoned_numbered(const std::string& root, std::string_view below = {},
                                                  const abandoned_options& options = {});

/// Removes the part files of saves to an exact path whose process was killed. Browsers give a checkpoint they are
/// fetching the same name: do not use it on a path that one is to save to.
/// path:   as the saves had it, which need not exist; links at its end are followed
/// errors: those of exact_target::resolve; see remove_abandoned_numbered
result<abandoned_parts> remove_abandoned_exact(const std::string&       path,
                                               const abandoned_options& options = {});

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/abandoned_parts.ipp"
#endif

#endif
