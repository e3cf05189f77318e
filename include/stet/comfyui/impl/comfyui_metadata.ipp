// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/json_string.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/utf8.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "../comfyui_metadata.hpp"
#include "number.hpp"

#include <string>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<metadata_list> make_comfyui_metadata(const claimed_name&            saved,
                                                        const std::optional<workflow>& graph)
{
    metadata_list            list;
    const model_description& model = saved.model;
    if (!model.architecture.empty()) {
        set_metadata(list, "modelspec.architecture", model.architecture);
        set_metadata(list, "modelspec.sai_model_spec", "1.0.0");
        set_metadata(list, "modelspec.implementation", "sgm");
        std::string title(saved.stem);
        title += ' ';
        title += saved.digits;
        set_metadata(list, "modelspec.title", title);
    }
    if (const auto key = model.prediction ? detail::predict_key(model.prediction->type) : ""; !key.empty())
        set_metadata(list, "modelspec.predict_key", key);
    if (!graph)
        return list;

    std::uint64_t size = 0;
    const auto    set_json = [&](std::string_view key, std::string_view json) -> result<void> {
        const auto dumped = redump_json(json);
        if (!dumped)
            return dumped.error().about(key);
        size += dumped->view().size();
        if (size > graph->largest)
            return error{.code = errc::metadata_too_large, .expected = graph->largest, .actual = size}.about(
                key);
        set_metadata(list, key, dumped->view());
        return {};
    };
    if (!graph->prompt) {
        set_metadata(list, "prompt", "");
    } else if (auto set = set_json("prompt", *graph->prompt); !set) {
        return set.error();
    }
    for (const json_entry& entry : graph->extra) {
        if (auto set = set_json(entry.key, entry.json); !set)
            return set.error();
    }
    return list;
}

namespace detail {

STET_INLINE std::size_t printable_run(std::string_view text) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t tops = 0x8080808080808080U;
    std::size_t             length = 0;
    while (text.size() - length >= 8) {
        const std::uint64_t word = load_word(text.data() + length);
        const std::uint64_t deletes = word ^ (ones * 0x7F);
        if (!all_plain(word) || (((deletes - ones) & ~deletes) & tops) != 0)
            break;
        length += 8;
    }
    while (length < text.size()) {
        const auto c = static_cast<unsigned char>(text[length]);
        if (c >= 0x7F || json_width[c] != 1)
            break;
        ++length;
    }
    return length;
}

STET_INLINE json_redumper::json_redumper(std::string_view text, const allocator& memory) noexcept
    : text_(text), out_(memory), levels_(memory), members_(memory)
{
}

STET_INLINE result<json_text> json_redumper::run() && noexcept
{
    if (!has_room(text_.size()) || !document())
        return failure_;
    if (!members_.any_replaced())
        return std::move(out_).finished();
    json_text_builder unique(levels_.memory());
    if (!unique.make_room(out_.size()))
        return detail::out_of_memory(out_.size());
    members_.put_unique(out_.view(), unique);
    return std::move(unique).finished();
}

STET_INLINE bool json_redumper::document() noexcept
{
    skip_space();
    bool good = value();
    while (good && !levels_.empty()) {
        skip_space();
        good = item_or_end(levels_[levels_.size() - 1]);
    }
    skip_space();
    return good && (at_ == text_.size() || invalid());
}

STET_INLINE bool json_redumper::value() noexcept
{
    switch (peek()) {
    case '{':
        return open(true);
    case '[':
        return open(false);
    case '"':
        return string();
    case 't':
        return word("true");
    case 'f':
        return word("false");
    case 'n':
        return word("null");
    case 'N':
        return word("NaN");
    case 'I':
        return word("Infinity");
    default:
        return left().starts_with("-I") ? word("-Infinity") : number();
    }
}

STET_INLINE bool json_redumper::open(bool is_object) noexcept
{
    if (levels_.size() == most_json_levels) {
        failure_ = {.code = errc::json_too_deep, .expected = most_json_levels, .actual = at_};
        return false;
    }
    if (!levels_.push({.is_object = is_object, .has_items = false, .first_member = members_.open_count()}))
        return exhausted((levels_.size() + 1) * sizeof(level));
    if (!has_room(1))
        return false;
    out_.put(text_[at_++]);
    return true;
}

STET_INLINE bool json_redumper::item_or_end(level& in) noexcept
{
    if (in.is_object && in.has_items)
        members_.end_member(out_.view());
    if (!has_room(2))
        return false;
    if (peek() == (in.is_object ? '}' : ']'))
        return end(in);
    if (in.has_items) {
        if (peek() != ',')
            return invalid();
        ++at_;
        out_.put(", ");
        skip_space();
    }
    in.has_items = true;
    return (!in.is_object || key()) && value();
}

STET_INLINE bool json_redumper::end(const level& in) noexcept
{
    if (in.is_object && in.has_items && !members_.end_object(out_.view(), in.first_member))
        return exhausted(text_.size());
    out_.put(text_[at_++]);
    static_cast<void>(levels_.resize(levels_.size() - 1)); // fewer than there are
    return true;
}

STET_INLINE bool json_redumper::key() noexcept
{
    const std::size_t begin = out_.size();
    if (peek() != '"')
        return invalid();
    if (!string())
        return false;
    if (!members_.add(out_.view(), begin))
        return exhausted(text_.size());
    skip_space();
    if (peek() != ':')
        return invalid();
    ++at_;
    skip_space();
    if (!has_room(2))
        return false;
    out_.put(": ");
    return true;
}

STET_INLINE bool json_redumper::word(std::string_view expected) noexcept
{
    if (!left().starts_with(expected))
        return invalid();
    if (!has_room(expected.size()))
        return false;
    out_.put(expected);
    at_ += expected.size();
    return true;
}

STET_INLINE bool json_redumper::number() noexcept
{
    const json_number found = leading_number(left());
    std::string_view  digits = text_.substr(at_, found.size);
    const bool        negative = digits.starts_with('-');
    if (negative)
        digits.remove_prefix(1);
    if (found.size == 0 || (!found.real && digits.size() > most_json_integer_digits))
        return invalid();
    constexpr std::size_t most_real = 24;
    if (!has_room(found.real ? most_real : found.size))
        return false;
    if (negative && (found.real || digits != "0"))
        out_.put('-');
    out_.put(found.real ? real_text(nearest_double(digits)).view() : digits);
    at_ += found.size;
    return true;
}

STET_INLINE bool json_redumper::string() noexcept
{
    constexpr std::size_t longest_escape = 12; // two code units
    if (!has_room(1))
        return false;
    out_.put(text_[at_++]);
    for (;;) {
        const std::size_t run = printable_run(left());
        if (!has_room(run + longest_escape))
            return false;
        out_.put(text_.substr(at_, run));
        at_ += run;
        const char c = peek();
        if (c == '"') {
            out_.put(text_[at_++]);
            return true;
        }
        if (c == 0x7F) {
            put_escaped(0x7F);
            ++at_;
        } else if (!(c == '\\' ? escape() : character())) {
            return false;
        }
    }
}

STET_INLINE bool json_redumper::character() noexcept
{
    if (at_ == text_.size())
        return invalid();
    const auto [code, size] = decode_character(left());
    if (size < 2) // no UTF-8, or a control character
        return invalid();
    if (code >= 0x10000) {
        put_escaped(0xD800U + ((code - 0x10000U) >> 10U));
        put_escaped(0xDC00U + (code & 0x3FFU));
    } else {
        put_escaped(code);
    }
    at_ += size;
    return true;
}

STET_INLINE bool json_redumper::escape() noexcept
{
    constexpr std::string_view kinds = "\"\\bfnrt";
    const char                 kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (kind == 'u')
        return code_unit();
    if (kind == '/')
        out_.put(kind);
    else if (kind != '\0' && kinds.find(kind) != std::string_view::npos)
        out_.put(text_.substr(at_, 2));
    else
        return invalid();
    at_ += 2;
    return true;
}

STET_INLINE bool json_redumper::code_unit() noexcept
{
    const std::string_view digits = text_.substr(at_ + 2, 4);
    std::uint32_t          unit = 0;
    for (const char c : digits) {
        const auto lower = static_cast<unsigned char>(c | 0x20);
        if (c >= '0' && c <= '9')
            unit = unit << 4U | static_cast<std::uint32_t>(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            unit = unit << 4U | (lower - std::uint32_t{'a' - 10});
        else
            return invalid();
    }
    if (digits.size() < 4)
        return invalid();
    const auto low = static_cast<char>(unit & 0x7FU);
    if (unit >= 0x7F)
        put_escaped(unit);
    else if (json_width[unit] == 1)
        out_.put(low);
    else
        out_.put(json_escape(low, escaped_));
    at_ += 6;
    return true;
}

STET_INLINE void json_redumper::put_escaped(std::uint32_t unit) noexcept
{
    constexpr std::string_view hex = "0123456789abcdef";
    escaped_ = {
        '\\', 'u', hex[unit >> 12U], hex[unit >> 8U & 0xFU], hex[unit >> 4U & 0xFU], hex[unit & 0xFU]};
    out_.put({escaped_.data(), escaped_.size()});
}

STET_INLINE void json_redumper::skip_space() noexcept
{
    while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')
        ++at_;
}

STET_INLINE bool json_redumper::invalid() noexcept
{
    failure_ = {.code = errc::invalid_json, .actual = at_};
    return false;
}

STET_INLINE bool json_redumper::exhausted(std::size_t bytes) noexcept
{
    failure_ = detail::out_of_memory(bytes);
    return false;
}

STET_INLINE bool json_redumper::has_room(std::size_t count) noexcept
{
    return out_.make_room(count) || exhausted(out_.size() + count);
}

} // namespace detail

STET_INLINE result<detail::json_text> redump_json(std::string_view text, const allocator& memory) noexcept
{
    return detail::json_redumper(text, memory).run();
}

} // namespace STET_NAMESPACE
