// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_LAYER_FINDER_HPP
#define STET_QUANTISED_IMPL_LAYER_FINDER_HPP

#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/name_table.hpp"
#include "../../vocabulary/result.hpp"
#include "../layer.hpp"
#include "description.hpp"
#include "group_name.hpp"
#include "layer_set.hpp"
#include "metadata_layers.hpp"
#include "old_form.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Markers beyond this are not read: ComfyUI's have some hundred bytes.
inline constexpr std::uint64_t largest_marker = std::uint64_t{1} << 20U;

/// Whether a format has a side tensor of that name, by which a layer is known to be quantised.
bool is_telling_side(std::string_view member, array_view<const quantised::format> own) noexcept;

/// Finds the layers of one list of tensors, in a few passes over the names.
class layer_finder {
public:
    layer_finder(std::optional<std::string_view> metadata, array_view<const quantised::format> own,
                 array_view<const quantised::known_shape> shapes, const allocator& memory) noexcept;

    /// errors: out_of_memory; those of reading a marker
    result<layer_set> run(array_view<const quantised::named_tensor> tensors) &&;

private:
    /// Tensors whose names begin alike.
    struct group {
        std::string_view name;
        std::uint32_t    weight = quantised::no_tensor;
        std::uint32_t    bias = quantised::no_tensor;
        std::uint32_t    companions = 0;  ///< how many
        std::uint32_t    first = 0;       ///< of them in layer_set::companions
        std::uint32_t    entry = no_json; ///< in the metadata
        std::uint32_t    layer = quantised::no_tensor;
        bool             is_quantised = false;
    };

    // ---- names ----

    bool group_names() noexcept;
    bool add(std::uint32_t position, const group_name& name) noexcept;
    bool take_metadata() noexcept;
    bool make_layers() noexcept;
    void place_companions() noexcept;
    bool name_layers() noexcept;

    // ---- what is said of a layer ----

    result<void> describe(quantised::layer& one, std::uint32_t entry);
    result<void> read_marker(quantised::layer& one);
    result<void> read_blocks(quantised::layer& one);
    bool         take(quantised::layer& one, const description& said) noexcept;
    void         name_companions(quantised::layer& one) noexcept;
    bool         is_told_by_side(const quantised::layer& one) const noexcept;

    // ---- shapes ----

    bool list_shapes() noexcept;
    void find_shape(quantised::layer& one) const noexcept;
    void find_padded_shape(quantised::layer& one) const noexcept;

    const tensor_view& tensor_at(std::uint32_t position) const noexcept
    {
        return set_.tensors[position].tensor;
    }

    std::optional<std::string_view>          metadata_text_;
    array_view<const quantised::format>      own_;
    array_view<const quantised::known_shape> known_shapes_;
    layer_set                                set_;
    growing_array<group>                     groups_;
    name_table                               group_table_;
    name_table                               shape_table_;
    metadata_layers                          metadata_{};
    old_form                                 old_;
};

/// The bits of a column in a row of that weight: 6 where the group scales of asym_w4a8_int8 say so.
/// groups: in a row
unsigned code_bits_of(const quantised::format& format, std::uint64_t stored_columns, std::uint64_t groups,
                      std::uint64_t group_size) noexcept;

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "layer_finder.ipp"
#endif

#endif
