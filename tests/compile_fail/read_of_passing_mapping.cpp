// SPDX-License-Identifier: MIT
// A mapping that is gone at the end of the line; keep it, or take a mapped_checkpoint.
// expect-gcc: use of deleted function
// expect-clang: temporary whose address is used as value of local variable 'file' will be destroyed
#include <stet/read.hpp>

bool is_read(const char* path);

bool is_read(const char* path)
{
#ifndef STET_BREAK
    const auto file = stet::mapped_checkpoint::open(path);
#elif defined(__clang__)
    const auto file = stet::read_checkpoint(stet::mapped_file::open(path)->bytes());
#else
    const auto file = stet::read_checkpoint((*stet::mapped_file::open(path)).bytes());
#endif
    return static_cast<bool>(file);
}
