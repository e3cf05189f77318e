// SPDX-License-Identifier: MIT
// What a shell completes a command line by, made of the same descriptions as --help.
#ifndef EXAMPLE_COMPLETIONS_HPP
#define EXAMPLE_COMPLETIONS_HPP

#include "manual_page.hpp"

#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace example {

namespace completions_parts {

/// The value's kind, as its name in --help tells.
inline bool is_file(std::string_view value)
{
    return value == "FILE" || value.ends_with("=PATH") || value == "CHECKPOINT";
}
inline bool is_folder(std::string_view value)
{
    return value == "FOLDER";
}

inline std::string joined(const std::vector<std::string_view>& words)
{
    std::string text;
    for (const std::string_view word : words) {
        if (!text.empty())
            text += ' ';
        text += word;
    }
    return text;
}

inline std::string option_names(const command_line& line)
{
    std::vector<std::string_view> names;
    for (const option& one : line.options)
        names.push_back(one.name);
    names.emplace_back("--help");
    return joined(names);
}

/// In one line, with other characters for those that shells take for themselves in quotes and descriptions.
inline std::string plain(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '\n':
            out += ' ';
            break;
        case '\'':
            out += "\xE2\x80\x99"; // a raised comma
            break;
        case '[':
            out += '(';
            break;
        case ']':
            out += ')';
            break;
        case ':':
            out += ',';
            break;
        case '`':
        case '\\':
            break;
        default:
            out += c;
        }
    }
    return out;
}

} // namespace completions_parts

inline void print_bash(const std::vector<named_command>& commands)
{
    namespace parts = completions_parts;
    std::cout << "# stet completions bash\n_stet()\n{\n"
                 "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    COMPREPLY=()\n"
                 "    if ((COMP_CWORD == 1)); then\n        COMPREPLY=($(compgen -W '";
    for (const named_command& one : commands)
        std::cout << one.name << ' ';
    std::cout << "completions --help --version --man' -- \"$word\"))\n        return\n    fi\n"
                 "    case ${COMP_WORDS[1]} in\n"
                 "        completions) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")) ;;\n";
    for (const auto& [name, command] : commands) {
        const command_line& line = command.line;
        std::cout << "        " << name << ")\n            case $before in\n";
        for (const option& one : line.options) {
            if (one.value.empty())
                continue;
            std::cout << "                " << one.name << ") ";
            if (!one.choices.empty())
                std::cout << "COMPREPLY=($(compgen -W '" << parts::joined(one.choices) << "' -- \"$word\"))";
            else if (parts::is_folder(one.value))
                std::cout << "COMPREPLY=($(compgen -d -- \"$word\"))";
            else if (parts::is_file(one.value))
                std::cout << "COMPREPLY=($(compgen -f -- \"$word\"))";
            else
                std::cout << ':';
            std::cout << "; return ;;\n";
        }
        std::cout << "            esac\n            if [[ $word == -* ]]; then\n"
                     "                COMPREPLY=($(compgen -W '"
                  << parts::option_names(line)
                  << "' -- \"$word\"))\n            else\n"
                     "                COMPREPLY=($(compgen -f -- \"$word\"))\n            fi\n"
                     "            ;;\n";
    }
    std::cout << "    esac\n}\ncomplete -o filenames -F _stet stet\n";
}

inline void print_zsh(const std::vector<named_command>& commands)
{
    namespace parts = completions_parts;
    std::cout << "#compdef stet\n_stet()\n{\n    local -a commands=(\n";
    for (const auto& [name, command] : commands)
        std::cout << "        '" << name << ':' << parts::plain(command.line.purpose) << "'\n";
    std::cout << "        'completions:What a shell completes a command line by.'\n    )\n"
                 "    if ((CURRENT == 2)); then\n        _describe command commands\n        return\n    fi\n"
                 "    local command=$words[2]\n    shift words\n    ((CURRENT--))\n"
                 "    case $command in\n        completions) _values shell bash zsh fish ;;\n";
    for (const auto& [name, command] : commands) {
        const command_line& line = command.line;
        std::cout << "        " << name << ")\n            _arguments";
        for (const option& one : line.options) {
            std::cout << " \\\n                '" << one.name << '[' << parts::plain(one.help) << ']';
            if (!one.value.empty())
                std::cout << ':' << parts::plain(one.value) << ':';
            if (!one.choices.empty())
                std::cout << '(' << parts::joined(one.choices) << ')';
            else if (parts::is_folder(one.value))
                std::cout << "_files -/";
            else if (parts::is_file(one.value))
                std::cout << "_files";
            std::cout << '\'';
        }
        std::cout << " \\\n                '--help[say what there is]' '*:file:_files'\n            ;;\n";
    }
    std::cout << "    esac\n}\n"
                 "if [[ $funcstack[1] == _stet ]]; then _stet \"$@\"; else compdef _stet stet; fi\n";
}

inline void print_fish(const std::vector<named_command>& commands)
{
    namespace parts = completions_parts;
    std::cout
        << "# stet completions fish\n"
           "complete -c stet -n __fish_use_subcommand -f -l help -d 'say what there is'\n"
           "complete -c stet -n __fish_use_subcommand -f -l version -d 'say which version this is'\n"
           "complete -c stet -n __fish_use_subcommand -f -l man -d 'print a manual page'\n"
           "complete -c stet -n __fish_use_subcommand -f -a completions -d 'what a shell completes by'\n"
           "complete -c stet -n '__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'\n";
    for (const auto& [name, command] : commands) {
        const command_line& line = command.line;
        std::cout << "complete -c stet -n __fish_use_subcommand -f -a " << name << " -d '"
                  << parts::plain(line.purpose) << "'\n";
        for (const option& one : line.options) {
            std::cout << "complete -c stet -n '__fish_seen_subcommand_from " << name << "' -l "
                      << one.name.substr(2) << " -d '" << parts::plain(one.help) << '\'';
            if (!one.choices.empty())
                std::cout << " -x -a '" << parts::joined(one.choices) << '\'';
            else if (parts::is_folder(one.value))
                std::cout << " -x -a '(__fish_complete_directories)'";
            else if (parts::is_file(one.value))
                std::cout << " -r -F";
            else if (!one.value.empty())
                std::cout << " -x";
            std::cout << '\n';
        }
    }
}

} // namespace example

#endif
