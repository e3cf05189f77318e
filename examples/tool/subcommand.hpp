// SPDX-License-Identifier: MIT
// What `stet` can be told to do, each in a file of its own.
#ifndef EXAMPLE_SUBCOMMAND_HPP
#define EXAMPLE_SUBCOMMAND_HPP

#include "command_line.hpp"

#include <functional>
#include <string>
#include <vector>

namespace example {

/// One of the tool's commands. Its options' targets live as long as `run`.
struct subcommand {
    command_line line;
    /// words: what is no option. Returns the exit status.
    std::function<int(const std::vector<std::string>& words)> run;
    /// The exit status of what could be done and not be said.
    int trouble = failed;
};

/// values: the first is the command's name
inline int run(const subcommand& command, int count, char** values)
{
    return finish(command.line.name, command.run(parse(command.line, count, values)), command.trouble);
}

subcommand cast_command();
subcommand clean_command();
subcommand compose_command();
subcommand diff_command();
subcommand edit_command();
subcommand extract_command();
subcommand hash_command();
subcommand inspect_command();
subcommand join_command();
subcommand merge_command();
subcommand prune_command();
subcommand shard_command();
subcommand verify_command();

} // namespace example

#endif
