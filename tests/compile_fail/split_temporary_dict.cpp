// SPDX-License-Identifier: MIT
// The parts of a split borrow from the dict, which must not be gone.
// expect-gcc: use of deleted function
// expect-clang: call to deleted function 'split'
#include <stet/split/split.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

tensor_map load();
bool       is_split(const tensor_map& file);

bool is_split([[maybe_unused]] const tensor_map& file)
{
#ifdef STET_BREAK
    return static_cast<bool>(stet::split<stet::layouts::sdxl>(load()));
#else
    return static_cast<bool>(stet::split<stet::layouts::sdxl>(file));
#endif
}
