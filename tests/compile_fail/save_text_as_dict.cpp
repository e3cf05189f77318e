// SPDX-License-Identifier: MIT
// A text is no state dict.
// expect: stet: a text stands where a state dict is wanted; the dict comes first
#include <stet/save/save.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

bool is_saved(const tensor_map& tensors);

bool is_saved([[maybe_unused]] const tensor_map& tensors)
{
#ifdef STET_BREAK
    return static_cast<bool>(stet::save("tensors", "model.safetensors"));
#else
    return static_cast<bool>(stet::save(tensors, "model.safetensors"));
#endif
}
