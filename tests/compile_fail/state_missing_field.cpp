// SPDX-License-Identifier: MIT
// Every component but the extra tensors must be given; the sentence comes first, with the role.
// expect: stet: the component of this role is missing from its checkpoint: give every field
// expect-gcc: component<Role>::component() [with Missing = stet::v0_2::role::vision_encoder
// expect-clang: due to requirement 'detail::is_given<stet::role::vision_encoder>'
#include <stet/state/checkpoint.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

stet::image_only checkpoint_of(const tensor_map& model, const tensor_map& encoder, const tensor_map& vae);

stet::image_only checkpoint_of(const tensor_map& model, [[maybe_unused]] const tensor_map& encoder,
                               const tensor_map& vae)
{
#ifdef STET_BREAK
    return stet::image_only{.model = model, .vae = vae};
#else
    return stet::image_only{.model = model, .vision_encoder = encoder, .vae = vae};
#endif
}
