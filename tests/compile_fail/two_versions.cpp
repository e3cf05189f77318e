// SPDX-License-Identifier: MIT
// A second copy of the library, of another version, on the include path.
// expect: stet: two versions of stet meet in one translation unit; keep one of them on the include path
#ifdef STET_BREAK
#define STET_VERSION 99
#define STET_CONFIG_VERSION_HPP
#endif
#include <stet/vocabulary/config.hpp>

int main()
{
    return STET_VERSION_MAJOR * 10000 + STET_VERSION_MINOR * 100 + STET_VERSION_PATCH == STET_VERSION ? 0 : 1;
}
