// SPDX-License-Identifier: MIT
#include <stet/vocabulary/version.hpp>

#include <string_view>

#define STET_TEXT_OF(name) #name
#define STET_TEXT(name) STET_TEXT_OF(name)

static_assert(STET_VERSION == STET_VERSION_MAJOR * 10000 + STET_VERSION_MINOR * 100 + STET_VERSION_PATCH);
static_assert(std::string_view(STET_TEXT(STET_NAMESPACE)) ==
              "stet::inline v" STET_TEXT(STET_VERSION_MAJOR) "_" STET_TEXT(STET_VERSION_MINOR));
#if STET_VERSION < 100
#error "a version can be compared by the preprocessor"
#endif
