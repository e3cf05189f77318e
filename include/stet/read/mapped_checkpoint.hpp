// SPDX-License-Identifier: MIT
// A file on disk, opened in one line. Not part of stet.hpp.
#ifndef STET_READ_MAPPED_CHECKPOINT_HPP
#define STET_READ_MAPPED_CHECKPOINT_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "checkpoint_view.hpp"
#include "mapped_file.hpp"

namespace STET_NAMESPACE {

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

    const mapped_file& file() const noexcept STET_LIFETIME_BOUND { return file_; }

private:
    mapped_checkpoint(mapped_file file, checkpoint_view view) noexcept;

    mapped_file file_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/mapped_checkpoint.ipp"
#endif

#endif
