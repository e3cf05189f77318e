// SPDX-License-Identifier: MIT
#ifndef STET_SHARDS_SAVE_SHARDS_HPP
#define STET_SHARDS_SAVE_SHARDS_HPP

#include "../file/abandoned_parts.hpp"
#include "../plan/make_plan.hpp"
#include "../save/save.hpp"
#include "../save/write.hpp"
#include "../state/component.hpp"
#include "../vocabulary/config.hpp"
#include "index.hpp"
#include "sharding.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace STET_NAMESPACE::shards {

/// What becomes of tensors that are the same memory under several names.
enum class tied_names : std::uint8_t {
    all, ///< each name is saved, all of them in one file
    first, ///< as the hub does: of each the name that sorts first is saved, and metadata tell which it stands for, as
    ///< `other name: saved name`
};

/// Everything that a save of a set may be told.
struct save_set_options {
    std::int64_t     limit = hub_limit;                ///< as in sharding_options; see parse_size for texts
    name_pattern     names{};                          ///< of the files
    shards::dialect  dialect = dialect::hub;           ///< whose words the index has
    group_callback   group{};                          ///< as in sharding_options
    tied_names       tied = tied_names::all;           ///< which of the names that share a tensor stay
    std::string_view format = "pt";                    ///< of each file's metadata; none when empty
    existing_file    existing = existing_file::refuse; ///< of a set of these names in the folder
    /// How each file is written. Its metadata go into the index or, if the set is one file, into that; progress counts the
    /// bytes of all files; `metadata_for` is not used.
    stet::save_options file{};
};

/// One file of a set.
struct saved_shard {
    std::string   name{};           ///< in the folder
    std::uint64_t bytes = 0;        ///< of the whole file
    std::uint64_t header_bytes = 0; ///< of its header
    std::size_t   tensors = 0;      ///< how many it holds

    hashes::file_hashes hashes{}; ///< as in saved_checkpoint
};

/// What a save of a set wrote.
struct saved_set {
    std::string              folder{};             ///< where the set lies
    std::vector<saved_shard> files{};              ///< in the order of their numbers
    std::string              index{};              ///< its name; empty for a set without one
    std::uint64_t            total_size = 0;       ///< bytes of all tensors
    std::uint64_t            total_parameters = 0; ///< elements of all tensors
    std::vector<std::string> removed{};            ///< files of the old set that the new one does not have
    std::vector<std::string> left{};               ///< the same that the system did not remove
    bool                     keeps_access = true;  ///< this and the next two: as in saved_checkpoint
    component_reports        components{};
    change_log               changes{heap()}; ///< what was left out, added, replaced or cast
};

} // namespace STET_NAMESPACE::shards

namespace STET_NAMESPACE::detail {

/// dict: whose order the tensors take; none: the plan's
result<shards::saved_set> save_set(const plan& tensors, const any_dict& dict, std::string_view folder_path,
                                   const shards::save_set_options& options);

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::shards {

/// Saves a plan's tensors as a set of files, in the plan's order. Readers see the old set or the new one, whole or not at
/// all, whenever they look and whatever fails; see the folder's README for what a set of the same names means. The same
/// memory under several names is one storage, and so are all tensors of no bytes.
/// folder_path: created where it is missing
/// errors: invalid_shard_pattern; index_too_large; those of split, index_text, make_plan and make_header, before anything
///         on the disk changes; name_taken, set_in_use; those of a save. The old set is as it was then, except where only
///         making the new one last fails
inline result<saved_set> save(const plan& tensors, std::string_view folder_path,
                              const save_set_options& options = {})
{
    return detail::save_set(tensors, detail::any_dict(), folder_path, options);
}

/// Saves a state dict, its names as they are, in its own order: `stet::shards::save(dict, "model")`.
template <stet::detail::bare_dict Dict>
result<saved_set> save(const Dict& dict, std::string_view folder_path, const save_set_options& options = {})
{
    const auto tensors = make_plan(dict, detail::plan_part(options.file));
    return tensors ? detail::save_set(*tensors, detail::any_dict(dict), folder_path, options)
                   : result<saved_set>(tensors.error());
}

/// Saves a checkpoint under a layout's names, in the order that a file of it has.
template <checkpoint_kind Kind, class Layout>
result<saved_set> save(const Kind& checkpoint, const Layout& layout, std::string_view folder_path,
                       const save_set_options& options = {})
{
    const auto tensors = make_plan(checkpoint, layout, detail::plan_part(options.file));
    return tensors ? save(*tensors, folder_path, options) : result<saved_set>(tensors.error());
}

/// Removes what saves of a set that were killed left in a folder: part files, and old files that were put aside.
/// errors: invalid_shard_pattern; folder_missing; the system's. A file that cannot be removed is none
result<abandoned_parts> remove_abandoned(const std::string& folder_path, const name_pattern& names = {},
                                         const abandoned_options& options = {});

} // namespace STET_NAMESPACE::shards

#if STET_BODIES
#include "impl/save_shards.ipp"
#endif

#endif
