// SPDX-License-Identifier: MIT
// The reader: headers, views and files, with the reference's verdict on each.
#ifndef STET_READ_HPP
#define STET_READ_HPP

// IWYU pragma: begin_exports
#include "read/byte_source.hpp"
#include "read/checkpoint_header.hpp"
#include "read/checkpoint_reader.hpp"
#include "read/checkpoint_view.hpp"
#include "read/mapped_file.hpp"
#include "read/read_header.hpp"
#include "tensor/sizes.hpp"
#include "vocabulary/message.hpp"
// IWYU pragma: end_exports

#endif
