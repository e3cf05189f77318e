// SPDX-License-Identifier: MIT
// The rules about the tensors of a layer whose format is known.
#ifndef STET_QUANTISED_IMPL_TENSOR_CHECK_HPP
#define STET_QUANTISED_IMPL_TENSOR_CHECK_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "finding_writer.hpp"
#include "stored_shape.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Checks one layer that has a format of markers and a weight.
class tensor_check {
public:
    /// values: whether to read scales and weights
    tensor_check(const quantised::layer& one, array_view<const quantised::format> own, bool values,
                 finding_writer& out, const allocator& memory) noexcept
        : one_(one), format_(*one.format), own_(own), values_(values), out_(out), memory_(memory)
    {
    }

    void run();

    /// Only that no tensor is there which nobody reads.
    static void check_strangers(const quantised::layer& one, array_view<const quantised::format> own,
                                finding_writer& out);

private:
    using rule = quantised::rule;
    using severity = quantised::severity;

    void check_weight_type();
    void find_stored();
    void check_rotation();
    void check_group_size();
    void check_told_shape();
    void check_bias();
    void check_side(const quantised::side_tensor& meaning);
    bool check_side_type(const quantised::side_tensor& meaning, std::uint32_t position);
    bool check_side_shape(const quantised::side_tensor& meaning, std::uint32_t position);
    void check_side_values(const quantised::side_tensor& meaning, std::uint32_t position);
    void say_missing(const quantised::side_tensor& meaning);
    void say_field(std::string_view member, std::uint64_t value, std::string_view expected);

    std::uint32_t position_of(const quantised::side_tensor& meaning) const noexcept;

    const quantised::layer&             one_;
    const quantised::format&            format_;
    array_view<const quantised::format> own_;
    bool                                values_;
    finding_writer&                     out_;
    allocator                           memory_;
    std::optional<stored_shape>         stored_{};
    unsigned                            bits_ = 8;
    bool                                has_group_size_ = true; ///< one that fits
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "tensor_check.ipp"
#endif

#endif
