// SPDX-License-Identifier: MIT
// A file mapped into memory. Not part of stet.hpp.
#ifndef STET_READ_MAPPED_FILE_HPP
#define STET_READ_MAPPED_FILE_HPP

#include "../file/impl/readable_file.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "checkpoint_reader.hpp"
#include "checkpoint_view.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace STET_NAMESPACE {

/// A file's bytes, read by the system when they are touched. The tensors of a file that starts at a page's boundary
/// are aligned as checkpoint_header::alignment says.
/// lifetime: the bytes go with this object. On POSIX systems the file may be replaced meanwhile, the bytes stay; a file
///           cut short ends the program that touches what is gone, while it saves too: its part file is then known to be
///           abandoned, see remove_abandoned_exact. A file_checkpoint gets an error instead. On Windows a save over the
///           file is refused with file_in_use until this object is gone
class mapped_file {
public:
    /// path:   ends with NUL; UTF-8 on Windows, of any length
    /// errors: those of file_source::open; file_too_large for more bytes than fit into memory
    static result<mapped_file> open(const char* path);
    static result<mapped_file> open(const std::string& path); ///< the same

    mapped_file(mapped_file&& other) noexcept;
    mapped_file& operator=(mapped_file&& other) noexcept;
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;
    ~mapped_file();

    /// The whole file.
    std::span<const std::byte> bytes() const& noexcept STET_LIFETIME_BOUND;
    std::span<const std::byte> bytes() const&& =
        delete; // they would be gone; keep the file, or a mapped_checkpoint

    /// The file itself, open as long as this object is there, for those who share its blocks. None on Windows, where a
    /// mapping does without, and of an empty file.
    file_handle handle() const noexcept { return file_.handle(); }

private:
    mapped_file(detail::readable_file file, void* memory, std::size_t size) noexcept;

    detail::readable_file file_;
    void*                 memory_;
    std::size_t           size_;
};

/// Lets the system bring mapped bytes into memory at once instead of page by page, as far as it can: the prefetch of a
/// save whose tensors are mapped, which it makes about twice as fast. Harmless for memory of any kind.
void populate_pages(std::span<const std::byte> soon_read) noexcept;

/// A file on disk with its header read, and its tensors mapped into memory: what most programs want.
/// `const auto file = stet::mapped_checkpoint::open("model.safetensors");`
/// `const std::vector<float> w = *(*file)["a.weight"].to<float>();`
/// Of a file that somebody may cut short while it is read, take a file_checkpoint.
/// lifetime: owns mapping and header; tensors borrow from it, wherever it is moved
class mapped_checkpoint : public checkpoint_view {
public:
    /// path:   ends with NUL; UTF-8 on Windows, of any length
    /// errors: those of mapped_file::open and read_checkpoint
    static result<mapped_checkpoint> open(const char* path, const read_options& options = {});
    /// The same.
    static result<mapped_checkpoint> open(const std::string& path, const read_options& options = {});

    /// The mapping.
    const mapped_file& file() const noexcept STET_LIFETIME_BOUND { return file_; }

private:
    mapped_checkpoint(mapped_file file, checkpoint_view view) noexcept;

    mapped_file file_;
};

/// A file on disk, read at the places asked for. Several threads may read from one.
class file_source {
public:
    /// path:   ends with NUL; UTF-8 on Windows, of any length
    /// errors: file_missing, permission_denied, not_a_regular_file, too_many_open_files, too_many_links,
    ///         file_name_too_long, out_of_memory, io_failure
    static result<file_source> open(const char* path);
    static result<file_source> open(const std::string& path); ///< the same

    /// As it was when the file was opened.
    std::uint64_t size() const noexcept { return file_.size(); }

    /// The file itself, as long as this object is there.
    file_handle handle() const noexcept { return file_.handle(); }

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
    /// The same.
    static result<file_checkpoint> open(const std::string& path, const read_options& options = {});

    file_checkpoint(file_checkpoint&& other) noexcept;
    file_checkpoint& operator=(file_checkpoint&& other) noexcept;
    ~file_checkpoint() = default;

private:
    file_checkpoint(file_source file, checkpoint_reader reader) noexcept;

    file_source file_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/mapped_file.ipp"
#endif

#endif
