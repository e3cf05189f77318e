// SPDX-License-Identifier: MIT
#ifndef EXAMPLE_SAME_FILE_HPP
#define EXAMPLE_SAME_FILE_HPP

#include <string>

namespace example {

/// Whether two paths lead to one file, however they are spelled, by links too, and whether there is one yet.
bool is_same_file(const std::string& one, const std::string& other);

} // namespace example

#endif
