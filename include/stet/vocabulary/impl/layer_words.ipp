// SPDX-License-Identifier: MIT
#include "decimal.hpp"
#include "layer_words.hpp"
#include "utf8.hpp"

#include <utility>

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

/// The code unit of a hexadecimal escape at the start; beyond all units where there is none.
inline std::uint32_t escaped_unit(std::string_view text) noexcept
{
    constexpr std::uint32_t none = 0x10000;
    if (text.size() < 6 || !text.starts_with("\\u"))
        return none;
    std::uint32_t unit = 0;
    for (const char c : text.substr(2, 4)) {
        const auto lower = static_cast<unsigned char>(c | 0x20);
        if (c >= '0' && c <= '9')
            unit = unit << 4U | static_cast<std::uint32_t>(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            unit = unit << 4U | (lower - std::uint32_t{'a' - 10});
        else
            return none;
    }
    return unit;
}

STET_INLINE std::string_view spelled_letters::next() noexcept
{
    const auto take = [this](std::size_t size) {
        const std::string_view piece(left_.data(), size);
        left_.remove_prefix(size);
        return piece;
    };
    const std::size_t plain = left_.find('\\');
    if (plain != 0)
        return take(plain < left_.size() ? plain : left_.size());
    std::uint32_t unit = escaped_unit(left_);
    if (unit < 0x10000) {
        take(6);
        const std::uint32_t low = unit >= 0xD800 && unit <= 0xDBFF ? escaped_unit(left_) : 0;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            take(6);
            unit = 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00);
        }
        return {letter_.data(), encode_character(unit, letter_.data())};
    }
    constexpr std::string_view kinds = "\"\"\\\\//b\bf\fn\nr\rt\t";
    for (std::size_t i = 0; left_.size() > 1 && i < kinds.size(); i += 2) {
        if (left_[1] == kinds[i]) {
            take(2);
            return {kinds.data() + i + 1, 1};
        }
    }
    return take(1);
}

STET_INLINE int compare_spelled(std::string_view spelled, std::string_view head,
                                std::string_view tail) noexcept
{
    spelled_letters letters(spelled);
    for (std::string_view piece = letters.next(); !piece.empty();) {
        if (head.empty())
            head = std::exchange(tail, {});
        const std::size_t size = piece.size() < head.size() ? piece.size() : head.size();
        if (size == 0)
            return 1;
        if (const int order = std::string_view(piece.data(), size).compare({head.data(), size}); order != 0)
            return order;
        head.remove_prefix(size);
        piece.remove_prefix(size);
        if (piece.empty())
            piece = letters.next();
    }
    return head.empty() && tail.empty() ? 0 : -1;
}

/// Whether two texts mean the same, as they are spelled.
inline bool is_same_spelled(std::string_view one, std::string_view other) noexcept
{
    spelled_letters  first(one);
    spelled_letters  second(other);
    std::string_view left = first.next();
    std::string_view right = second.next();
    while (!left.empty() && !right.empty()) {
        const std::size_t size = left.size() < right.size() ? left.size() : right.size();
        if (std::string_view(left.data(), size) != std::string_view(right.data(), size))
            return false;
        left.remove_prefix(size);
        right.remove_prefix(size);
        if (left.empty())
            left = first.next();
        if (right.empty())
            right = second.next();
    }
    return left.empty() && right.empty();
}

/// Members of a description, in the order in which it has them here.
inline constexpr std::array<std::string_view, 6> described_members{
    "format", "full_precision_matrix_mult", "convrot", "convrot_groupsize", "linear_dtype", "group_size"};

/// What a description says, without quotes; by the places of described_members.
using said_members = std::array<std::string_view, described_members.size()>;

inline marker_members members_of_spelled(std::string_view format) noexcept
{
    for (const format_members& one : members_by_format) {
        if (compare_spelled(format, one.format) == 0)
            return one.members;
    }
    return {};
}

/// A value for what is not said yet. first: the place of the first member that may stand there
inline void say(said_members& said, std::size_t first, std::string_view name, std::string_view value) noexcept
{
    for (std::size_t i = first; i < said.size(); ++i) {
        if (compare_spelled(name, described_members[i]) == 0)
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
            else if (compare_spelled(name, "params") == 0)
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
    const marker_members                 has = members != nullptr ? *members : members_of_spelled(first[0]);
    const decimal                        group(has.usual_group_size);
    const said_members                   usual{"", "false", "false", "256", "int4", group.view()};
    const bool                           is_rotated = has.is_always_rotated || first[2] == "true";
    const std::array<bool, usual.size()> counts{
        true, true, has.convrot, has.convrot_groupsize && is_rotated, has.linear_dtype, has.group_size};
    const auto value = [&usual](const said_members& said, std::size_t i) {
        return said[i].empty() ? usual[i] : said[i];
    };
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] && !is_same_spelled(value(first, i), value(second, i)))
            return false;
    }
    return true;
}

} // namespace STET_NAMESPACE::detail
