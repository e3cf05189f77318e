// SPDX-License-Identifier: MIT
// What ComfyUI does, bug for bug: its names and counter, its metadata, JSON as Python dumps it.
#ifndef STET_COMFYUI_HPP
#define STET_COMFYUI_HPP

// IWYU pragma: begin_exports
#include "comfyui/ceilings.hpp"
#include "comfyui/comfyui_name.hpp"
#include "comfyui/comfyui_target.hpp"
#include "comfyui/save_parts.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
