// SPDX-License-Identifier: MIT
// What ComfyUI does, bug for bug: its names and counter, its metadata, JSON as Python dumps it.
#ifndef STET_COMFYUI_HPP
#define STET_COMFYUI_HPP

// IWYU pragma: begin_exports
// IWYU pragma: end_exports

#endif
