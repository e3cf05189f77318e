// SPDX-License-Identifier: MIT
// A second copy of the library, of another version, on the include path.
// expect: stet: two versions of stet meet in one translation unit; keep one of them on the include path
#ifdef STET_BREAK
// What is left of version.hpp of 0.0.99.
#define STET_VERSION_MAJOR 0
#define STET_VERSION_MINOR 0
#define STET_VERSION_PATCH 99
#define STET_VOCABULARY_VERSION_HPP
#define STET_VERSION (STET_VERSION_MAJOR * 10000 + STET_VERSION_MINOR * 100 + STET_VERSION_PATCH)
#define STET_NAMESPACE stet::inline v0_0
namespace stet {
enum class version_of_this_unit : long { number = STET_VERSION };
}
#endif
#include <stet/vocabulary/config.hpp>
#include <stet/vocabulary/version.hpp> // meets itself

static_assert(STET_VERSION_MAJOR * 10000 + STET_VERSION_MINOR * 100 + STET_VERSION_PATCH == STET_VERSION);

int main() {}
