// SPDX-License-Identifier: MIT
// Metadata by ModelSpec, with its thumbnails.
#ifndef STET_METADATA_HPP
#define STET_METADATA_HPP

// IWYU pragma: begin_exports
#include "metadata/model_spec.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
