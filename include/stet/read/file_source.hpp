// SPDX-License-Identifier: MIT
// A file on disk as a source, by the system's calls. Not part of stet.hpp.
#ifndef STET_READ_FILE_SOURCE_HPP
#define STET_READ_FILE_SOURCE_HPP

#include "../file/readable_file.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "checkpoint_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace STET_NAMESPACE {

/// A file on disk, read at the places asked for. Several threads may read from one.
class file_source {
public:
    /// path:   ends with NUL; UTF-8 on Windows, of any length
    /// errors: file_missing, permission_denied, not_a_regular_file, too_many_open_files, too_many_links,
    ///         file_name_too_long, out_of_memory, io_failure
    static result<file_source> open(const char* path);

    /// As it was when the file was opened.
    std::uint64_t size() const noexcept { return file_.size(); }

    /// errors: incomplete_data when the file ends before the buffer is full; io_failure
    result<void> read(std::uint64_t offset, std::span<std::byte> buffer) const noexcept;

private:
    explicit file_source(detail::readable_file file) noexcept : file_(std::move(file)) {}

    detail::readable_file file_;
};

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
#include "impl/file_source.ipp"
#endif

#endif
