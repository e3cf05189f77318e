// SPDX-License-Identifier: MIT
// Fields are given in the order of their declaration.
// expect-gcc: stet: the component of this role is missing from its checkpoint: give every field, in the order of their
// expect-clang: field designators to be specified in declaration order; field 'vae' will be initialized after field 'model'
#include <stet/state/checkpoint.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

stet::full checkpoint_of(const tensor_map& tensors);

stet::full checkpoint_of(const tensor_map& tensors)
{
#ifdef STET_BREAK
    return stet::full{.vae = tensors, .model = tensors, .text_encoder = tensors};
#else
    return stet::full{.model = tensors, .text_encoder = tensors, .vae = tensors};
#endif
}
