// SPDX-License-Identifier: MIT
// A checkpoint's metadata and names edited where the file lies; slots for what is filled in later.
#ifndef STET_EDIT_HPP
#define STET_EDIT_HPP

// IWYU pragma: begin_exports
#include "edit/edit.hpp"
#include "edit/edit_options.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
