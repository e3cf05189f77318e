// SPDX-License-Identifier: MIT
#ifndef STET_FAMILIES_IMPL_USUAL_NAMES_HPP
#define STET_FAMILIES_IMPL_USUAL_NAMES_HPP

#include "../../state/model.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"

#include <string_view>

namespace STET_NAMESPACE::layouts {

/// What no family's components have: the names that a whole checkpoint puts before them and, in a text encoder, keys
/// without their encoder's own name (`t5xxl.transformer.`), under which alone ComfyUI looks for them; nor quantised
/// layers of a CLIP text encoder, which no loader reads.
struct usual_names {
    /// errors: foreign_prefix, foreign_key, quantised_companion
    static result<void> vet(role::model, std::string_view key);
    static result<void> vet(role::text_encoder, std::string_view key);
    static result<void> vet(role::vae, std::string_view key);
};

} // namespace STET_NAMESPACE::layouts

#if STET_BODIES
#include "usual_names.ipp"
#endif

#endif
