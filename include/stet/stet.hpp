// SPDX-License-Identifier: MIT
// The writer: state dicts into a safetensors file, with the layouts and families of ComfyUI's models. Reads as a table of
// contents.
#include "vocabulary/version.hpp"

#ifndef STET_STET_HPP
#define STET_STET_HPP

// IWYU pragma: begin_exports
#include "families/families.hpp"
#include "families/layouts.hpp"
#include "file/file_system.hpp"
#include "file/native_file_system.hpp"
#include "fwd.hpp"
#include "header/header.hpp"
#include "layout/family.hpp"
#include "layout/layout.hpp"
#include "naming/output_name.hpp"
#include "plan/make_plan.hpp"
#include "plan/order.hpp"
#include "plan/plan.hpp"
#include "save/save.hpp"
#include "save/write.hpp"
#include "save/write_options.hpp"
#include "sink/sink.hpp"
#include "sink/sinks.hpp"
#include "state/checkpoint.hpp"
#include "state/component.hpp"
#include "state/model.hpp"
#include "state/state_dict.hpp"
#include "tensor/axes.hpp"
#include "tensor/dtype.hpp"
#include "tensor/sizes.hpp"
#include "tensor/strided.hpp"
#include "tensor/tensor_like.hpp"
#include "tensor/tensor_view.hpp"
#include "tensor/views.hpp"
#include "vocabulary/borrowed.hpp"
#include "vocabulary/config.hpp"
#include "vocabulary/error.hpp"
#include "vocabulary/message.hpp"
#include "vocabulary/result.hpp"
// IWYU pragma: end_exports

#endif
