// SPDX-License-Identifier: MIT
#include "decimal.hpp"
#include "layer_words.hpp"

#include <cstddef>

namespace STET_NAMESPACE::detail {

STET_INLINE void json_walk::skip_space() noexcept
{
    const std::size_t at = left_.find_first_not_of(" \t\r\n\xEF\xBB\xBF"); // a byte order mark, too
    left_.remove_prefix(at < left_.size() ? at : left_.size());
}

STET_INLINE bool json_walk::take(char wanted) noexcept
{
    skip_space();
    if (!left_.starts_with(wanted))
        return false;
    left_.remove_prefix(1);
    return true;
}

STET_INLINE std::string_view json_walk::value() noexcept
{
    skip_space();
    std::size_t at = 0;
    std::size_t levels = 0;
    for (bool is_over = false; at < left_.size() && !is_over; ++at) {
        const char c = left_[at];
        if (c == '"') {
            for (++at; at < left_.size() && left_[at] != '"'; ++at) {
                if (left_[at] == '\\')
                    ++at;
            }
        } else if (c == '{' || c == '[') {
            ++levels;
            continue;
        } else if (c == '}' || c == ']') {
            if (levels == 0)
                break;
            --levels;
        } else if (levels == 0) {
            const std::size_t end = left_.find_first_of(",:{}[]\" \t\r\n", at);
            at = end < left_.size() ? end : left_.size();
            break;
        }
        is_over = levels == 0;
    }
    const std::string_view found(left_.data(), at < left_.size() ? at : left_.size());
    left_.remove_prefix(found.size());
    return found;
}

/// Members of a description, in the order in which it has them here.
inline constexpr std::array<std::string_view, 6> described_members{
    "format", "full_precision_matrix_mult", "convrot", "convrot_groupsize", "linear_dtype", "group_size"};

/// What a description says, without quotes; by the places of described_members.
using said_members = std::array<std::string_view, described_members.size()>;

/// A value for what is not said yet. first: the place of the first member that may stand there
inline void say(said_members& said, std::size_t first, std::string_view name, std::string_view value) noexcept
{
    for (std::size_t i = first; i < said.size(); ++i) {
        if (described_members[i] == name)
            said[i] = value.front() == '"' ? between_quotes(value) : value;
    }
}

/// False where the text is no object. What stands at the top wins over what stands in `params`.
inline bool read_members(std::string_view description, said_members& said) noexcept
{
    for (const bool is_nested : {true, false}) {
        const bool is_object = each_member(description, [&](std::string_view name, std::string_view value) {
            if (!is_nested)
                say(said, 0, name, value);
            else if (name == "params")
                each_member(
                    value, [&](std::string_view inner, std::string_view text) { say(said, 2, inner, text); });
        });
        if (!is_object)
            return false;
    }
    return true;
}

STET_INLINE bool mean_the_same(std::string_view one, std::string_view other,
                               const marker_members* members) noexcept
{
    said_members first{};
    said_members second{};
    if (!read_members(one, first) || !read_members(other, second))
        return false;
    const marker_members                 has = members != nullptr ? *members : members_of(first[0]);
    const decimal                        group(has.usual_group_size);
    const said_members                   usual{"", "false", "false", "256", "int4", group.view()};
    const bool                           is_rotated = has.is_always_rotated || first[2] == "true";
    const std::array<bool, usual.size()> counts{
        true, true, has.convrot, has.convrot_groupsize && is_rotated, has.linear_dtype, has.group_size};
    const auto value = [&usual](const said_members& said, std::size_t i) {
        return said[i].empty() ? usual[i] : said[i];
    };
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] && value(first, i) != value(second, i))
            return false;
    }
    return true;
}

} // namespace STET_NAMESPACE::detail
