// SPDX-License-Identifier: MIT
// What the library refuses, in words that name the tool's own options.
#ifndef EXAMPLE_REFUSAL_HPP
#define EXAMPLE_REFUSAL_HPP

#include "checkpoint_file.hpp"

#include <stet/vocabulary/error.hpp>
#include <stet/vocabulary/message.hpp>

#include <string>

namespace example {

inline std::string told(const stet::error& refused)
{
    std::string text = stet::message(refused);
    if (refused.code == stet::errc::name_taken)
        return text.substr(0, text.rfind("; ")) + "; choose another name or give --replace";
    if (refused.code == stet::errc::foreign_key && !refused.first_party().empty())
        return text + "; or give the encoder alone, by --clip-l, --t5xxl or another option of that kind";
    return text;
}

/// Why a file cannot be opened: what it looks like, if it is another format or damaged.
/// refused: what opening it came to
inline std::string told_of_file(const std::string& path, const stet::error& refused)
{
    checkpoint_file   file;
    const std::string complaint = file.open(path);
    if (!complaint.empty())
        return complaint;
    return (refused.subject().empty() ? quoted(path) + ": " : std::string()) + stet::message(refused);
}

} // namespace example

#endif
