// SPDX-License-Identifier: MIT
#ifndef STET_READ_READ_OPTIONS_HPP
#define STET_READ_READ_OPTIONS_HPP

#include "../vocabulary/allocator.hpp"

namespace STET_NAMESPACE {

/// How strictly a file is read. As it stands, exactly the files that the reference reads are read.
/// source: safetensors 0.8, SafeTensors::read_metadata; its README and JSON schema for `strict`
struct read_options {
    /// Refuse as well what the reference reads against the format's own text: whitespace before the object, padding
    /// other than spaces, a key given twice, unknown fields, null metadata, an array in place of a tensor's object, a
    /// dtype that is no string, numbers of 2^48 or more.
    bool strict = false;
    /// Accept bytes after the last tensor.
    bool allow_trailing_bytes = false;
    /// Accept a header padded with NUL, which some writers leave behind.
    bool allow_nul_padding = false;
    /// Where the index of the tensors lives.
    stet::allocator allocator = heap();
};

} // namespace STET_NAMESPACE

#endif
