// SPDX-License-Identifier: MIT
// A tensor of a file that is gone at the end of the line, where the compiler can tell; no compiler takes a temporary
// source.
// expect-gcc: cannot bind non-const lvalue reference of type
// expect-clang: temporary whose address is used as value of local variable 'tensor' will be destroyed
#include <stet/read.hpp>

bool is_found(const char* path);

bool is_found(const char* path)
{
#ifndef STET_BREAK
    const auto file = stet::mapped_checkpoint::open(path);
    const auto tensor = (*file)["a"];
#elif defined(__clang__)
    const auto tensor = (*stet::mapped_checkpoint::open(path))["a"];
#else
    const auto tensor = stet::open_checkpoint(*stet::file_source::open(path));
#endif
    return static_cast<bool>(tensor);
}
