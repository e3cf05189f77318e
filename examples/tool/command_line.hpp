// SPDX-License-Identifier: MIT
// Options of a program, described once: for parsing, for --help, for a manual page and for completions.
#ifndef EXAMPLE_COMMAND_LINE_HPP
#define EXAMPLE_COMMAND_LINE_HPP

#include "close_names.hpp"
#include "interrupt.hpp"
#include "terminal_text.hpp"

#include <stet/vocabulary/message.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace example {

/// Exit statuses, the same for every program here.
enum exit_status : int { done = 0, failed = 1, wrong_usage = 2 };

struct key_and_value {
    std::string key;
    std::string value;
};

/// Where an option's value goes: a flag is set, one value is kept, those that may be repeated are gathered.
using option_target = std::variant<bool*, std::string*, std::optional<std::string>*, std::optional<double>*,
                                   std::vector<std::string>*, std::vector<key_and_value>*>;

struct option {
    std::string_view              name;  ///< with its dashes
    std::string_view              value; ///< what --help calls its value; empty for a flag
    std::string_view              help;
    option_target                 target;
    std::vector<std::string_view> choices{}; ///< the values there are, for completions; none: any
};

/// A call that shows how a program is used.
struct sample {
    std::string_view call;
    std::string_view does;
};

/// A program's command line. In its texts a line break is a blank, an empty line starts a paragraph.
struct command_line {
    std::string_view    name;    ///< of the program
    std::string_view    purpose; ///< what it is for, first in --help
    std::string_view    words;   ///< what --help calls the arguments that are no options: "FILE..."
    std::size_t         fewest = 0;
    std::size_t         most = 0;
    std::vector<option> options{};
    std::vector<sample> samples{};
    std::string_view    notes{}; ///< last in --help
    std::string_view    status = "0 done, 1 failed, 2 wrong usage";
};

/// Ends the program after a mistake in its command line.
[[noreturn]] inline void refuse_usage(std::string_view program, std::string_view complaint)
{
    std::cerr << program << ": " << stet::readable(complaint) << "; see " << program << " --help\n";
    std::exit(wrong_usage);
}

/// Says why the program could not do it, in one line. The status of one that a signal interrupted is the shell's: 128
/// and the signal's number.
inline int report_failure(std::string_view program, std::string_view why)
{
    std::cout.flush();
    std::cerr << program << ": " << interruption() << why << '\n';
    return caught_signal() == 0 ? int{failed} : 128 + caught_signal();
}

/// To be called when all is said. Returns the exit status: `trouble` where what was done well could not be said on standard
/// output, of which it complains.
inline int finish(std::string_view program, int status, int trouble = failed)
{
    errno = 0;
    std::cout.flush();
    if (std::cout || status != done)
        return status;
    const std::string why = errno == 0 ? std::string() : ": " + std::generic_category().message(errno);
    report_failure(program, "standard output did not take all there was to say" + why);
    return trouble;
}

/// A term and what it means in a column of its own, or below it where the terminal is narrow.
inline void print_term(std::string_view term, std::string_view meaning, std::size_t column)
{
    const std::size_t width = text_width();
    std::string       head = "  " + std::string(term);
    if (width < column + 30) {
        column = 6;
        head += '\n' + std::string(column, ' ');
    } else if (head.size() + 2 > column) {
        head += '\n' + std::string(column, ' ');
    } else {
        head.resize(column, ' ');
    }
    std::cout << head << filled(meaning, width, column) << '\n';
}

inline void print_help(const command_line& line)
{
    constexpr std::size_t column = 28;
    const std::size_t     width = text_width();
    const std::string     usage = std::string(line.name) + " [OPTION...] " + std::string(line.words);
    std::cout << filled(line.purpose, width, 0) << "\n\nusage: " << filled(usage, width, 7) << "\n\n";
    for (const option& one : line.options)
        print_term(std::string(one.name) + (one.value.empty() ? "" : " ") + std::string(one.value), one.help,
                   column);
    print_term("--help", "say this", column);
    if (!line.samples.empty())
        std::cout << "\nexamples:\n";
    for (const sample& one : line.samples)
        std::cout << "  " << filled(one.call, width, 6) << "\n      " << filled(one.does, width, 6) << '\n';
    if (!line.notes.empty())
        std::cout << '\n' << filled(line.notes, width, 0) << '\n';
    std::cout << '\n' << filled("exit status: " + std::string(line.status), width, 0) << '\n';
}

namespace command_line_parts {

inline std::optional<double> number_in(const std::string& text)
{
    char*        end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0')
        return std::nullopt;
    return number;
}

/// Puts a value where it belongs. Returns what is wrong with it, if anything.
inline std::string put(const option& one, const std::string& value)
{
    const std::string name(one.name);
    if (auto* const* text = std::get_if<std::string*>(&one.target)) {
        **text = value;
    } else if (auto* const* kept = std::get_if<std::optional<std::string>*>(&one.target)) {
        if (std::exchange(**kept, value))
            return "option '" + name + "' is given twice";
    } else if (auto* const* number = std::get_if<std::optional<double>*>(&one.target)) {
        if (std::exchange(**number, number_in(value)))
            return "option '" + name + "' is given twice";
        if (!**number)
            return "option '" + name + "' needs a number, not '" + value + "'";
    } else if (auto* const* texts = std::get_if<std::vector<std::string>*>(&one.target)) {
        (*texts)->push_back(value);
    } else if (auto* const* pairs = std::get_if<std::vector<key_and_value>*>(&one.target)) {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos || equals == 0)
            return "option '" + name + "' needs KEY=VALUE, not '" + value + "'";
        (*pairs)->push_back({.key = value.substr(0, equals), .value = value.substr(equals + 1)});
    }
    return {};
}

inline const option& find_option(const command_line& line, std::string_view name)
{
    std::vector<std::string_view> names{"--help"};
    for (const option& one : line.options) {
        if (one.name == name)
            return one;
        names.push_back(one.name);
    }
    refuse_usage(line.name, "unknown option '" + std::string(name) + "'" + suggestion(name, names));
}

/// Puts an option's value where it belongs; `next` is the word behind it, if there is one. Returns how many words behind
/// it are taken.
inline std::size_t take_option(const command_line& line, const std::string& word, const std::string* next)
{
    const std::size_t equals = word.find('=');
    const option&     one = find_option(line, word.substr(0, equals));
    const bool        has_value = equals != std::string::npos;
    if (auto* const* flag = std::get_if<bool*>(&one.target)) {
        if (has_value)
            refuse_usage(line.name, "option '" + std::string(one.name) + "' takes no value");
        **flag = true;
        return 0;
    }
    if (!has_value && next == nullptr)
        refuse_usage(line.name,
                     "option '" + std::string(one.name) + "' needs a value, " + std::string(one.value));
    const std::string complaint = put(one, has_value ? word.substr(equals + 1) : *next);
    if (!complaint.empty())
        refuse_usage(line.name, complaint);
    return has_value ? 0 : 1;
}

} // namespace command_line_parts

/// Reads the command line: `--option VALUE` or `--option=VALUE`; after `--` there are no more options. Gives the
/// other words. Ends the program after --help, and with `wrong_usage` on a mistake.
inline std::vector<std::string> parse(const command_line& line, int count, char** values)
{
    namespace parts = command_line_parts;
    const std::vector<std::string> given(values + 1, values + count);
    std::vector<std::string>       words;
    bool                           only_words = false;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const std::string& word = given[i];
        if (only_words || !word.starts_with("-") || word == "-") {
            words.push_back(word);
            continue;
        }
        if (word == "--") {
            only_words = true;
            continue;
        }
        if (word == "--help" || word == "-h") {
            print_help(line);
            std::exit(finish(line.name, done));
        }
        i += parts::take_option(line, word, i + 1 == given.size() ? nullptr : &given[i + 1]);
    }
    if (words.size() > line.most)
        refuse_usage(line.name, "what is '" + words[line.most] + "'?");
    if (words.size() < line.fewest)
        refuse_usage(line.name, "give " + std::string(line.words));
    return words;
}

} // namespace example

#endif
