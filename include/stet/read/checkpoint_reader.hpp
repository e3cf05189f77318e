// SPDX-License-Identifier: MIT
#ifndef STET_READ_CHECKPOINT_READER_HPP
#define STET_READ_CHECKPOINT_READER_HPP

#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "byte_source.hpp"
#include "checkpoint_header.hpp"
#include "checkpoint_view.hpp"
#include "impl/position_iterator.hpp"
#include "impl/stored_part.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

class checkpoint_reader;
class tensor_reader;

/// Reads and checks the header of a file, in two reads: eight bytes, then as many as they say if the file has them.
/// errors:   those of read_header but more_bytes_needed; the source's own
/// lifetime: borrows the source
result<checkpoint_reader> open_checkpoint(source_ref source   STET_LIFETIME_BOUND,
                                          const read_options& options = {});

/// A file of which only the header is in memory; tensors are read when they are asked for. A range of names and tensors
/// in the order of the data, and a state dict: a tensor is read from the source while it is written, so a file that is
/// cut short meanwhile is an error, not the end of the program. Made by open_checkpoint.
/// lifetime: borrows the source
class checkpoint_reader {
public:
    using entry = file_entry;
    using iterator = detail::position_iterator<checkpoint_reader, entry>;

    /// What stands in the header.
    const checkpoint_header& header() const noexcept STET_LIFETIME_BOUND { return header_; }
    std::size_t              size() const noexcept { return header_.size(); }
    bool                     empty() const noexcept { return header_.empty(); }
    iterator                 begin() const noexcept STET_LIFETIME_BOUND { return {*this, 0}; }
    iterator                 end() const noexcept STET_LIFETIME_BOUND { return {*this, size()}; }

    /// The tensor of that name, or no_such_tensor: `reader["a.weight"].to<float>()`.
    found_tensor operator[](std::string_view name) const noexcept STET_LIFETIME_BOUND;

    /// The tensor at a position in the order of the data. It is read, packed, while it is poured; it cannot be
    /// transposed or sliced.
    file_tensor operator[](std::size_t position) const noexcept STET_LIFETIME_BOUND;

    /// The tensor of that name, if there is one.
    std::optional<file_tensor> find(std::string_view name) const noexcept STET_LIFETIME_BOUND;

    bool contains(std::string_view name) const noexcept { return header_.contains(name); }

    /// Reads the whole tensor, little-endian on every machine. to: exactly its size
    /// errors: tensor_size_mismatch; the source's own; each with the tensor as subject
    result<void> read(const stored_tensor& tensor, std::span<std::byte> to) const;

    /// Reads a part of the tensor, see rows(). to: exactly its size
    /// errors: no_such_axis for a part the tensor does not have, in bytes; else as for a whole tensor
    result<void> read(const stored_tensor& tensor, const detail::stored_part& part,
                      std::span<std::byte> to) const;

private:
    friend result<checkpoint_reader> open_checkpoint(source_ref source, const read_options& options);
    friend iterator;
    friend class file_checkpoint;
    friend class tensor_reader;

    /// Where a tensor starts, and what it is read from.
    struct place {
        const source_ref* source;
        std::uint64_t     offset;
    };

    checkpoint_reader(const allocator& memory, detail::growing_array<std::byte> head,
                      checkpoint_header header) noexcept;

    /// False when the allocator gave nothing.
    [[nodiscard]] bool keep_places(source_ref source) noexcept;

    entry entry_at(std::size_t position) const noexcept;

    static result<void> pour_place(const tensor_view& tensor, sink_ref destination);

    detail::growing_array<source_ref> source_; ///< one; like the places it does not move with the reader
    detail::growing_array<place>      places_; ///< by the tensors' positions
    detail::growing_array<std::byte>  head_;   ///< what the header borrows
    checkpoint_header                 header_;
};

/// A tensor's bytes in pieces of any size, in order, for those who read several tensors side by side. Those of a file
/// that was read are taken from where they lie; a tensor that is produced or has strides is whole in memory from the
/// first piece on.
/// lifetime: borrows what the tensor borrows
class tensor_reader {
public:
    /// Begins at the tensor's first byte.
    explicit tensor_reader(const tensor_view& tensor, const allocator& memory = heap()) noexcept
        : tensor_(tensor), block_(memory)
    {
    }

    /// Bytes that were not read yet.
    std::uint64_t left() const noexcept { return tensor_.size - at_; }

    /// The next bytes, row-major, packed and little-endian.
    /// count:    at most what is left
    /// errors:   tensor_size_mismatch for more; out_of_memory; those of the file and of pour
    /// lifetime: until the next call
    result<bytes> next(std::size_t count) STET_LIFETIME_BOUND;

private:
    result<void> collect();

    tensor_view                      tensor_;
    detail::growing_array<std::byte> block_; ///< of a file what was read last, of what is produced all of it
    std::uint64_t                    at_ = 0;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/checkpoint_reader.ipp"
#endif

#endif
