// SPDX-License-Identifier: MIT
// Components need a layout.
// expect: stet: a checkpoint of components needs a layout, which says where each goes
#include <stet/families/families.hpp>
#include <stet/save/save.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

bool is_saved(const tensor_map& tensors);

bool is_saved(const tensor_map& tensors)
{
#ifdef STET_BREAK
    return static_cast<bool>(stet::save(stet::model_only{.model = tensors}, "model.safetensors"));
#else
    return static_cast<bool>(
        stet::save(stet::model_only{.model = tensors}, stet::families::flux{}, "model.safetensors"));
#endif
}
