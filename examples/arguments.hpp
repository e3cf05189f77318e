// SPDX-License-Identifier: MIT
// The command line of the examples that write files.
#ifndef EXAMPLE_ARGUMENTS_HPP
#define EXAMPLE_ARGUMENTS_HPP

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#ifndef EXAMPLE_DATA
#define EXAMPLE_DATA "examples/data"
#endif

namespace example {

struct arguments {
    std::string output = "output";   ///< folder the checkpoints go below
    std::string data = EXAMPLE_DATA; ///< folder with the lists of names and shapes
    bool        full_size = false;   ///< tensors as large as the model's own, instead of small ones
};

/// Reads the command line. Ends the program after --help, and with 2 on a mistake.
inline arguments parse(int count, char** values)
{
    constexpr std::string_view usage =
        "--output FOLDER  write below this folder (output)\n"
        "--data FOLDER    read lists of names and shapes here (" EXAMPLE_DATA ")\n"
        "--full-size      tensors of the model's true size: gigabytes\n"
        "--help           say this\n";
    arguments given;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = values[i];
        if (word == "--help") {
            std::cout << usage;
            std::exit(EXIT_SUCCESS);
        } else if (word == "--full-size") {
            given.full_size = true;
        } else if (word == "--output" && i + 1 < count) {
            given.output = values[++i];
        } else if (word == "--data" && i + 1 < count) {
            given.data = values[++i];
        } else {
            std::cerr << "what is '" << word << "'?\n" << usage;
            std::exit(2);
        }
    }
    return given;
}

} // namespace example

#endif
