// SPDX-License-Identifier: MIT
// A file on disk, read at the places asked for. Not part of stet.hpp.
#ifndef STET_READ_FILE_CHECKPOINT_HPP
#define STET_READ_FILE_CHECKPOINT_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "checkpoint_reader.hpp"
#include "file_source.hpp"

namespace STET_NAMESPACE {

/// A file on disk with its header read, whose tensors are read by the system's calls when they are asked for, or while
/// they are saved again. A file that is cut short meanwhile makes incomplete_data, where a mapping would end the
/// program; else a mapped_checkpoint is as good, and its tensors can be transposed and sliced.
/// lifetime: owns file and header; tensors borrow from it, wherever it is moved
class file_checkpoint : public checkpoint_reader {
public:
    /// path:   ends with NUL; UTF-8 on Windows, of any length
    /// errors: those of file_source::open and open_checkpoint
    static result<file_checkpoint> open(const char* path, const read_options& options = {});

    file_checkpoint(file_checkpoint&& other) noexcept;
    file_checkpoint& operator=(file_checkpoint&& other) noexcept;
    ~file_checkpoint() = default;

private:
    file_checkpoint(file_source file, checkpoint_reader reader) noexcept;

    file_source file_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/file_checkpoint.ipp"
#endif

#endif
