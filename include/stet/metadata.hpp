// SPDX-License-Identifier: MIT
// Metadata by ModelSpec, metadata passed on from another file, thumbnails.
#ifndef STET_METADATA_HPP
#define STET_METADATA_HPP

// IWYU pragma: begin_exports
#include "metadata/merge_metadata.hpp"
#include "metadata/model_spec.hpp"
// IWYU pragma: end_exports

#endif
