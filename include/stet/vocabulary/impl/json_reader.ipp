// SPDX-License-Identifier: MIT
#include "json_number.hpp"
#include "json_reader.hpp"
#include "json_string.hpp"
#include "out_of_memory.hpp"
#include "text_hash.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE json_reader::json_reader(std::string_view text, json_bytes taken,
                                     const allocator& memory) noexcept
    : tree_{.text = text, .nodes = growing_array<json_node>(memory), .decoded = growing_array<char>(memory)},
      levels_(memory), members_(memory), seed_(detail::hash_seed(this)), taken_(taken)
{
}

STET_INLINE result<json_tree> json_reader::run() && noexcept
{
    if (tree_.text.size() >= no_json)
        return detail::out_of_memory(tree_.text.size());
    if (!document())
        return failure_;
    return std::move(tree_);
}

STET_INLINE bool json_reader::document() noexcept
{
    skip_space();
    bool good = value();
    while (good && !levels_.empty()) {
        skip_space();
        good = item_or_end(levels_[levels_.size() - 1]);
    }
    skip_space();
    return good && (at_ == tree_.text.size() || invalid());
}

STET_INLINE bool json_reader::value() noexcept
{
    switch (peek()) {
    case '{':
        return open(true);
    case '[':
        return open(false);
    case '"':
        return string();
    case 't':
        return word("true", json_kind::boolean, true);
    case 'f':
        return word("false", json_kind::boolean, false);
    case 'n':
        return word("null", json_kind::null, false);
    case 'N':
        return word("NaN", json_kind::real, false);
    case 'I':
        return word("Infinity", json_kind::real, false);
    default:
        return left().starts_with("-I") ? word("-Infinity", json_kind::real, false) : number();
    }
}

STET_INLINE bool json_reader::open(bool is_object) noexcept
{
    if (levels_.size() == most_json_levels) {
        failure_ = {.code = errc::json_too_deep, .expected = most_json_levels, .actual = at_};
        return false;
    }
    if (!levels_.push(
            {.node = static_cast<std::uint32_t>(tree_.nodes.size()), .count = 0, .is_object = is_object}))
        return exhausted((levels_.size() + 1) * sizeof(level));
    ++at_;
    return push(is_object ? json_kind::object : json_kind::array, 0, 0);
}

STET_INLINE bool json_reader::item_or_end(level& in) noexcept
{
    if (peek() == (in.is_object ? '}' : ']'))
        return end(in);
    if (in.count != 0) {
        if (peek() != ',')
            return invalid();
        ++at_;
        skip_space();
    }
    ++in.count;
    return (!in.is_object || name()) && value();
}

STET_INLINE bool json_reader::end(const level& in) noexcept
{
    ++at_;
    json_node& node = tree_.nodes[in.node];
    node.begin = in.count;
    node.next = static_cast<std::uint32_t>(tree_.nodes.size());
    if (in.is_object && in.count > 1 && !find_repeated(in))
        return false;
    static_cast<void>(levels_.resize(levels_.size() - 1)); // fewer than there are
    return true;
}

STET_INLINE bool json_reader::name() noexcept
{
    if (peek() != '"')
        return invalid();
    if (!string())
        return false;
    skip_space();
    if (peek() != ':')
        return invalid();
    ++at_;
    skip_space();
    return true;
}

// As in a Python dict the first of one name keeps its place and the last its value.
STET_INLINE bool json_reader::find_repeated(const level& in) noexcept
{
    if (!sort_members(in))
        return false;
    const auto text_at = [this](const member& one) { return tree_.text_of(tree_.nodes[one.node]); };
    for (std::size_t first = 0; first < members_.size();) {
        std::size_t last = first;
        while (last + 1 < members_.size() && members_[last + 1].hash == members_[first].hash &&
               text_at(members_[last + 1]) == text_at(members_[first]))
            ++last;
        if (last != first) {
            json_node& object = tree_.nodes[in.node];
            object.is_repeating = true;
            object.begin -= static_cast<std::uint32_t>(last - first);
            tree_.nodes[members_[first].node].next = members_[last].node + 1;
            for (std::size_t i = first + 1; i <= last; ++i)
                tree_.nodes[members_[i].node].next = no_json;
        }
        first = last + 1;
    }
    return true;
}

// Those of one name side by side, in their order.
STET_INLINE bool json_reader::sort_members(const level& in) noexcept
{
    members_.clear();
    std::uint32_t at = in.node + 1;
    for (std::uint32_t i = 0; i < in.count; ++i) {
        const std::string_view text = tree_.text_of(tree_.nodes[at]);
        if (!members_.push({.hash = static_cast<std::uint32_t>(detail::text_hash(text, seed_)), .node = at}))
            return exhausted((members_.size() + 1) * sizeof(member));
        at = tree_.nodes[at + 1].next;
    }
    std::sort(members_.begin(), members_.end(), [this](const member& a, const member& b) {
        if (a.hash != b.hash)
            return a.hash < b.hash;
        // Two names of one hash are rare but possible.
        const int compared = tree_.text_of(tree_.nodes[a.node]).compare(tree_.text_of(tree_.nodes[b.node]));
        return compared != 0 ? compared < 0 : a.node < b.node;
    });
    return true;
}

STET_INLINE bool json_reader::word(std::string_view expected, json_kind kind, bool is_true) noexcept
{
    if (!left().starts_with(expected))
        return invalid();
    if (!push(kind, at_, expected.size()))
        return false;
    tree_.nodes[tree_.nodes.size() - 1].is_true = is_true;
    at_ += expected.size();
    return true;
}

STET_INLINE bool json_reader::number() noexcept
{
    const json_number found = leading_number(left());
    const std::size_t digits = found.size - (peek() == '-' ? 1U : 0U);
    if (found.size == 0 || (!found.real && digits > most_json_integer_digits))
        return invalid();
    if (!push(found.real ? json_kind::real : json_kind::integer, at_, found.size))
        return false;
    at_ += found.size;
    return true;
}

STET_INLINE bool json_reader::string() noexcept
{
    const std::size_t begin = at_ + 1;
    const std::size_t decoded = tree_.decoded.size();
    bool              copied = false;
    run_ = ++at_;
    for (;;) {
        at_ += plain_run(left());
        const char c = peek();
        if (c == '"') {
            break;
        }
        if (c == '\\') {
            if (!escape(copied))
                return false;
            continue;
        }
        const std::size_t size = character();
        if (size == 0)
            return invalid();
        at_ += size;
    }
    if (copied && !keep(tree_.text.substr(run_, at_ - run_)))
        return false;
    const bool pushed = copied ? push(json_kind::text, decoded, tree_.decoded.size() - decoded)
                               : push(json_kind::text, begin, at_ - begin);
    if (!pushed)
        return false;
    tree_.nodes[tree_.nodes.size() - 1].is_decoded = copied;
    ++at_;
    return true;
}

STET_INLINE bool json_reader::escape(bool& copied) noexcept
{
    constexpr std::string_view kinds = "\"\"\\\\//b\bf\fn\nr\rt\t";
    copied = true;
    if (!keep(tree_.text.substr(run_, at_ - run_)))
        return false;
    const char kind = at_ + 1 < tree_.text.size() ? tree_.text[at_ + 1] : '\0';
    if (kind != 'u') {
        for (std::size_t i = 0; i < kinds.size(); i += 2) {
            if (kind == kinds[i]) {
                at_ += 2;
                run_ = at_;
                return keep(kinds.substr(i + 1, 1));
            }
        }
        return invalid();
    }
    std::uint32_t unit = 0;
    if (!code_unit(at_, unit))
        return invalid();
    std::size_t   size = 6;
    std::uint32_t low = 0;
    if (unit >= 0xD800 && unit <= 0xDBFF && code_unit(at_ + 6, low) && low >= 0xDC00 && low <= 0xDFFF) {
        unit = 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00);
        size = 12;
    }
    std::array<char, 4> bytes{};
    at_ += size;
    run_ = at_;
    return keep({bytes.data(), detail::encode_character(unit, bytes.data())});
}

STET_INLINE bool json_reader::code_unit(std::size_t at, std::uint32_t& unit) noexcept
{
    if (at > tree_.text.size() || !tree_.text.substr(at).starts_with("\\u"))
        return false;
    const std::string_view digits = tree_.text.substr(at + 2, 4);
    unit = 0;
    for (const char c : digits) {
        const auto lower = static_cast<unsigned char>(c | 0x20);
        if (c >= '0' && c <= '9')
            unit = unit << 4U | static_cast<std::uint32_t>(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            unit = unit << 4U | (lower - std::uint32_t{'a' - 10});
        else
            return false;
    }
    return digits.size() == 4;
}

STET_INLINE bool json_reader::keep(std::string_view piece) noexcept
{
    return tree_.decoded.append({piece.data(), piece.size()}) ||
           exhausted(tree_.decoded.size() + piece.size());
}

STET_INLINE std::size_t json_reader::character() const noexcept
{
    const std::string_view rest = left();
    if (rest.empty())
        return 0;
    const auto at = [rest](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    if (at(0) < 0x80)
        return at(0) < 0x20 ? 0 : 1;
    const bool is_surrogate = taken_ == json_bytes::utf8_and_surrogates && rest.size() >= 3 &&
                              at(0) == 0xED && (at(1) & 0xE0U) == 0xA0U && (at(2) & 0xC0U) == 0x80U;
    return is_surrogate ? 3 : detail::multibyte_length(rest);
}

STET_INLINE bool json_reader::push(json_kind kind, std::size_t begin, std::size_t size) noexcept
{
    const auto at = static_cast<std::uint32_t>(tree_.nodes.size());
    return tree_.nodes.push({.begin = static_cast<std::uint32_t>(begin),
                             .size = static_cast<std::uint32_t>(size),
                             .next = at + 1,
                             .kind = kind,
                             .is_decoded = false,
                             .is_true = false,
                             .is_repeating = false}) ||
           exhausted((tree_.nodes.size() + 1) * sizeof(json_node));
}

STET_INLINE void json_reader::skip_space() noexcept
{
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')
        ++at_;
}

STET_INLINE bool json_reader::invalid() noexcept
{
    failure_ = {.code = errc::invalid_json, .actual = at_};
    return false;
}

STET_INLINE bool json_reader::exhausted(std::size_t bytes) noexcept
{
    failure_ = detail::out_of_memory(bytes);
    return false;
}

} // namespace STET_NAMESPACE::detail
