// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/decimal.hpp"
#include "marker_object.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

inline bool put_text(growing_array<char>& to, std::string_view text) noexcept
{
    return to.append({text.data(), text.size()});
}

inline bool put_number(growing_array<char>& to, std::string_view name, std::uint64_t number) noexcept
{
    return put_text(to, name) && put_text(to, decimal(number).view());
}

STET_INLINE bool put_marker(growing_array<char>& to, const quantised::format& format,
                            const quantised::settings& settings) noexcept
{
    const quantised::marker_members& members = format.members;
    const bool is_rotated = members.is_always_rotated || (members.convrot && settings.convrot);
    bool       is_whole = put_text(to, R"({"format": ")") && put_text(to, format.name) && put_text(to, "\"");
    if (settings.full_precision_matrix_mult)
        is_whole = is_whole && put_text(to, R"(, "full_precision_matrix_mult": true)");
    if (members.group_size)
        is_whole = is_whole && put_number(to, R"(, "group_size": )", settings.group_size);
    if (members.convrot && is_rotated)
        is_whole = is_whole && put_text(to, R"(, "convrot": true)");
    if (is_rotated)
        is_whole = is_whole && put_number(to, R"(, "convrot_groupsize": )", settings.convrot_groupsize);
    if (members.linear_dtype && settings.linear_dtype == quantised::linear_dtype::int8)
        is_whole = is_whole && put_text(to, R"(, "linear_dtype": "int8")");
    if (settings.num_experts)
        is_whole = is_whole && put_number(to, R"(, "num_experts": )", *settings.num_experts);
    return is_whole && put_text(to, "}");
}

} // namespace STET_NAMESPACE::detail
