// SPDX-License-Identifier: MIT
#include "block_state.hpp"
#include "group_name.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace STET_NAMESPACE::detail {

STET_INLINE block_companions block_companions_of(const quantised::layer& one) noexcept
{
    block_companions found;
    for (const quantised::companion& each : one.companions) {
        if (each.name == "weight.absmax") {
            found.absmax = each.position;
        } else if (each.name == "weight.quant_map") {
            found.quant_map = each.position;
        } else if (each.name == "weight.nested_absmax") {
            found.nested_absmax = each.position;
        } else if (each.name == "weight.nested_quant_map") {
            found.nested_quant_map = each.position;
        } else if (each.name.starts_with(block_state_start)) {
            found.state = each.position;
            found.quant_type = each.name.substr(block_state_start.size());
        }
    }
    return found;
}

/// A number above 0 under that name.
inline std::optional<std::uint64_t> positive_member(const json_item& object, std::string_view name) noexcept
{
    const auto value = object.find(name);
    const auto number = value ? value->natural() : std::nullopt;
    return number && *number != 0 ? number : std::nullopt;
}

/// False for what is no array of numbers whose product fits.
inline bool read_shape(const json_item& value, block_state_reading& read) noexcept
{
    std::array<std::uint64_t, kept_axes> axes{};
    std::size_t                          count = 0;
    read.elements = 1;
    for (const json_item axis : value.items()) {
        const auto number = axis.natural();
        if (!number || (*number != 0 && read.elements > (std::uint64_t{1} << 60U) / *number))
            return false;
        read.elements *= *number;
        if (count < axes.size())
            axes[count] = *number;
        ++count;
    }
    if (count <= axes.size())
        read.shape = extents(std::span<const std::uint64_t>(axes.data(), count));
    return value.is_array();
}

inline void read_nested(const json_item& value, block_state_reading& read) noexcept
{
    const auto size = positive_member(value, "nested_blocksize");
    const auto offset = value.find("nested_offset");
    const auto type = value.find("nested_dtype");
    read.state.nested_blocksize = size.value_or(0);
    read.state.nested_offset = offset ? offset->number().value_or(0) : 0;
    if (!size)
        read.wrong = "nested_blocksize";
    else if (!offset || !offset->number())
        read.wrong = "nested_offset";
    else if (!type || !type->is_text())
        read.wrong = "nested_dtype";
}

STET_INLINE block_state_reading read_block_state(const json_item& value, std::string_view quant_type,
                                                 bool is_nested) noexcept
{
    block_state_reading read;
    if (!value.is_object()) {
        read.wrong = "an object";
        return read;
    }
    if (is_nested || value.find("nested_blocksize"))
        read_nested(value, read);
    const auto size = positive_member(value, "blocksize");
    read.state.blocksize = size.value_or(0);
    const auto shape = value.find("shape");
    const auto type = value.find("dtype");
    const auto kind = value.find("quant_type");
    if (!shape || !read_shape(*shape, read))
        read.wrong = "shape";
    else if (!size)
        read.wrong = "blocksize";
    else if (!type || !type->is_text())
        read.wrong = "dtype";
    else if (!kind || !kind->is_text() || kind->text() != quant_type)
        read.wrong = "quant_type";
    return read;
}

} // namespace STET_NAMESPACE::detail
