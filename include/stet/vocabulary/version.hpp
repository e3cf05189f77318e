// SPDX-License-Identifier: MIT
// The version, written once: CMake and Meson read it from here, and all else follows from it.
#undef STET_VERSION_MAJOR
#undef STET_VERSION_MINOR
#undef STET_VERSION_PATCH
#define STET_VERSION_MAJOR 0
#define STET_VERSION_MINOR 2
#define STET_VERSION_PATCH 0

#ifndef STET_VOCABULARY_VERSION_HPP
#define STET_VOCABULARY_VERSION_HPP

/// A number to compare in `#if`: 200 for 0.2.0.
#define STET_VERSION (STET_VERSION_MAJOR * 10000 + STET_VERSION_MINOR * 100 + STET_VERSION_PATCH)

/// The namespace everything lives in: `stet`, with an inline namespace named after the interface's version, so that two
/// versions linked into one program never share a symbol.
#define STET_NAMESPACE STET_NAMESPACE_OF(STET_VERSION_MAJOR, STET_VERSION_MINOR)
#define STET_NAMESPACE_OF(first, second) STET_NAMESPACE_NAMED(first, second)
#define STET_NAMESPACE_NAMED(first, second) stet::inline v##first##_##second

namespace stet {
// Outside of the inline namespace: a second copy of the library finds the version of the first here.
enum class version_of_this_unit : long { number = STET_VERSION };
} // namespace stet

#endif

static_assert(
    static_cast<long>(stet::version_of_this_unit::number) == STET_VERSION,
    "stet: two versions of stet meet in one translation unit; keep one of them on the include path");
