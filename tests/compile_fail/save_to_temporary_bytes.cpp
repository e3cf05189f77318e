// SPDX-License-Identifier: MIT
// Bytes that are gone after the call would have been written in vain.
// expect: stet: the last argument before the options must say where to save
// expect: or a named std::vector<std::byte>
#include <stet/save/save.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

using tensor_map = std::map<std::string, stet::tensor_view>;

bool is_saved(const tensor_map& tensors, std::vector<std::byte>& kept);

bool is_saved(const tensor_map& tensors, [[maybe_unused]] std::vector<std::byte>& kept)
{
#ifdef STET_BREAK
    return static_cast<bool>(stet::save(tensors, std::vector<std::byte>{}));
#else
    return static_cast<bool>(stet::save(tensors, kept));
#endif
}
