// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/decimal.hpp"
#include "kept_marker.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

inline void put_member(std::string& text, std::string_view name, std::string_view value)
{
    text.append(text.size() == 1 ? "\"" : ", \"").append(name).append("\": ").append(value);
}

inline void put_number(std::string& text, std::string_view name, std::uint64_t value)
{
    put_member(text, name, decimal(value).view());
}

STET_INLINE std::string kept_marker(const quantised::layer& layer)
{
    const quantised::settings&       says = layer.settings;
    const quantised::marker_members& has = layer.format->members;
    std::string                      text = "{";
    put_member(text, "format", "\"" + std::string(layer.format->name) + "\"");
    if (says.full_precision_matrix_mult)
        put_member(text, "full_precision_matrix_mult", "true");
    if (has.convrot && says.convrot)
        put_member(text, "convrot", "true");
    if (has.group_size)
        put_number(text, "group_size", says.group_size);
    if (has.convrot_groupsize && says.convrot)
        put_number(text, "convrot_groupsize", says.convrot_groupsize);
    if (has.linear_dtype && says.linear_dtype != quantised::linear_dtype::int4)
        put_member(text, "linear_dtype", "\"int8\"");
    if (says.num_experts)
        put_number(text, "num_experts", *says.num_experts);
    return text + "}";
}

} // namespace STET_NAMESPACE::detail
