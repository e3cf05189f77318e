// SPDX-License-Identifier: MIT
// The version, written once: CMake and Meson read it from here.
#define STET_VERSION_MAJOR 0
#define STET_VERSION_MINOR 1
#define STET_VERSION_PATCH 0

#if defined(STET_VERSION) && STET_VERSION != 100
#error "stet: two versions of stet meet in one translation unit; keep one of them on the include path"
#endif

#ifndef STET_VOCABULARY_VERSION_HPP
#define STET_VOCABULARY_VERSION_HPP

/// major * 10000 + minor * 100 + patch.
#define STET_VERSION 100

/// The namespace everything lives in: `stet`, with an inline namespace named after the interface's version, so that two
/// versions linked into one program never share a symbol.
#define STET_NAMESPACE stet::inline v0_1

#endif
