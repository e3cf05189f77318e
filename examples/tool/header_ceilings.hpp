// SPDX-License-Identifier: MIT
// Headers that are larger than some programs take.
#ifndef EXAMPLE_HEADER_CEILINGS_HPP
#define EXAMPLE_HEADER_CEILINGS_HPP

#include "json_list.hpp"
#include "readable.hpp"

#include <stet/comfyui/ceilings.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace example {

/// What programs do with a file of such a header, a sentence for each that gives up.
inline std::vector<std::string> ceilings_passed(std::uint64_t header_bytes)
{
    std::vector<std::string> said;
    for (const stet::ceilings::ceiling& one : stet::ceilings::exceeded(header_bytes))
        said.push_back(std::string(one.sentence) + "; this one has " + grouped(header_bytes));
    return said;
}

inline void print_ceilings(std::uint64_t header_bytes)
{
    for (const std::string& one : ceilings_passed(header_bytes))
        std::cout << "    note: " << one << '\n';
}

inline void write_ceilings(json_list& object, std::uint64_t header_bytes)
{
    object.texts("header_notes", ceilings_passed(header_bytes));
}

} // namespace example

#endif
