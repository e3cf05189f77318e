// SPDX-License-Identifier: MIT
// What the library refuses, in words that name the tool's own options.
#ifndef EXAMPLE_REFUSAL_HPP
#define EXAMPLE_REFUSAL_HPP

#include "checkpoint_file.hpp"

#include <stet/vocabulary/error.hpp>
#include <stet/vocabulary/message.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace example {

/// What to ask the library for, and by which options the tool is asked.
struct wording {
    std::string_view of_library;
    std::string_view of_tool;
};

inline constexpr std::array<wording, 6> wordings{{
    {"save as ComfyUI does", "give --comfyui"},
    {"ask to widen", "give --widen"},
    {"ask for a wider dtype such as F32, or allow them", "give --dtype F32, or --keep-infinite"},
    {"ask for the result to be F32, F16 or BF16", "give --dtype F32, F16 or BF16"},
    {"ask for F32, F16 or BF16, for quantising it again, or for a ratio of 0 or 1",
     "give --dtype F32, F16 or BF16, --requantise, or a ratio of 0 or 1"},
    {"ask for F32, F16 or BF16", "give --dtype F32, F16 or BF16"},
}};

inline std::string told(const stet::error& refused)
{
    std::string text = stet::message(refused);
    if (refused.code == stet::errc::name_taken)
        return text.substr(0, text.rfind("; ")) + "; choose another name or give --replace";
    if (refused.code == stet::errc::foreign_key && !refused.first_party().empty())
        return text + "; or give the encoder alone, by --clip-l, --t5xxl or another option of that kind";
    if (refused.code == stet::errc::prefixed_key)
        return text.substr(0, text.rfind("; ")) + "; take it off the key, or give --comfyui";
    if (refused.code == stet::errc::empty_component)
        return refused.subject() == "dict"
                   ? "there is no tensor to save; give a file that has some, or leave fewer out"
                   : text.substr(0, text.rfind("; ")) + "; leave its file out";
    for (const wording& one : wordings) {
        if (const std::size_t at = text.find(one.of_library); at != std::string::npos)
            return text.replace(at, one.of_library.size(), one.of_tool);
    }
    return text;
}

/// Why a file cannot be opened: what it looks like, if it is another format or damaged.
/// refused: what opening it came to
inline std::string told_of_file(const std::string& path, const stet::error& refused)
{
    if (path == "-")
        return "standard input cannot be read here, where a file has to stay; save it to one first";
    checkpoint_file   file;
    const std::string complaint = file.open(path);
    if (!complaint.empty())
        return complaint;
    return (refused.subject().empty() ? quoted(path) + ": " : std::string()) + stet::message(refused);
}

} // namespace example

#endif
