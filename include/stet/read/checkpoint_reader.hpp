// SPDX-License-Identifier: MIT
#ifndef STET_READ_CHECKPOINT_READER_HPP
#define STET_READ_CHECKPOINT_READER_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "byte_source.hpp"
#include "impl/stored_part.hpp"
#include "read_options.hpp"

#include <cstddef>
#include <span>

namespace STET_NAMESPACE {

class checkpoint_reader;

/// Reads and checks the header of a file, in two reads: eight bytes, then as many as they say if the file has them.
/// errors:   those of read_header but more_bytes_needed; the source's own
/// lifetime: borrows the source
result<checkpoint_reader> open_checkpoint(source_ref source, const read_options& options = {});

/// A file of which only the header is in memory; tensors are read when they are asked for. Made by open_checkpoint.
/// lifetime: borrows the source
class checkpoint_reader {
public:
    const checkpoint_header& header() const noexcept { return header_; }

    /// Reads the whole tensor, little-endian on every machine. to: exactly its size
    /// errors: tensor_size_mismatch; the source's own; each with the tensor as subject
    result<void> read(const stored_tensor& tensor, std::span<std::byte> to) const;

    /// Reads a part of the tensor, see rows(). to: exactly its size
    /// errors: no_such_axis for a part the tensor does not have, in bytes; else as for a whole tensor
    result<void> read(const stored_tensor& tensor, const detail::stored_part& part,
                      std::span<std::byte> to) const;

private:
    friend result<checkpoint_reader> open_checkpoint(source_ref source, const read_options& options);

    checkpoint_reader(source_ref source, detail::growing_array<std::byte> head,
                      checkpoint_header header) noexcept;

    source_ref                       source_;
    detail::growing_array<std::byte> head_; ///< what the header borrows; moving the array does not move it
    checkpoint_header                header_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/checkpoint_reader.ipp"
#endif

#endif
