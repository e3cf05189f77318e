// SPDX-License-Identifier: MIT
// What a project may set before including stet. None of it changes the shape of a type.
#ifndef STET_VOCABULARY_CONFIG_HPP
#define STET_VOCABULARY_CONFIG_HPP

#include "version.hpp"

#if defined(_MSVC_LANG)
#if _MSVC_LANG < 202002L
#error "stet: C++20 is needed; compile with /std:c++20 or newer"
#endif
#elif __cplusplus < 202002L
#error "stet: C++20 is needed; compile with -std=c++20 or newer"
#endif

/// STET_USER_CONFIG names a header of the project's own, in quotes, that may define STET_ASSERT.
#if defined(STET_USER_CONFIG)
#include STET_USER_CONFIG
#endif

/// 1, the default: the headers bring their functions along, and copying the folder is all there is to do.
/// 0: the headers only declare, and one file of the build is stet/stet.cpp. A program may do both.
#ifndef STET_HEADER_ONLY
#define STET_HEADER_ONLY 1
#endif

// How functions are defined that are no templates, and whether their bodies are seen here. STET_SHARED goes with the
// compilation of stet/stet.cpp into a shared library: what that library offers, whatever else the build hides.
#if STET_HEADER_ONLY
#define STET_INLINE inline
#define STET_BODIES 1
#else
#if defined(STET_SHARED) && defined(__GNUC__) && !defined(_WIN32) && !defined(__CYGWIN__)
#define STET_INLINE __attribute__((visibility("default")))
#else
#define STET_INLINE // for Windows the build lists the symbols: functions need no mark on the side of those who call
#endif
#if defined(STET_IMPLEMENTATION)
#define STET_BODIES 1
#else
#define STET_BODIES 0
#endif
#endif

/// Before a function that is called where something fails: it stays out of its callers.
#if defined(__GNUC__)
#define STET_COLD [[gnu::__cold__, gnu::__noinline__]]
#else
#define STET_COLD
#endif

/// Before a function that many places call: it stays out of them.
#if defined(__GNUC__)
#define STET_NOINLINE [[gnu::__noinline__]]
#else
#define STET_NOINLINE
#endif

/// After a parameter: what is made borrows it, and a compiler that knows the attribute warns where it would dangle.
#if defined(__clang__) && __has_cpp_attribute(clang::lifetimebound)
#define STET_LIFETIME_BOUND [[clang::lifetimebound]]
#elif defined(_MSC_VER) && __has_cpp_attribute(msvc::lifetimebound)
#define STET_LIFETIME_BOUND [[msvc::lifetimebound]]
#else
#define STET_LIFETIME_BOUND
#endif

/// Called with a condition and a text where only a mistake in the calling code can make the condition false;
/// never on the content of a dict or a file. Defaults to assert.
#ifndef STET_ASSERT
#include <cassert>
#define STET_ASSERT(condition, text) assert(((condition) && (text)))
#endif

#endif
