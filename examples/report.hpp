// SPDX-License-Identifier: MIT
// What a save tells about the file it wrote, or why it wrote none, as lines to read.
#ifndef EXAMPLE_REPORT_HPP
#define EXAMPLE_REPORT_HPP

#include <stet/save/save.hpp>
#include <stet/vocabulary/message.hpp>

#include <cstdint>
#include <iostream>

namespace example {

inline void print_size(std::uint64_t tensors, std::uint64_t bytes)
{
    std::cout << tensors << (tensors == 1 ? " tensor, " : " tensors, ") << bytes
              << (bytes == 1 ? " byte" : " bytes");
}

/// The path and one line about the file.
inline void print_file(const stet::saved_checkpoint& saved)
{
    std::uint64_t tensors = 0;
    for (const stet::component_report& part : saved.components)
        tensors += part.tensors;
    std::cout << stet::readable(saved.path) << "\n    ";
    if (saved.number)
        std::cout << "number " << *saved.number << ", ";
    print_size(tensors, saved.bytes);
    std::cout << '\n';
}

inline void print(const stet::saved_checkpoint& saved)
{
    print_file(saved);
    for (const stet::component_report& part : saved.components) {
        if (part.tensors + part.left_out == 0)
            continue;
        std::cout << "    " << part.role << ": ";
        print_size(part.tensors, part.bytes);
        if (part.left_out != 0)
            std::cout << ", " << part.left_out << " left out";
        std::cout << '\n';
    }
}

/// Says what went wrong. Returns the exit status.
inline int fail(const stet::error& why)
{
    std::cerr << stet::message(why) << '\n';
    return 1;
}

} // namespace example

#endif
