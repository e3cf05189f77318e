// SPDX-License-Identifier: MIT
#ifndef STET_READ_PLANS_READ_PLAN_HPP
#define STET_READ_PLANS_READ_PLAN_HPP

#include "../read/checkpoint_header.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE::detail {

class read_planner;

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::read_plans {

/// A tensor, or a box of one, that is to be read. Plain data.
/// lifetime: borrows name, shape, box and destination
struct wanted {
    std::string_view               name{};           ///< what errors speak of
    std::uint64_t                  offset = 0;       ///< of the tensor's first byte in the file
    unsigned                       element_bits = 8; ///< as bit_width(dtype) tells them
    std::span<const std::uint64_t> shape{};          ///< of the tensor, outermost first
    std::span<const std::uint64_t>
        begin{}; ///< first index of the box along each axis; without `end` too: the whole
    std::span<const std::uint64_t> end{}; ///< one past its last index along each axis
    /// Where the box goes, packed row by row: exactly its size. May be empty while it is only planned.
    std::span<std::byte> to{};
};

/// A tensor of a file as something wanted.
/// header: need not be of a whole file: what read_header made of the first bytes of one that lies elsewhere will do
wanted whole(const checkpoint_header& header STET_LIFETIME_BOUND, const stored_tensor& tensor) noexcept;

/// Bytes of what is wanted: the size of its destination.
/// errors: no_such_axis for a box the tensor does not have; partial_byte for 4- or 6-bit elements whose rows do not
///         begin and end with a byte; tensor_size_overflow; invalid_setting for no element_bits
result<std::uint64_t> size_of(const wanted& one) noexcept;

/// What a source asks of its requests.
struct rules {
    std::uint64_t max_gap =
        4096; ///< most unwanted bytes, in whole blocks, between wanted ones of one request
    std::uint64_t max_request = 0; ///< most bytes of a request; a multiple of `alignment`; 0: any number
    std::uint64_t alignment =
        1; ///< in bytes: requests begin and end at multiples of it, or at the file's end
    std::size_t memory_alignment =
        1; ///< a power of two that an address must be a multiple of to be read into
    std::size_t     most = std::size_t{1} << 22U; ///< requests, and pieces, that a plan may have
    stet::allocator allocator = heap();           ///< where the plan lives
};

/// Bytes of a request that belong to something wanted.
struct piece {
    std::uint64_t offset = 0; ///< in the file
    std::uint64_t size = 0;   ///< bytes
    std::uint64_t place = 0;  ///< in the destination
    std::size_t   wanted = 0; ///< position among what was asked for
};

/// Bytes of the file to be read in one go.
struct request {
    std::uint64_t offset = 0;        ///< in the file
    std::uint64_t size = 0;          ///< bytes
    std::size_t   first_piece = 0;   ///< among the plan's pieces
    std::size_t   pieces = 0;        ///< how many it brings
    bool          is_direct = false; ///< all of it is one piece whose destination it may be read into

    constexpr std::uint64_t end() const noexcept { return offset + size; }
};

/// What to read, in order, and where it goes: the fewest requests that the rules allow, and of those plans the one that
/// reads the fewest bytes. Made by make_read_plan.
class read_plan {
public:
    /// Ascending and disjoint.
    array_view<const request> requests() const noexcept { return requests_.view(); }

    /// A request's pieces by ascending offset. They overlap where the same bytes are wanted twice.
    array_view<const piece> pieces(const request& of) const noexcept
    {
        return pieces_.view().subspan(of.first_piece, of.pieces);
    }

    /// The piece at that place.
    const piece& piece_at(std::size_t position) const noexcept { return pieces_[position]; }

    std::uint64_t wanted_bytes() const noexcept { return wanted_; } ///< those wanted twice counted once
    std::uint64_t read_bytes() const noexcept { return read_; }     ///< of all requests

    std::uint64_t alignment() const noexcept { return alignment_; } ///< as the rules say
    /// What addresses to read into are multiples of.
    std::size_t memory_alignment() const noexcept { return memory_alignment_; }

private:
    friend class detail::read_planner;

    explicit read_plan(const rules& under) noexcept
        : requests_(under.allocator), pieces_(under.allocator), alignment_(under.alignment),
          memory_alignment_(under.memory_alignment)
    {
    }

    detail::growing_array<request> requests_;
    detail::growing_array<piece>   pieces_;
    std::uint64_t                  wanted_ = 0;
    std::uint64_t                  read_ = 0;
    std::uint64_t                  alignment_;
    std::size_t                    memory_alignment_;
};

/// Plans the reading of boxes of tensors. Looks at no file; the same input gives the same plan. Takes n log n steps for
/// n runs of bytes and requests, of which `rules::most` are allowed, whatever header they come from.
/// file_size: bytes of the file; below 2^61
/// errors:    those of size_of; incomplete_data for bytes beyond the file's end; tensor_size_mismatch for a destination
///            of another size; invalid_setting; plan_too_large; file_size_overflow; out_of_memory
result<read_plan> make_read_plan(array_view<const wanted> all, std::uint64_t file_size,
                                 const rules& under = {}) noexcept;

} // namespace STET_NAMESPACE::read_plans

#if STET_BODIES
#include "impl/read_plan.ipp"
#endif

#endif
