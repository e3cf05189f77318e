// SPDX-License-Identifier: MIT
// The way back: a checkpoint taken apart into components, and its layout found out.
#ifndef STET_SPLIT_HPP
#define STET_SPLIT_HPP

// IWYU pragma: begin_exports
#include "split/detect_layout.hpp"
#include "split/inverse_text_rules.hpp"
#include "split/model_type.hpp"
#include "split/split.hpp"
#include "split/split_rules.hpp"
#include "split/splitting.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
