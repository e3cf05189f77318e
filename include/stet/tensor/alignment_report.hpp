// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_ALIGNMENT_REPORT_HPP
#define STET_TENSOR_ALIGNMENT_REPORT_HPP

#include "../vocabulary/config.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

/// Counts how much of a file lies at positions that are multiples of what vector loads, devices and pages want. Counts
/// what is aligned to more in each smaller alignment too.
struct alignment_report {
    struct share {
        std::uint64_t tensors = 0;
        std::uint64_t bytes = 0;
    };
    share all{};
    share to_64{};
    share to_256{};
    share to_4096{};

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

} // namespace STET_NAMESPACE

#endif
