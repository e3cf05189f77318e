// SPDX-License-Identifier: MIT
#ifndef STET_READ_PLANS_IMPL_BOX_RUNS_HPP
#define STET_READ_PLANS_IMPL_BOX_RUNS_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::read_plans {

struct wanted;

} // namespace STET_NAMESPACE::read_plans

namespace STET_NAMESPACE::detail {

/// The runs of bytes that a box of a row-major tensor consists of: equally long, each a row of the box or several.
struct box_runs {
    std::uint64_t first = 0; ///< offset of the first run in the file
    std::uint64_t size = 0;  ///< bytes of each
    std::uint64_t count = 0; ///< how many; 0 for an empty box
    std::size_t   outer = 0; ///< how many axes lead from one run to the next
};

/// errors: no_such_axis, partial_byte, tensor_size_overflow, invalid_setting for no element_bits; what its last byte's offset passes is not asked
result<box_runs> runs_of(const read_plans::wanted& one) noexcept;

/// Counts the runs of a box through and tells each one's offset in the file.
class box_walk {
public:
    explicit box_walk(const allocator& memory) noexcept : axes_(memory) {}

    /// False when the allocator gave nothing.
    [[nodiscard]] bool begin(const read_plans::wanted& one, const box_runs& runs) noexcept;

    std::uint64_t offset() const noexcept { return offset_; }

    void next() noexcept;

private:
    /// An axis on which the box has more than one index.
    struct axis {
        std::uint64_t at = 0;
        std::uint64_t count = 0;
        std::uint64_t stride = 0; ///< bytes
    };

    growing_array<axis> axes_; ///< innermost first
    std::uint64_t       offset_ = 0;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "box_runs.ipp"
#endif

#endif
