// SPDX-License-Identifier: MIT
#include "../message.hpp"
#include "message_writer.hpp"
#include "readable.hpp"
#include "sentences.hpp"
#include "system_step.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

/// A kind of thing and its name, or other words where it has none.
inline void put_named(message_writer& out, std::string_view kind, std::string_view unnamed,
                      const error& e) noexcept
{
    if (e.subject().empty())
        return out.put(unnamed);
    out.put(kind);
    out.put(' ');
    out.put_quoted(e.subject());
}

/// A number and, where `rest` begins with `[one|many]`, the word that goes with it.
/// returns: how much of `rest` that was
inline std::size_t put_counted(message_writer& out, std::uint64_t number, std::string_view rest) noexcept
{
    out.put_number(number);
    if (!rest.starts_with('['))
        return 0;
    const std::size_t bar = rest.find('|');
    const std::size_t end = rest.find(']');
    out.put(' ');
    out.put(number == 1 ? std::string_view(rest.data() + 1, bar - 1)
                        : std::string_view(rest.data() + bar + 1, end - bar - 1));
    return end + 1;
}

/// returns: how much of `rest`, the text behind the field, was used up
inline std::size_t put_field(message_writer& out, char field, std::string_view rest, const error& e) noexcept
{
    switch (field) {
    case 's':
        out.put_quoted(e.subject());
        return 0;
    case 't':
        put_named(out, "tensor", "an unnamed tensor", e);
        return 0;
    case 'h':
        put_named(out, "header member", "the header", e);
        return 0;
    case 'j':
        put_named(out, "JSON text", "the JSON text", e);
        return 0;
    case '1':
        out.put_escaped(e.first_party());
        return 0;
    case '2':
        out.put_escaped(e.second_party());
        return 0;
    case 'c':
        out.put(words_of(e.step));
        return 0;
    case 'e':
        return put_counted(out, e.expected, rest);
    case 'a':
        return put_counted(out, e.actual, rest);
    default:
        out.put_signed(e.os_code);
        return 0;
    }
}

} // namespace detail

STET_INLINE std::string_view name(errc code) noexcept
{
    const auto index = static_cast<std::size_t>(code) - 1;
    return index < detail::errc_count ? detail::sentences[index].name : std::string_view("no error");
}

STET_INLINE std::size_t write_message(const error& e, char* buffer, std::size_t capacity) noexcept
{
    detail::message_writer out(buffer, capacity);
    if (static_cast<std::size_t>(e.code) - 1 >= detail::errc_count) {
        out.put("no error");
        return out.size();
    }
    std::string_view text = detail::sentence_of(e);
    for (std::size_t field = text.find('%'); field != std::string_view::npos; field = text.find('%')) {
        out.put(text.substr(0, field));
        const char kind = text[field + 1];
        text.remove_prefix(field + 2);
        text.remove_prefix(detail::put_field(out, kind, text, e));
    }
    out.put(text);
    return out.size();
}

STET_INLINE std::string message(const error& e)
{
    std::string text(write_message(e, nullptr, 0), '\0');
    write_message(e, text.data(), text.size());
    return text;
}

STET_INLINE std::string readable(std::string_view text)
{
    std::string shown;
    detail::put_readable(text, [&shown](std::string_view piece) { shown += piece; });
    return shown;
}

} // namespace STET_NAMESPACE
