// SPDX-License-Identifier: MIT
#include "json_document.hpp"
#include "json_number.hpp"
#include "json_string.hpp"
#include "utf8.hpp"

#include <array>
#include <bit>

namespace STET_NAMESPACE::detail {

STET_INLINE std::optional<std::uint64_t> json_item::natural() const noexcept
{
    if (kind() != json_kind::integer)
        return std::nullopt;
    std::string_view digits = text();
    if (digits.starts_with('-'))
        return digits == "-0" ? std::optional<std::uint64_t>(0) : std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

STET_INLINE std::optional<double> json_item::number() const noexcept
{
    if (kind() != json_kind::integer && kind() != json_kind::real)
        return std::nullopt;
    std::string_view written = text();
    const bool       negative = written.starts_with('-');
    written.remove_prefix(negative ? 1U : 0U);
    const bool    is_word = written == "NaN" || written == "Infinity";
    std::uint64_t bits = infinity_bits | (written == "NaN" ? std::uint64_t{1} << 51U : 0U);
    if (!is_word)
        bits = std::bit_cast<std::uint64_t>(nearest_double(written));
    return std::bit_cast<double>(bits | (negative ? sign_bit : 0U));
}

STET_INLINE std::optional<json_item> json_item::find(std::string_view name) const noexcept
{
    for (const json_member one : members()) {
        if (one.name == name)
            return one.value;
    }
    return std::nullopt;
}

STET_INLINE result<json_document> read_json(std::string_view text, const allocator& memory,
                                            json_bytes taken) noexcept
{
    auto tree = json_reader(text, taken, memory).run();
    if (!tree)
        return tree.error();
    return json_document(std::move(*tree));
}

inline void put_unit_escape(json_text_builder& out, std::uint32_t unit) noexcept
{
    constexpr std::string_view hex = "0123456789abcdef";
    out.put("\\u");
    for (unsigned shift = 16; shift != 0; shift -= 4)
        out.put(hex[unit >> (shift - 4) & 0xFU]);
}

/// The first character, of which `text` has all bytes, in UTF-8 or half of a surrogate pair in three bytes.
inline decoded_character leading_character(std::string_view text) noexcept
{
    const decoded_character usual = decode_character(text);
    if (usual.size != 0 || text.size() < 3)
        return usual.size != 0 ? usual : decoded_character{.code_point = 0xFFFD, .size = 1};
    const auto tail = [text](std::size_t i) { return static_cast<std::uint32_t>(text[i]) & 0x3FU; };
    return {.code_point = 0xD000U | tail(1) << 6U | tail(2), .size = 3};
}

STET_INLINE bool put_json_string(json_text_builder& out, std::string_view text, json_letters letters) noexcept
{
    constexpr std::size_t longest_escape = 12; // two code units
    std::array<char, 6>   escaped{};
    if (!out.make_room(text.size() + 2))
        return false;
    out.put('"');
    while (!text.empty()) {
        const std::size_t run = printable_run(text);
        if (!out.make_room(run + longest_escape + 1))
            return false;
        out.put(text.substr(0, run));
        text.remove_prefix(run);
        if (text.empty())
            break;
        const auto [code, size] = leading_character(text);
        if (code < 0x7F)
            out.put(json_escape(text[0], escaped));
        else if (letters == json_letters::utf8 && !is_surrogate(code))
            out.put(text.substr(0, size));
        else if (code < 0x10000)
            put_unit_escape(out, code);
        else {
            put_unit_escape(out, 0xD800U + ((code - 0x10000U) >> 10U));
            put_unit_escape(out, 0xDC00U + (code & 0x3FFU));
        }
        text.remove_prefix(size);
    }
    if (!out.make_room(1))
        return false;
    out.put('"');
    return true;
}

/// Writes a value, without recursion.
class json_writer {
public:
    json_writer(json_text_builder& out, const json_tree& tree, json_letters letters,
                const allocator& memory) noexcept
        : out_(out), tree_(tree), letters_(letters), levels_(memory)
    {
    }

    bool run(std::uint32_t at) noexcept
    {
        if (!value(at))
            return false;
        while (!levels_.empty()) {
            level& in = levels_[levels_.size() - 1];
            skip_repeated(in);
            if (in.at == in.end) {
                const char bracket = in.is_object ? '}' : ']';
                static_cast<void>(levels_.resize(levels_.size() - 1)); // fewer than there are
                if (!put({&bracket, 1}))
                    return false;
            } else if (!item(in)) {
                return false;
            }
        }
        return true;
    }

private:
    struct level {
        std::uint32_t at; ///< what comes next: a name in an object, a value in an array
        std::uint32_t end;
        bool          is_object;
        bool          has_items;
    };

    void skip_repeated(level& in) const noexcept
    {
        while (in.is_object && in.at != in.end && tree_.nodes[in.at].next == no_json)
            in.at = tree_.nodes[in.at + 1].next;
    }

    /// in: changed before a deeper level begins
    bool item(level& in) noexcept
    {
        const json_node& node = tree_.nodes[in.at];
        if (in.has_items && !put(", "))
            return false;
        in.has_items = true;
        if (!in.is_object)
            return value(std::exchange(in.at, node.next));
        in.at = tree_.nodes[in.at + 1].next;
        return put_json_string(out_, tree_.text_of(node), letters_) && put(": ") && value(node.next);
    }

    bool value(std::uint32_t at) noexcept
    {
        const json_node& node = tree_.nodes[at];
        switch (node.kind) {
        case json_kind::array:
        case json_kind::object: {
            const bool is_object = node.kind == json_kind::object;
            return levels_.push(
                       {.at = at + 1, .end = node.next, .is_object = is_object, .has_items = false}) &&
                   put(is_object ? "{" : "[");
        }
        case json_kind::text:
            return put_json_string(out_, tree_.text_of(node), letters_);
        case json_kind::integer:
            return put(tree_.text_of(node) == "-0" ? std::string_view("0") : tree_.text_of(node));
        case json_kind::real:
            return put(real_text(json_item(tree_, at).number().value_or(0)).view());
        case json_kind::null:
        case json_kind::boolean:
            break;
        }
        return put(tree_.text_of(node));
    }

    bool put(std::string_view text) noexcept
    {
        if (!out_.make_room(text.size()))
            return false;
        out_.put(text);
        return true;
    }

    json_text_builder&   out_;
    const json_tree&     tree_;
    json_letters         letters_;
    growing_array<level> levels_;
};

STET_INLINE bool put_json(json_text_builder& out, const json_item& value, json_letters letters,
                          const allocator& memory) noexcept
{
    return json_writer(out, value.tree(), letters, memory).run(value.position());
}

} // namespace STET_NAMESPACE::detail
