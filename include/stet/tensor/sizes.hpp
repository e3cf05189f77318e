// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_SIZES_HPP
#define STET_TENSOR_SIZES_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "axes.hpp"
#include "dtype.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE {

/// How many elements a tensor of this shape has: the product of its axes, multiplied outermost first.
/// errors: tensor_size_overflow as soon as one product passes 2^64, even if a zero follows; negative_dimension;
///         borrowed_axes_expired
/// source: safetensors 0.8, the order in which its reader multiplies
constexpr result<std::uint64_t> element_count(const extents& shape) noexcept
{
    if (shape.problem() != errc{})
        return detail::axes_error(shape);
    std::uint64_t count = 1;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (shape[axis] != 0 && count > UINT64_MAX / shape[axis])
            return error{.code = errc::tensor_size_overflow};
        count *= shape[axis];
    }
    return count;
}

/// How many bytes a tensor of this type and shape occupies in the file.
/// errors: those of element_count; partial_byte when 4- or 6-bit elements do not fill whole bytes
/// source: safetensors README, "Format", notes on sub-byte types
constexpr result<std::uint64_t> byte_count(dtype type, const extents& shape) noexcept
{
    const auto count = element_count(shape);
    if (!count)
        return count.error();
    if (*count > UINT64_MAX / bit_width(type))
        return error{.code = errc::tensor_size_overflow};
    const std::uint64_t bits = *count * bit_width(type);
    if (bits % 8 != 0)
        return error{.code = errc::partial_byte, .actual = bits};
    return bits / 8;
}

/// Counts how much of a file lies at positions that are multiples of what vector loads, devices and pages want. Counts
/// what is aligned to more in each smaller alignment too.
struct alignment_report {
    /// How many tensors, and their bytes.
    struct share {
        std::uint64_t tensors = 0; ///< how many
        std::uint64_t bytes = 0;   ///< their bytes together
    };
    share all{};     ///< whatever their place
    share to_64{};   ///< that begin at a multiple of 64 bytes
    share to_256{};  ///< that begin at a multiple of 256 bytes
    share to_4096{}; ///< that begin at a multiple of 4096 bytes

    /// Counts one tensor.
    /// position: bytes from the start of the file
    constexpr void add(std::uint64_t position, std::uint64_t size) noexcept
    {
        count(all, true, size);
        count(to_64, position % 64 == 0, size);
        count(to_256, position % 256 == 0, size);
        count(to_4096, position % 4096 == 0, size);
    }

private:
    static constexpr void count(share& of, bool belongs, std::uint64_t size) noexcept
    {
        of.tensors += belongs ? 1U : 0U;
        of.bytes += belongs ? size : 0U;
    }
};

/// How the tensors of a file lie in it: of one that was read, or of a header whose file is not written yet.
/// file: a range of tensors that tells their `offset_in_file`: checkpoint_header, header
template <class File>
requires requires(const File& file) { file.offset_in_file(*file.begin()); }
constexpr alignment_report alignments(const File& file) noexcept
{
    alignment_report report;
    for (auto&& tensor : file) {
        if constexpr (requires { tensor.size(); })
            report.add(file.offset_in_file(tensor), tensor.size());
        else
            report.add(file.offset_in_file(tensor), tensor.size);
    }
    return report;
}

} // namespace STET_NAMESPACE

#endif
