// SPDX-License-Identifier: MIT
// Metadata by ModelSpec, merged metadata, thumbnails.
#ifndef STET_METADATA_HPP
#define STET_METADATA_HPP

// IWYU pragma: begin_exports
#include "metadata/merged_metadata.hpp"
#include "metadata/model_spec.hpp"
#include "metadata/thumbnail.hpp"
// IWYU pragma: end_exports

#endif
