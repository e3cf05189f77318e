// SPDX-License-Identifier: MIT

#include "../../vocabulary/impl/memory_size.hpp"
#include "../edit_options.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// Where a piece lies in a text, counted from its start; its size when it lies elsewhere.
inline std::size_t place_within(std::string_view text, std::string_view piece) noexcept
{
    const auto begin = reinterpret_cast<std::uintptr_t>(text.data());
    const auto at = reinterpret_cast<std::uintptr_t>(piece.data());
    const bool is_within = at >= begin && at - begin < text.size();
    return is_within ? at - begin : text.size();
}

/// How often a key with a text as its value stands in a header, as it is.
inline std::size_t count_of_key(std::string_view header, std::string_view key) noexcept
{
    constexpr std::string_view space = " \t\r\n";
    std::size_t                count = 0;
    for (std::size_t at = header.find(key); at != std::string_view::npos; at = header.find(key, at + 1)) {
        const std::size_t end = at + key.size();
        if (at == 0 || header[at - 1] != '"' || header.substr(end, 1) != "\"")
            continue;
        if (at > 1 && header[at - 2] == '\\')
            continue; // the quote is one of a text's letters
        const std::size_t colon = header.find_first_not_of(space, end + 1);
        if (colon == std::string_view::npos || header[colon] != ':')
            continue;
        const std::size_t value = header.find_first_not_of(space, colon + 1);
        count += value != std::string_view::npos && header[value] == '"' ? 1U : 0U;
    }
    return count;
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::edit {

STET_INLINE std::string slot_text(std::uint64_t store_size)
{
    return std::string(detail::memory_size(store_size / 3 * 4 + (store_size % 3 == 0 ? 0U : 4U)), 'A');
}

STET_INLINE result<slot> find_slot(const checkpoint_header& header, std::string_view key)
{
    const std::string_view text = header.text();
    const auto             missing = [key](std::string_view why) {
        return error{.code = errc::missing_slot}.about(key).with(why);
    };
    for (std::size_t i = 0; i < header.metadata_size(); ++i) {
        const stored_metadata entry = header.metadata(i);
        if (entry.key != key)
            continue;
        if (detail::place_within(text, entry.key) == text.size())
            return missing("its key is written with escapes");
        if (detail::count_of_key(text, key) != 1)
            return missing("its key is there twice");
        const std::size_t at = detail::place_within(text, entry.value);
        if (entry.value.empty() || at == text.size())
            return missing("its value is empty or written with escapes");
        constexpr std::uint64_t length_field = 8;
        return slot{.start = length_field + at, .length = entry.value.size()};
    }
    return missing("the file has no such key");
}

} // namespace STET_NAMESPACE::edit
