// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_ALIGNMENT_REPORT_HPP
#define STET_TENSOR_ALIGNMENT_REPORT_HPP

#include "../vocabulary/config.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

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
