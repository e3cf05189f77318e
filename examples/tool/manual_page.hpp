// SPDX-License-Identifier: MIT
// A manual page, made of what --help says.
#ifndef EXAMPLE_MANUAL_PAGE_HPP
#define EXAMPLE_MANUAL_PAGE_HPP

#include "subcommand.hpp"

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace example {

struct named_command {
    std::string_view name;
    subcommand       command;
};

/// Text as roff takes it: a dash that can be searched for, no line that is a request, `...` in bold.
inline std::string roff(std::string_view text)
{
    std::string out;
    bool        is_code = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool starts = i == 0 || text[i - 1] == '\n';
        if (c == '`') {
            out += is_code ? "\\fR" : "\\fB";
            is_code = !is_code;
        } else if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else if (c == '\n' && starts) {
            out += ".PP\n";
        } else if (starts && (c == '.' || c == '\'')) {
            out += std::string("\\&") + c;
        } else {
            out += c;
        }
    }
    return out;
}

inline void print_manual_page(std::string_view purpose, std::string_view version,
                              const std::vector<named_command>& commands)
{
    std::cout << ".TH STET 1 \"\" \"stet " << version << "\" \"User Commands\"\n"
              << ".SH NAME\nstet \\- save, read and change safetensors checkpoints\n"
              << ".SH SYNOPSIS\n.B stet\n.I COMMAND\n[\\fIOPTION\\fR...] [\\fIFILE\\fR...]\n"
              << ".SH DESCRIPTION\n"
              << roff(purpose) << "\n.SH COMMANDS\n";
    for (const auto& [name, command] : commands) {
        const command_line& line = command.line;
        std::cout << ".SS \"" << roff(line.name) << " [OPTION...]" << (line.words.empty() ? "" : " ")
                  << roff(line.words) << "\"\n"
                  << roff(line.purpose) << '\n';
        for (const option& one : line.options)
            std::cout << ".TP\n\\fB" << roff(one.name) << "\\fR"
                      << (one.value.empty() ? "" : " \\fI" + roff(one.value) + "\\fR") << '\n'
                      << roff(one.help) << '\n';
        if (!line.notes.empty())
            std::cout << ".PP\n" << roff(line.notes) << '\n';
        for (const sample& one : line.samples)
            std::cout << ".PP\n" << roff(one.does) << ":\n.IP\n.nf\n" << roff(one.call) << "\n.fi\n";
        std::cout << ".PP\nExit status: " << roff(line.status) << ".\n";
    }
    std::cout << ".SH OPTIONS\n.TP\n\\fB\\-\\-help\\fR\nSays what there is; after a command, what it takes.\n"
              << ".TP\n\\fB\\-\\-version\\fR\nSays which version this is.\n"
              << ".TP\n\\fB\\-\\-man\\fR\nPrints this page.\n"
              << ".SH ENVIRONMENT\n.TP\n.B COLUMNS\nHow wide the terminal is, where it is not to be asked.\n";
}

} // namespace example

#endif
