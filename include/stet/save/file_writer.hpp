// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_FILE_WRITER_HPP
#define STET_SAVE_FILE_WRITER_HPP

#include "../file/part_file.hpp"
#include "../header/header.hpp"

namespace STET_NAMESPACE {

struct save_options;

/// How header and tensors get into the file; the bytes are the same whichever way. Plain data.
/// lifetime: borrows the settings, if it has any
struct file_writer {
    using function = result<void> (*)(const void* settings, const header& head, part_file& file,
                                      const save_options& options);

    function    write = nullptr; ///< null: one after the other through the system's cache
    const void* settings = nullptr;
    bool        shares_space = false; ///< no space is set aside for it, for it may need little
};

} // namespace STET_NAMESPACE

#endif
