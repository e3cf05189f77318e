// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_MERGE_BUILDER_HPP
#define STET_MERGE_IMPL_MERGE_BUILDER_HPP

#include "../../quantised/layer.hpp"
#include "../../vocabulary/allocator.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/result.hpp"
#include "../recipe.hpp"
#include "component_ratios.hpp"
#include "layer_metadata.hpp"
#include "merge_result.hpp"
#include "merge_side.hpp"

#include <array>
#include <cstdint>
#include <optional>
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
    static constexpr std::uint32_t none = name_table::none;

    /// A name of the first file where all of it stands in the others.
    struct place {
        std::string_view             name{};
        std::array<std::uint32_t, 3> at{none, none, none};
        std::optional<double>        ratio{};
    };

    // What is looked up.
    result<void>  prepare();
    result<void>  index(name_table& names, const merge_side& side);
    std::uint32_t find(const name_table& names, const merge_side& side, std::string_view name) const noexcept;
    const merge_side& side(unsigned which) const noexcept
    {
        return which == 0 ? first_ : which == 1 ? second_ : *third_;
    }
    /// The layer whose weight a tensor is; null for any other tensor.
    const quantised::layer* layer_at(unsigned which, const place& here) const noexcept;
    result<void>            refuse_loras() const;

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

    // How it is made.
    result<mixture>     mixture_of(const place& here, blend how, dtype type);
    result<void>        set_operand(operand& to, const place& here, unsigned which);
    result<void>        set_shape(mixture& mixed, std::string_view name) const;
    result<tensor_view> keep(const mixture& mixed, std::string_view name);

    // There is room for what is added.
    result<void>       push(std::string_view name, const tensor_view& tensor);
    merging::decision& decide(std::string_view name, merging::outcome outcome) noexcept;
    result<void>       push_companions(const quantised::layer& group, unsigned from);
    void               drop_companions(const place& here) noexcept;
    void note_layer(const quantised::layer& one, unsigned from, std::string_view object) noexcept;

    const merge_side&              first_;
    const merge_side&              second_;
    const merge_side*              third_;
    const merging::recipe&         how_;
    const component_ratios&        ratios_;
    allocator                      memory_;
    name_table                     first_names_;
    name_table                     second_names_;
    name_table                     third_names_;
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
