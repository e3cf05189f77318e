// SPDX-License-Identifier: MIT
// Where to save may be put together in the call; a target that stays needs a text that stays. gcc does not look.
// expect-clang: object backing the pointer will be destroyed at the end of the full-expression
// compiles-gcc
#include <stet/save/save.hpp>

int bytes_of(const stet::plan& tensors, const std::string& folder);

int bytes_of(const stet::plan& tensors, const std::string& folder)
{
#ifdef STET_BREAK
    const stet::exact_path where{folder + "/x"};
    const stet::numbered   next{.root = folder + "/output", .prefix = "x"};
    return stet::save(tensors, where) && stet::save(tensors, next) ? 1 : 0;
#else
    return stet::save(tensors, stet::exact_path{folder + "/x"}) &&
                   stet::save(tensors, stet::numbered{.root = folder + "/output", .prefix = "x"})
               ? 1
               : 0;
#endif
}
