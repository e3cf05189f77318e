// SPDX-License-Identifier: MIT
// What is signed for a folder of files.
#ifndef STET_SIGNING_HPP
#define STET_SIGNING_HPP

// IWYU pragma: begin_exports
#include "signing/statement.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
