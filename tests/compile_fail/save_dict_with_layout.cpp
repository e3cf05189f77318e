// SPDX-License-Identifier: MIT
// A layout wants to know what the dict is.
// expect: stet: a layout wants the components named, and this is a bare state dict
#include <stet/families/families.hpp>
#include <stet/save/save.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

bool is_saved(const tensor_map& tensors);

bool is_saved(const tensor_map& tensors)
{
#ifdef STET_BREAK
    return static_cast<bool>(stet::save(tensors, stet::families::flux{}, "model.safetensors"));
#else
    return static_cast<bool>(
        stet::save(stet::model_only{.model = tensors}, stet::families::flux{}, "model.safetensors"));
#endif
}
