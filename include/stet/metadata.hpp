// SPDX-License-Identifier: MIT
// Metadata by ModelSpec, merged metadata, thumbnails.
#ifndef STET_METADATA_HPP
#define STET_METADATA_HPP

// IWYU pragma: begin_exports
// IWYU pragma: end_exports

#endif
