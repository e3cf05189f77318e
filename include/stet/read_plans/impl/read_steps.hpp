// SPDX-License-Identifier: MIT
#ifndef STET_READ_PLANS_IMPL_READ_STEPS_HPP
#define STET_READ_PLANS_IMPL_READ_STEPS_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"
#include "../read_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE::detail {

/// One read: a request, or a part of one.
struct read_step {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::size_t   first_piece = 0; ///< of the plan's
    std::size_t   pieces = 0;
    bool          is_direct = false; ///< goes into the destination of its one piece
};

/// The reads of a plan, request by request.
/// lifetime: borrows the plan and what is wanted
class read_steps {
public:
    /// How far pieces that are read together reach.
    static constexpr std::uint64_t gathered = std::uint64_t{1} << 20U;

    /// least_direct: as in read_plans::reading
    read_steps(const read_plans::read_plan& plan, array_view<const read_plans::wanted> all,
               std::uint64_t least_direct) noexcept;

    std::size_t requests() const noexcept { return plan_->requests().size(); }

    /// The read that begins with that piece of a request.
    /// piece: position among the request's own; where a step ends the next begins, until all are read
    read_step next(const read_plans::request& of, std::size_t piece) const noexcept;

    const read_plans::request& request(std::size_t i) const noexcept { return plan_->requests()[i]; }

    /// Checks that every destination is there, and finds the most bytes that a read stages.
    /// errors: tensor_size_mismatch
    result<std::uint64_t> most_staged() const noexcept;

    /// Where a direct step goes.
    std::span<std::byte> destination(const read_step& step) const noexcept;

    /// Copies what a step has read to where it belongs.
    void deliver(const read_step& step, std::span<const std::byte> read) const noexcept;

    /// The same error, about a tensor that the step reads.
    error about(const read_step& step, const error& e) const noexcept;

private:
    std::byte* place_of(const read_plans::piece& piece) const noexcept;

    const read_plans::read_plan*         plan_;
    array_view<const read_plans::wanted> all_;
    std::uint64_t                        least_direct_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "read_steps.ipp"
#endif

#endif
