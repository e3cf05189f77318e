// SPDX-License-Identifier: MIT
// A dict said to be a text encoder is no vae.
// expect: stet: this dict was tagged with another role; pass it to the field of its own role or retag it with stet::as<role>(dict)
#include <stet/state/checkpoint.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

stet::component<stet::role::vae> component_of(const tensor_map& tensors);

stet::component<stet::role::vae> component_of(const tensor_map& tensors)
{
#ifdef STET_BREAK
    return stet::as<stet::role::text_encoder>(tensors);
#else
    return stet::as<stet::role::vae>(tensors);
#endif
}
