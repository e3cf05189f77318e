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
#include "header/metadata.hpp"
#include "layout/family.hpp"
#include "layout/layout.hpp"
#include "layout/placed_name.hpp"
#include "layout/prefix_layout.hpp"
#include "naming/output_name.hpp"
#include "plan/make_plan.hpp"
#include "plan/order.hpp"
#include "plan/plan.hpp"
#include "save/save.hpp"
#include "save/save_options.hpp"
#include "save/write.hpp"
#include "save/write_options.hpp"
#include "sink/append_sink.hpp"
#include "sink/callback_sink.hpp"
#include "sink/sink.hpp"
#include "state/checkpoint.hpp"
#include "state/component.hpp"
#include "state/prediction.hpp"
#include "state/role.hpp"
#include "state/state_dict.hpp"
#include "tensor/alignment_report.hpp"
#include "tensor/axes.hpp"
#include "tensor/dtype.hpp"
#include "tensor/extents.hpp"
#include "tensor/produced.hpp"
#include "tensor/scalar.hpp"
#include "tensor/strided.hpp"
#include "tensor/tensor_like.hpp"
#include "tensor/tensor_view.hpp"
#include "tensor/transposed.hpp"
#include "vocabulary/allocator.hpp"
#include "vocabulary/array_view.hpp"
#include "vocabulary/config.hpp"
#include "vocabulary/error.hpp"
#include "vocabulary/function_ref.hpp"
#include "vocabulary/message.hpp"
#include "vocabulary/result.hpp"
// IWYU pragma: end_exports

#endif
