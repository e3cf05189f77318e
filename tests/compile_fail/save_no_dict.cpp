// SPDX-License-Identifier: MIT
// What is saved without a layout must be a state dict, and is told what that is.
// expect: stet: a component must be a state dict: iterable, entries of a name
#include <stet/save/save.hpp>

#include <map>
#include <string>
#include <vector>

bool is_saved(const std::vector<float>& weights);

bool is_saved(const std::vector<float>& weights)
{
#ifdef STET_BREAK
    return static_cast<bool>(stet::save(weights, "model.safetensors"));
#else
    const std::map<std::string, stet::result<stet::tensor_view>> tensors{
        {"w", stet::view_of(weights, {weights.size()})}};
    return static_cast<bool>(stet::save(tensors, "model.safetensors"));
#endif
}
