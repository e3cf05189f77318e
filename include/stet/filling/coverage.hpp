// SPDX-License-Identifier: MIT
#ifndef STET_FILLING_COVERAGE_HPP
#define STET_FILLING_COVERAGE_HPP

#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace STET_NAMESPACE::filling {

/// Bytes of a file, from `begin` up to, not including, `end`. Sixteen bytes without holes, as one sends them.
struct interval {
    std::uint64_t begin = 0; ///< offset of the first byte
    std::uint64_t end = 0;   ///< offset past the last byte

    friend constexpr bool operator==(const interval&, const interval&) noexcept = default;
};

/// What becomes of bytes that are filled a second time.
enum class overlaps : std::uint8_t {
    refuse, ///< two writers disagree about who writes them: an error
    allow,  ///< whoever writes last has his way
};

/// Which bytes of a file are there. Bytes that come side by side are one interval, in whatever order they come; an
/// addition costs about the logarithm of their number, at worst the square root of it. Used by one thread at a time.
class coverage {
public:
    /// Nothing is covered yet.
    explicit coverage(overlaps treatment = overlaps::refuse, allocator memory = heap()) noexcept;

    /// An interval without bytes adds none.
    /// errors: filled_twice with the first byte that is there already in `actual`; out_of_memory. Nothing is added then
    result<void> add(interval piece) noexcept;

    /// Takes away what was added.
    /// errors: out_of_memory
    result<void> remove(interval piece) noexcept;

    /// All that is there: ascending, disjoint, and not touching each other. To be sent to who adds them up.
    /// errors: out_of_memory
    /// lifetime: until the next change
    result<array_view<const interval>> intervals() noexcept;

    /// The first bytes of an interval that are missing, up to the next that are there; nothing where none are.
    /// errors: out_of_memory
    result<std::optional<interval>> first_missing(interval within) noexcept;

private:
    using list = detail::growing_array<interval>;

    /// Position of the first interval that ends behind a byte.
    static std::size_t first_beyond(array_view<const interval> sorted, std::uint64_t byte) noexcept;

    /// Brings what came last together with the rest.
    [[nodiscard]] bool merge() noexcept;

    overlaps treatment_;
    list     settled_; ///< ascending, disjoint and not touching
    list     recent_;  ///< the same; few
};

} // namespace STET_NAMESPACE::filling

#if STET_BODIES
#include "impl/coverage.ipp"
#endif

#endif
