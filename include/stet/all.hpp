// SPDX-License-Identifier: MIT
// Every face.
#ifndef STET_ALL_HPP
#define STET_ALL_HPP

// IWYU pragma: begin_exports
#include "carry.hpp"
#include "casts.hpp"
#include "comfyui.hpp"
#include "diff.hpp"
#include "edit.hpp"
#include "file/abandoned_parts.hpp"
#include "file/exact_target.hpp"
#include "file/file_system.hpp"
#include "file/folder.hpp"
#include "file/part_file.hpp"
#include "filling.hpp"
#include "hashes.hpp"
#include "merge.hpp"
#include "metadata.hpp"
#include "naming/output_name.hpp"
#include "quantised.hpp"
#include "read.hpp"
#include "read_plan.hpp"
#include "shards.hpp"
#include "signing.hpp"
#include "split.hpp"
#include "stet.hpp"
#include "writers.hpp"
// IWYU pragma: end_exports

#endif
