// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_MERGE_BUILDER_HPP
#define STET_MERGE_IMPL_MERGE_BUILDER_HPP

#include "../../quantised/layer.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/result.hpp"
#include "../recipe.hpp"
#include "component_ratios.hpp"
#include "layer_metadata.hpp"
#include "merge_names.hpp"
#include "merge_result.hpp"
#include "merge_side.hpp"
#include "mixture_maker.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Decides tensor by tensor what becomes of two or three files.
class merge_builder {
public:
    /// third: null where there is none
    /// lifetime: borrows all it is given; what it builds borrows the tensors, names and layers
    merge_builder(const merge_side& first, const merge_side& second, const merge_side* third,
                  const merging::recipe& how, const component_ratios& ratios,
                  const allocator& memory) noexcept;

    /// errors: those of merging::merge
    result<merge_result> build();

private:
    static constexpr std::uint32_t none = merge_names::none;

    using place = merge_place;

    result<void> prepare();

    // What becomes of a name.
    result<void> add(std::uint32_t position);
    result<void> add_common(const place& here);
    result<void> add_plain(const place& here);
    result<void> add_layer(const place& here);
    result<void> add_whole(const place& here, unsigned from, merging::outcome outcome);
    result<void> add_cast(const place& here, blend how, dtype type, merging::outcome outcome);
    result<void> add_mixed(const place& here, dtype type);
    result<void> add_encoded(const place& here, const quantised::layer& group);
    result<void> add_compared(const place& here);
    result<void> add_only_second();
    result<void> add_flags();
    bool         has_old_layers(std::string_view prefix) const noexcept;
    result<void> finish();

    // There is room for what is added.
    result<tensor_view> keep(const mixture& mixed, std::string_view name);
    result<void>        push(std::string_view name, const tensor_view& tensor);
    merging::decision&  decide(std::string_view name, merging::outcome outcome) noexcept;
    result<void>        push_companions(const quantised::layer& group, unsigned from);
    void                drop_companions(const place& here) noexcept;
    void note_layer(const quantised::layer& one, unsigned from, std::string_view object) noexcept;

    merge_names                    names_;
    const merging::recipe&         how_;
    const component_ratios&        ratios_;
    allocator                      memory_;
    growing_array<described_layer> described_;
    growing_array<std::string_view>
                        old_names_; ///< layers of the result under the older names, sorted in the end
    growing_array<bool> is_taken_;  ///< tensors of the second file, by position
    std::array<bool, 2> has_old_{}; ///< layers of a file came along that are described so
    std::array<bool, 2> has_described_{};
    std::uint64_t       common_ = 0;
    std::uint64_t       chosen_ = 0; ///< mixed, or taken by a ratio
    merge_result        made_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "merge_builder.ipp"
#endif

#endif
