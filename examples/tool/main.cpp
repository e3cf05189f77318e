// SPDX-License-Identifier: MIT
// stet: looks at checkpoints, takes them apart, puts them together, changes them.
#include "completions.hpp"
#include "manual_page.hpp"
#include "subcommand.hpp"

#include <stet/vocabulary/version.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct entry {
    std::string_view name;
    example::subcommand (*make)();
};

/// In the order in which --help lists them.
constexpr std::array entries{
    entry{"inspect", example::inspect_command}, entry{"verify", example::verify_command},
    entry{"hash", example::hash_command},       entry{"diff", example::diff_command},
    entry{"extract", example::extract_command}, entry{"compose", example::compose_command},
    entry{"merge", example::merge_command},     entry{"edit", example::edit_command},
    entry{"cast", example::cast_command},       entry{"prune", example::prune_command},
    entry{"shard", example::shard_command},     entry{"join", example::join_command},
    entry{"clean", example::clean_command},
};

constexpr std::string_view purpose =
    "Looks at safetensors checkpoints, takes them apart, puts them together, changes them.";

std::string version()
{
    return std::to_string(STET_VERSION_MAJOR) + '.' + std::to_string(STET_VERSION_MINOR) + '.' +
           std::to_string(STET_VERSION_PATCH);
}

std::vector<example::named_command> described()
{
    std::vector<example::named_command> all;
    for (const entry& one : entries)
        all.push_back({.name = one.name, .command = one.make()});
    return all;
}

/// What it does, in one sentence.
std::string_view first_sentence(std::string_view text)
{
    text = text.substr(0, text.find(". "));
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

int print_usage()
{
    const std::size_t width = example::text_width();
    std::cout << example::filled(purpose, width, 0)
              << "\n\nusage: " << example::filled("stet COMMAND [OPTION...] [FILE...]", width, 7)
              << "\n\ncommands:\n";
    for (const example::named_command& one : described())
        example::print_term(one.name, first_sentence(one.command.line.purpose), 15);
    std::cout << "\noptions:\n";
    example::print_term("--help", "say this; `stet COMMAND --help` says more", 15);
    example::print_term("--version", "say which version this is", 15);
    example::print_term("--man", "print a manual page, for `man -l -`", 15);
    std::cout << '\n'
              << example::filled("`stet completions SHELL` prints what bash, zsh or fish completes a command "
                                 "line by.\n\nexit status: 0 done, 1 failed, 2 wrong usage",
                                 width, 0)
              << '\n';
    return example::done;
}

int print_completions(const std::vector<std::string>& words)
{
    const std::vector<std::string_view> shells{"bash", "zsh", "fish"};
    if (words.size() != 1)
        example::refuse_usage("stet", "name the shell: stet completions bash, zsh or fish");
    const auto all = described();
    if (words[0] == "bash")
        example::print_bash(all);
    else if (words[0] == "zsh")
        example::print_zsh(all);
    else if (words[0] == "fish")
        example::print_fish(all);
    else
        example::refuse_usage("stet", "unknown shell '" + words[0] + "'" +
                                          example::suggestion(words[0], shells) +
                                          "; there is bash, zsh and fish");
    return example::done;
}

[[noreturn]] void refuse_word(const std::string& word)
{
    std::vector<std::string_view> known;
    if (word.starts_with("-")) {
        known = {"--help", "--version", "--man"};
        example::refuse_usage("stet", "unknown option '" + word + "'" + example::suggestion(word, known));
    }
    for (const entry& one : entries)
        known.push_back(one.name);
    example::refuse_usage("stet", "unknown command '" + word + "'" + example::suggestion(word, known));
}

} // namespace

int main(int count, char** values)
{
    example::take_large_files_for_errors();
    if (count < 2)
        example::refuse_usage("stet", "name a command");
    const std::string word = values[1];
    if (word == "--help" || word == "-h")
        return example::finish("stet", print_usage());
    if (word == "--version") {
        std::cout << "stet " << version() << '\n';
        return example::finish("stet", example::done);
    }
    if (word == "--man") {
        example::print_manual_page(purpose, version(), described());
        return example::finish("stet", example::done);
    }
    if (word == "completions")
        return example::finish("stet", print_completions({values + 2, values + count}));
    const auto* const found =
        std::find_if(entries.begin(), entries.end(), [&](const entry& one) { return one.name == word; });
    if (found == entries.end())
        refuse_word(word);
    return example::run(found->make(), count - 1, values + 1);
}
