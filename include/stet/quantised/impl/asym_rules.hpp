// SPDX-License-Identifier: MIT
// asym_w4a8_int8: groups of values as codes of 4 or 6 bits, by levels that are scaled to integers of a byte.
#ifndef STET_QUANTISED_IMPL_ASYM_RULES_HPP
#define STET_QUANTISED_IMPL_ASYM_RULES_HPP

#include "../../vocabulary/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The table of levels that is stored with codes of four bits: those of a normal distribution.
/// source: comfy-kitchen 0.2.40
inline constexpr std::array<float, 16> usual_levels{
    -0.980602F, -0.794529F, -0.638165F, -0.500986F, -0.377321F, -0.263187F, -0.155210F, -0.050720F,
    0.052541F,  0.156985F,  0.265284F,  0.379533F,  0.502636F,  0.638953F,  0.794876F,  0.980671F};

/// What codes stand for in a group of scale 1, ascending; and how its scale is chosen.
struct asym_levels {
    std::array<float, 64> values{};
    unsigned              count = 16;
    float                 first_reach = 1; ///< what the largest of a group is scaled to before it is fitted
    unsigned              passes = 2;      ///< of least squares
    bool                  has_trials = false; ///< the next larger scale is tried too

    /// has_table: usual_levels, else integers
    static asym_levels of(unsigned bits, bool has_table) noexcept;
};

/// The largest magnitude that the codes of a row stand for when its groups are fitted.
/// group: divides count
/// codes: room for those of a group
float asym_reach(const asym_levels& levels, const float* values, std::size_t count, std::size_t group,
                 std::uint8_t* codes) noexcept;

/// The codes of a group, one a byte.
/// row_scale: of the row, which the group's is relative to
/// returns:   the code of the group's scale, E4M3
std::uint8_t code_asym_group(const asym_levels& levels, const float* values, std::size_t count,
                             float row_scale, std::uint8_t* codes) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "asym_rules.ipp"
#endif

#endif
