// SPDX-License-Identifier: MIT
#ifndef STET_PLAN_IMPL_CHOOSING_HPP
#define STET_PLAN_IMPL_CHOOSING_HPP

#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "../choices.hpp"
#include "../plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// As escaped_size of a record that another replaces: no name reaches it.
inline constexpr std::uint32_t dropped_record = 0xFFFFFFFF;

/// The names by which loaders know what a model predicts.
inline constexpr std::string_view v_pred_marker = "v_pred", ztsnr_marker = "ztsnr",
                                  sigma_max_marker = "edm_vpred.sigma_max",
                                  sigma_min_marker = "edm_vpred.sigma_min";

/// What a plan's builder has collected, for choosing among it.
struct collected {
    growing_array<record>&              records;
    const growing_array<std::uint64_t>& axes;
    change_log&                         log;
    component_reports&                  components;
    std::size_t                         markers; ///< the component that nobody chooses among

    selection::tensor asked(const record& placed) const noexcept;
};

/// How much of the name of a quantised layer's side tensor is that of the layer, its dot too: 4 of `a.b.weight_scale`.
/// Nothing for other names.
/// source: ComfyUI and bitsandbytes, what their quantised layers are made of
std::optional<std::size_t> layer_prefix(const placed_name& name) noexcept;

/// Which records belong to quantised layers.
class quantised_groups {
public:
    explicit quantised_groups(const allocator& memory) noexcept : leaders_(memory), is_member_(memory) {}

    /// by_name: the records' indices, sorted by name
    /// errors: out_of_memory
    result<void> find(array_view<const record> records, array_view<const std::uint32_t> by_name) noexcept;

    /// The index of the weight that decides for a record; its own where it is no side tensor.
    std::uint32_t leader(std::size_t index) const noexcept { return leaders_[index]; }

    /// Whether its numbers mean nothing without others: a weight with side tensors, and those.
    bool is_member(std::size_t index) const noexcept { return is_member_[index] != 0; }

private:
    growing_array<std::uint32_t> leaders_;
    growing_array<std::uint8_t>  is_member_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "choosing.ipp"
#endif

#endif
