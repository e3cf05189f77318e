// SPDX-License-Identifier: MIT
#ifndef STET_READ_TENSOR_READER_HPP
#define STET_READ_TENSOR_READER_HPP

#include "../tensor/tensor_view.hpp"
#include "../vocabulary/allocator.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "checkpoint_reader.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE {

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
#include "impl/tensor_reader.ipp"
#endif

#endif
