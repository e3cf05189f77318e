// SPDX-License-Identifier: MIT
// Several files of one folder that appear as one. Not part of stet.hpp.
#ifndef STET_FILE_IMPL_SET_TARGET_HPP
#define STET_FILE_IMPL_SET_TARGET_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../abandoned_parts.hpp"
#include "../folder.hpp"
#include "../part_file.hpp"
#include "file_lock.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE::detail {

/// Whether an entry of a folder is a file of a set: a shard or the index of one, however many shards it has.
using set_member_test = function_ref<bool(std::string_view name)>;

/// What became of the files of the old set that the new one does not have, by their names in the folder.
struct replaced_set {
    std::vector<std::string> removed{};
    std::vector<std::string> left{}; ///< the system did not remove them
};

/// The part files of a set: files that only their index makes one. Readers look for the index first, and find the old set
/// or the new one. The index' part file is the lock of the whole set.
///
/// Where no new file takes the name of an old one, the new files get their names, then the index in one step, then the
/// old files go: there is a whole set at every moment. Where one does, first the old index is put aside, then the old
/// files of these names, each under a part file's name, then the new files get their names and the index comes last:
/// between the first and the last of these steps there is no index, and never are old and new files there together.
/// What fails in between is undone. A process that dies there leaves no set, and the old one and the new one under
/// the names of part files.
/// lifetime: borrows the file system and the test
class set_target {
public:
    /// Opens the folder, creating what is missing, and becomes the only saver of the set.
    /// index:  the index' name, also of a set that is going to be one file and have none
    /// errors: name_taken when a file of the set exists and may not be replaced; set_in_use; not_a_regular_file;
    ///         those of part_file::create; the system's
    static result<set_target> take(const file_system& calls, const std::string& path,
                                   const std::string& index, set_member_test is_member,
                                   existing_file existing, durability lasting);

    set_target(set_target&& other) noexcept = default;
    set_target& operator=(set_target&&) = delete;
    set_target(const set_target&) = delete;
    set_target& operator=(const set_target&) = delete;
    ~set_target() = default;

    /// Creates the next part file. What is given here may be written to until publish().
    /// errors:   those of part_file::create
    /// lifetime: until the next add()
    result<part_file*> add(const std::string& name);

    /// The path of the index.
    const std::string& index_path() const noexcept { return index_->path(); }
    /// The index' part file, to be written before publish() if the set has an index.
    part_file& index_file() noexcept { return *index_; }

    /// Makes the files appear as one set.
    /// has_index: whether the index is one of them. Without it the set is one file, and an old index goes
    /// errors:    those of part_file::publish; the old set is as it was then. When only making the index last fails, it
    ///            may be the new one
    result<replaced_set> publish(bool has_index, durability lasting);

    /// Whether owner, group, access list and mode of the replaced files were all handed on.
    bool keeps_access() const noexcept;

private:
    struct file {
        std::string name;
        part_file   part;
        entry_facts own{}; ///< known from just before it is published
        bool        is_published = false;
    };

    /// An old file under the name of a part file, locked.
    struct put_aside {
        std::string name;
        std::string aside;
        file_lock   lock;
    };

    set_target(folder in, std::string path, std::string index, set_member_test is_member,
               existing_file existing) noexcept;

    std::string path_of(std::string_view name) const;

    /// The files of the set that are there now, sorted by name.
    result<std::vector<std::string>> members() const;

    /// errors: name_taken; not_a_regular_file
    result<void> accept(const std::vector<std::string>& found) const;

    /// errors: set_in_use when another saver has a part file of the index
    result<void> be_alone() const;

    result<part_file> create(const std::string& name) const;

    result<void> publish_files(durability lasting);
    result<void> publish_index(const std::vector<std::string>& found, durability lasting);

    /// Puts the index and the files aside whose names the new ones take.
    result<void> clear_names(const std::vector<std::string>& found, durability lasting);
    result<void> put_away(const std::string& name);

    /// Takes the new files' names away again and gives the old ones theirs, the index last.
    void undo(durability lasting);

    replaced_set remove_old(const std::vector<std::string>& before, bool has_index, durability lasting);
    os_result    remove(const std::string& name) const;
    os_result    rename(const std::string& from, const std::string& to) const;
    bool         is_new(std::string_view name) const noexcept;
    bool         leads_to(const std::string& name, const entry_facts& own) const;
    result<void> settle(durability lasting) const;

    folder                   in_; // outlives the part files
    std::string              path_;
    std::string              index_name_;
    set_member_test          is_member_;
    existing_file            existing_;
    std::string              access_of_{}; ///< the old file whose access a new one gets that replaces none
    std::optional<part_file> index_{};
    std::vector<file>        files_{};
    std::vector<put_aside>   aside_{}; ///< the index first
};

/// Removes what savers of a set left that were killed: part files, and old files that were put aside.
/// errors: folder_missing; the system's. A single file that cannot be removed is no error
result<abandoned_parts> remove_abandoned_set(const std::string& path, set_member_test is_member,
                                             const abandoned_options& options);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "set_target.ipp"
#endif

#endif
