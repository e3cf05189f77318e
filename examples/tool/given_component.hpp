// SPDX-License-Identifier: MIT
// A component as it goes into a checkpoint: the tensors of one file or of several, under the names a layout expects.
#ifndef EXAMPLE_GIVEN_COMPONENT_HPP
#define EXAMPLE_GIVEN_COMPONENT_HPP

#include "checkpoint_file.hpp"
#include "renamed_metadata.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/vocabulary/message.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

class given_component {
public:
    /// Opens another file. Returns why it cannot, or nothing.
    std::string open(const std::string& path)
    {
        files_.emplace_back();
        return files_.back().open(path);
    }

    /// The file that was opened last.
    const checkpoint_file& last() const { return files_.back(); }

    /// Adds the tensors of the file that was opened last under other names, and what its metadata says of them. Returns why
    /// it cannot, or nothing.
    /// how: whether a contradiction in it is refused
    std::string add_last(const renaming& rename, stet::strictness how)
    {
        const stet::metadata_list theirs = stet::carry::metadata_of(last().header());
        const auto joined = joined_metadata({entries_, metadata()}, {last().tensors(), theirs}, rename, how);
        if (!joined)
            return quoted(last().path()) + ": " + stet::message(joined.error());
        note(*joined);
        for (file_entry entry : last().tensors()) {
            const stet::placed_name name = rename(entry.name);
            if (name.prefix.empty())
                entry.name = name.stem;
            else
                entry.name = names_.emplace_back(name.text());
            entries_.push_back(entry);
        }
        return {};
    }

    bool                           is_given() const { return !files_.empty(); }
    const std::vector<file_entry>& tensors() const { return entries_; }

    /// Of all its files, layers under their tensors' names; and what of it was lost.
    const stet::metadata_list&  metadata() const { return said_.metadata; }
    const stet::carry::carried& said() const { return said_; }

private:
    void note(const stet::carry::carried& joined)
    {
        said_.metadata = joined.metadata;
        const auto append = [](std::vector<std::string>& all, const std::vector<std::string>& more) {
            all.insert(all.end(), more.begin(), more.end());
        };
        append(said_.dropped_digests, joined.dropped_digests);
        append(said_.unplaced_layers, joined.unplaced_layers);
        append(said_.differing, joined.differing);
        append(said_.unusable, joined.unusable);
    }

    std::vector<checkpoint_file> files_{};
    std::vector<file_entry>      entries_{};
    std::deque<std::string>      names_{}; // those that are made of two pieces
    stet::carry::carried         said_{};
};

} // namespace example

#endif
