// SPDX-License-Identifier: MIT
// Text that fits the terminal it is shown in.
#ifndef EXAMPLE_TERMINAL_TEXT_HPP
#define EXAMPLE_TERMINAL_TEXT_HPP

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#if !defined(_WIN32)
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace example {

/// Characters of UTF-8 text.
inline std::size_t characters(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Columns of the terminal that standard output goes to, or what COLUMNS says; 0 where there is neither.
inline std::size_t terminal_columns()
{
    const char* const told = std::getenv("COLUMNS");
    if (told != nullptr && std::atoi(told) > 0)
        return static_cast<std::size_t>(std::atoi(told));
#if !defined(_WIN32)
    winsize size{};
    if (::isatty(STDOUT_FILENO) != 0 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        return size.ws_col;
#endif
    return 0;
}

/// How wide a running text is: as the terminal, from 40 to 100 columns; 80 where there is none.
inline std::size_t text_width()
{
    const std::size_t columns = terminal_columns();
    return columns == 0 ? 80 : std::clamp<std::size_t>(columns, 40, 100);
}

/// Breaks a text into lines of at most `width` characters that start with `indent` blanks. A line break in it is a blank,
/// an empty line stays. The first line has no indent: what stands before it is `indent` wide.
inline std::string filled(std::string_view text, std::size_t width, std::size_t indent)
{
    std::string out;
    std::size_t at = indent;
    bool        starts_line = true;
    while (!text.empty()) {
        const std::size_t start = text.find_first_not_of(" \n");
        const auto        gap = text.substr(0, start);
        text.remove_prefix(gap.size());
        const auto word = text.substr(0, text.find_first_of(" \n"));
        text.remove_prefix(word.size());
        if (word.empty())
            break;
        const std::size_t size = characters(word);
        const bool        is_paragraph = gap.find("\n\n") != std::string_view::npos;
        if (!starts_line && (is_paragraph || at + 1 + size > width)) {
            out += is_paragraph ? "\n\n" : "\n";
            out += std::string(indent, ' ');
            at = indent;
            starts_line = true;
        }
        out += starts_line ? "" : " ";
        out += word;
        at += size + (starts_line ? 0 : 1);
        starts_line = false;
    }
    return out;
}

} // namespace example

#endif
