// SPDX-License-Identifier: MIT
#ifndef STET_MERGE_IMPL_MERGE_NAMES_HPP
#define STET_MERGE_IMPL_MERGE_NAMES_HPP

#include "../../quantised/layer.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/result.hpp"
#include "merge_side.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A name of the first file, and where it stands in each of the files.
struct merge_place {
    static constexpr std::uint32_t none = name_table::none;

    std::string_view             name{};
    std::array<std::uint32_t, 3> at{none, none, none};
    std::optional<double>        ratio{}; ///< nothing: it stays the first's
};

/// The files of a merge, whose tensors are found by name.
/// lifetime: borrows the sides
class merge_names {
public:
    static constexpr std::uint32_t none = name_table::none;

    /// third: null where there is none
    merge_names(const merge_side& first, const merge_side& second, const merge_side* third,
                const allocator& memory) noexcept
        : sides_{&first, &second, third}, tables_{name_table(memory), name_table(memory), name_table(memory)}
    {
    }

    /// errors: duplicate_name; out_of_memory
    result<void> prepare();

    /// errors: not_mergeable for the first factor of a LoRA in any of the files
    result<void> refuse_loras() const;

    unsigned          count() const noexcept { return sides_[2] == nullptr ? 2 : 3; }
    const merge_side& side(unsigned which) const noexcept { return *sides_[which]; }

    /// The position of a name, or none.
    std::uint32_t find(unsigned which, std::string_view name) const noexcept;
    bool has(unsigned which, std::string_view name) const noexcept { return find(which, name) != none; }

    /// Where a tensor of the first file stands in the others.
    merge_place place_of(std::uint32_t position) const noexcept;

    const quantised::named_tensor& tensor(unsigned which, const merge_place& here) const noexcept
    {
        return side(which).at(here.at[which]);
    }

    /// The quantised layer whose weight a tensor is; null for any other tensor, and for none.
    const quantised::layer* layer_at(unsigned which, const merge_place& here) const noexcept;

private:
    std::array<const merge_side*, 3> sides_;
    std::array<name_table, 3>        tables_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "merge_names.ipp"
#endif

#endif
