// SPDX-License-Identifier: MIT
// A component as it goes into a checkpoint: the tensors of one file or of several, under the names a layout expects.
#ifndef EXAMPLE_GIVEN_COMPONENT_HPP
#define EXAMPLE_GIVEN_COMPONENT_HPP

#include "checkpoint_file.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/quantised.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

class given_component {
public:
    /// Adds a file's tensors as they are. Returns why it cannot, or nothing.
    std::string add(const std::string& path)
    {
        checkpoint_file file;
        if (std::string complaint = file.open(path); !complaint.empty())
            return complaint;
        entries_.insert(entries_.end(), file.tensors().begin(), file.tensors().end());
        files_.push_back(std::move(file));
        return {};
    }

    /// Gives each tensor of the last file that was added another name. Returns why it cannot, or nothing.
    /// rename: makes a std::string of a name
    template <class Rename>
    std::string rename_last(Rename rename)
    {
        const checkpoint_file& file = files_.back();
        if (file.header().metadata(stet::quantised::metadata_key))
            return quoted(file.path()) +
                   " names its layers in _quantization_metadata, too, which is not renamed here; give it under "
                   "the names of a component";
        for (std::size_t i = entries_.size() - file.tensors().size(); i < entries_.size(); ++i) {
            names_.push_back(rename(entries_[i].name));
            entries_[i].name = names_.back();
        }
        return {};
    }

    bool                                is_given() const { return !files_.empty(); }
    const std::vector<checkpoint_file>& files() const { return files_; }
    const std::vector<file_entry>&      tensors() const { return entries_; }

    /// Of all its files; what the first says stands.
    stet::metadata_list metadata() const
    {
        stet::metadata_list all;
        for (const checkpoint_file& file : files_) {
            for (auto& entry : stet::carry::metadata_of(file.header())) {
                const bool is_new = std::none_of(
                    all.begin(), all.end(), [&](const auto& known) { return known.first == entry.first; });
                if (is_new)
                    all.push_back(std::move(entry));
            }
        }
        return all;
    }

private:
    std::vector<checkpoint_file> files_{};
    std::vector<file_entry>      entries_{};
    std::deque<std::string>      names_{}; // those that were given anew
};

} // namespace example

#endif
