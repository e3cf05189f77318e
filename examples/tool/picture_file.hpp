// SPDX-License-Identifier: MIT
// Where a command that can draw puts its picture: in a file that appears whole or not at all, or on standard output.
#ifndef EXAMPLE_PICTURE_FILE_HPP
#define EXAMPLE_PICTURE_FILE_HPP

#include "command_line.hpp"
#include "refusal.hpp"
#include "same_file.hpp"

#include <stet/file/exact_target.hpp>
#include <stet/file/native_file_system.hpp>
#include <stet/vocabulary/result.hpp>

#include <initializer_list>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// A path's last part: a picture says no more of where a file lies.
inline std::string file_name(const std::string& path)
{
    return path.substr(path.find_last_of("/\\") + 1);
}

class picture_file {
public:
    picture_file() = default;
    picture_file(const picture_file&) = delete;
    picture_file& operator=(const picture_file&) = delete;

    /// lifetime: the options borrow this object
    void describe(std::vector<option>& options)
    {
        options.push_back({"--svg", "FILE", "draw it instead, as SVG; - is standard output", &path_});
        options.push_back({"--replace", "", "even if there is a file of that name already", &replaces_});
    }

    /// Whether a picture is asked for. Ends the program when the options contradict each other, or the picture would
    /// take the place of what it shows.
    /// others: name and value of the flags that a picture has no use for
    bool is_wanted(std::string_view program, const std::vector<std::string>& shown,
                   std::initializer_list<std::pair<std::string_view, bool>> others) const
    {
        const bool is_a_file = path_ && *path_ != "-";
        if (replaces_ && !is_a_file)
            refuse_usage(program, "--replace needs --svg FILE");
        if (!path_)
            return false;
        for (const auto& [name, is_given] : others) {
            if (is_given)
                refuse_usage(program, "give --svg or " + std::string(name) + ", not both");
        }
        for (const std::string& one : shown) {
            if (is_a_file && one != "-" && is_same_file(one, *path_))
                refuse_usage(program,
                             "--svg names the file that is to be drawn; give the picture a path of its own");
        }
        return true;
    }

    /// Why there can be no such file, before all the work; nothing where there can.
    std::string obstacle() const
    {
        if (*path_ == "-")
            return {};
        const auto target = take();
        return target ? std::string() : told(target.error());
    }

    /// Returns why it could not, or nothing. Says what it wrote, and `about` it, where that is a file.
    std::string save(std::string_view picture, std::string_view about) const
    {
        if (*path_ == "-") {
            std::cout << picture;
            return {};
        }
        const signal_watch watch; // an unfinished file goes with `target`
        auto               target = take();
        if (!target)
            return told(target.error());
        if (const auto written = target->file().write(std::as_bytes(std::span(picture))); !written)
            return told(written.error());
        if (caught_signal() != 0)
            return quoted(*path_) + ": not written";
        if (const auto published = target->publish(stet::durability::full); !published)
            return told(published.error());
        std::cout << stet::readable(*path_) << "\n    " << about << '\n';
        return {};
    }

private:
    stet::result<stet::exact_target> take() const
    {
        return stet::exact_target::take(stet::native_file_system(), *path_,
                                        replaces_ ? stet::existing_file::replace
                                                  : stet::existing_file::refuse);
    }

    std::optional<std::string> path_{};
    bool                       replaces_ = false;
};

} // namespace example

#endif
