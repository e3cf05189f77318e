// SPDX-License-Identifier: MIT
// Where a tool saves: under the next number in a folder, or under exactly the path it is told.
#ifndef EXAMPLE_DESTINATION_HPP
#define EXAMPLE_DESTINATION_HPP

#include "command_line.hpp"

#include <stet/save/save.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

class destination {
public:
    /// usual_prefix: of numbered names, below the root
    explicit destination(std::string usual_prefix) : usual_prefix_(std::move(usual_prefix))
    {
        prefix_help_ = "folder and beginning of the numbered name\n(" + usual_prefix_ + ")";
    }
    destination(const destination&) = delete;
    destination& operator=(const destination&) = delete;

    /// lifetime: the options borrow this object
    void describe(std::vector<option>& options)
    {
        options.push_back(
            {"--root", "FOLDER", "save below this folder under the next free\nnumber (output)", &root_});
        options.push_back({"--prefix", "PREFIX", prefix_help_, &prefix_});
        options.push_back({"--output", "FILE", "save under exactly this path instead", &output_});
        options.push_back({"--replace", "", "even if there is a file of that name already", &replaces_});
    }

    /// Ends the program when the options contradict each other.
    void settle(std::string_view program) const
    {
        if (output_ && (root_ || prefix_))
            refuse_usage(program, "give --output, or --root and --prefix, not both");
        if (replaces_ && !output_)
            refuse_usage(program, "--replace needs --output: numbered files are never replaced");
    }

    /// Whether the save may take the place of a file.
    bool replaces() const { return replaces_; }

    stet::result<stet::saved_checkpoint> save(const stet::plan&         tensors,
                                              const stet::save_options& options) const
    {
        if (output_)
            return stet::save(tensors,
                              stet::exact_path{.path = *output_,
                                               .existing = replaces_ ? stet::existing_file::replace
                                                                     : stet::existing_file::refuse},
                              options);
        const std::string root = root_.value_or("output");
        const std::string prefix = prefix_.value_or(usual_prefix_);
        return stet::save(tensors, stet::numbered{.root = root, .prefix = prefix}, options);
    }

private:
    std::string                usual_prefix_;
    std::string                prefix_help_{};
    std::optional<std::string> root_{};
    std::optional<std::string> prefix_{};
    std::optional<std::string> output_{};
    bool                       replaces_ = false;
};

} // namespace example

#endif
