// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/json_string.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../metadata.hpp"

#include <cstddef>

namespace STET_NAMESPACE::detail {

STET_INLINE result<growing_array<metadata_entry>> sorted_entries(const metadata_view& given,
                                                                 const allocator&     memory)
{
    growing_array<metadata_entry> entries(memory);
    const auto collected = given.each([&](std::string_view key, std::string_view text) -> result<void> {
        if (!inspect_json_string(key).well_formed || !inspect_json_string(text).well_formed)
            return error{.code = errc::invalid_metadata_utf8}.about(key);
        if (!entries.push({.key = key, .text = text}))
            return out_of_memory(entries.size() * sizeof(metadata_entry));
        return {};
    });
    if (!collected)
        return collected.error();
    // char_traits<char> compares bytes as unsigned char, which is the order of UTF-8.
    heap_sort(entries.view(), [](const metadata_entry& a, const metadata_entry& b) { return a.key < b.key; });
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].key == entries[i - 1].key)
            return error{.code = errc::duplicate_metadata_key}.about(entries[i].key);
    }
    return entries;
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE {

STET_INLINE void set_metadata(metadata_list& list, std::string_view key, std::string_view text)
{
    for (auto& [known, value] : list) {
        if (known == key) {
            value = text;
            return;
        }
    }
    list.emplace_back(key, text);
}

} // namespace STET_NAMESPACE
