// SPDX-License-Identifier: MIT
// What a command found out about each of its files, to read or as JSON.
#ifndef EXAMPLE_REPORT_EACH_HPP
#define EXAMPLE_REPORT_EACH_HPP

#include "command_line.hpp"
#include "json_list.hpp"
#include "readable.hpp"

#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// Looks at one file after the other. What it found is printed, or an element of one JSON list; why it could not is said
/// on standard error as well. Returns the exit status.
/// look:       std::string(path, Found&): why it could not, or nothing
/// print:      void(path, found)
/// write_json: void(json_list&, found), members of the file's object
template <class Found, class Look, class Print, class WriteJson>
int report_each(std::string_view program, const std::vector<std::string>& paths, bool as_json, Look look,
                Print print, WriteJson write_json)
{
    int                      status = done;
    std::optional<json_list> files;
    if (as_json)
        files.emplace('[', ']');
    for (const std::string& path : paths) {
        Found             found;
        const std::string complaint = look(path, found);
        if (!complaint.empty())
            status = report_failure(program, complaint);
        if (!files) {
            if (complaint.empty())
                print(path, found);
            continue;
        }
        files->next_line();
        json_list object('{', '}');
        object.next("path") << json_text(path);
        if (complaint.empty())
            write_json(object, found);
        else
            object.next("error") << json_text(complaint);
    }
    if (files) {
        files.reset();
        std::cout << '\n';
    }
    return status;
}

} // namespace example

#endif
