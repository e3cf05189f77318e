// SPDX-License-Identifier: MIT
// The command line of the examples that write files.
#ifndef EXAMPLE_ARGUMENTS_HPP
#define EXAMPLE_ARGUMENTS_HPP

#include "tool/command_line.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#ifndef EXAMPLE_DATA
#define EXAMPLE_DATA "examples/data"
#endif

namespace example {

struct arguments {
    std::string   output = "output";   ///< folder the checkpoints go below
    std::string   data = EXAMPLE_DATA; ///< folder with the lists of names and shapes
    std::uint32_t seed = 1;            ///< of the made-up weights
    bool          full_size = false;   ///< tensors as large as the model's own, instead of small ones
};

/// Reads the command line. Ends the program after --help, and with `wrong_usage` on a mistake.
inline arguments parse(int count, char** values)
{
    arguments              given;
    std::optional<double>  seed;
    const std::string_view path = values[0];

    const command_line line{
        .name = path.substr(path.find_last_of("/\\") + 1),
        .purpose = "An example of stet; its source says what it shows.",
        .words = "",
        .options = {
            {"--output", "FOLDER", "write below this folder (output)", &given.output},
            {"--data", "FOLDER", "read lists of names and shapes here\n(" EXAMPLE_DATA ")", &given.data},
            {"--seed", "NUMBER", "make up other weights (1)", &seed},
            {"--full-size", "", "tensors of the model's true size: gigabytes", &given.full_size}}};
    parse(line, count, values);
    constexpr double largest = UINT32_MAX;
    if (seed && !(*seed >= 0 && *seed <= largest))
        refuse_usage(line.name, "option '--seed' needs a number from 0 to 4294967295");
    if (seed)
        given.seed = static_cast<std::uint32_t>(*seed);
    return given;
}

} // namespace example

#endif
