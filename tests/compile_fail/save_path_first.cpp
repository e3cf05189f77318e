// SPDX-License-Identifier: MIT
// The dict comes first, then where to save it.
// expect: stet: the state dict comes first, then where to save it: stet::save(dict
#include <stet/save/save.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

bool is_saved(const tensor_map& tensors, const std::string& path);

bool is_saved(const tensor_map& tensors, const std::string& path)
{
#ifdef STET_BREAK
    return static_cast<bool>(stet::save(path, tensors));
#else
    return static_cast<bool>(stet::save(tensors, path));
#endif
}
