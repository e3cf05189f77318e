// SPDX-License-Identifier: MIT
// An image-only checkpoint has no text encoder.
// expect-gcc: image_only' has no non-static data member named 'text_encoder'
// expect-clang: field designator 'text_encoder' does not refer to any field in type 'stet::image_only'
#include <stet/state/checkpoint.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

stet::image_only checkpoint_of(const tensor_map& model, const tensor_map& encoder, const tensor_map& vae);

stet::image_only checkpoint_of(const tensor_map& model, const tensor_map& encoder, const tensor_map& vae)
{
#ifdef STET_BREAK
    return stet::image_only{.model = model, .text_encoder = encoder, .vae = vae};
#else
    return stet::image_only{.model = model, .vision_encoder = encoder, .vae = vae};
#endif
}
