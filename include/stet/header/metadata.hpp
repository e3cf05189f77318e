// SPDX-License-Identifier: MIT
#ifndef STET_HEADER_METADATA_HPP
#define STET_HEADER_METADATA_HPP

#include "../vocabulary/function_ref.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/impl/sort_range.hpp"
#include "../vocabulary/result.hpp"
#include "../vocabulary/impl/json_string.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

/// Anything one can iterate whose entries are a key and a text: std::map<std::string, std::string>, a vector of pairs.
template <class Dict>
concept metadata_dict = requires(const Dict& dict)
{
    std::begin(dict) != std::end(dict);
    {
        std::begin(dict)->first
        } -> std::convertible_to<std::string_view>;
    {
        std::begin(dict)->second
        } -> std::convertible_to<std::string_view>;
    requires std::is_lvalue_reference_v<decltype(*std::begin(dict))>;
};

/// The file's `__metadata__`, borrowed: two words. Default: the file has none; an empty dict: the file has an empty one.
/// lifetime: the dict must outlive the save; a temporary one does not compile
class metadata_view {
public:
    constexpr metadata_view() noexcept = default;

    template <metadata_dict Dict>
    constexpr metadata_view(const Dict& dict) noexcept
        : dict_(&dict), each_([](const void* object, visitor visit) -> result<void> {
              for (const auto& entry : *static_cast<const Dict*>(object)) {
                  if (auto visited = visit(std::string_view(entry.first), std::string_view(entry.second));
                      !visited)
                      return visited;
              }
              return {};
          })
    {
    }
    template <metadata_dict Dict>
    metadata_view(const Dict&& temporary) = delete;

    using visitor = function_ref<result<void>(std::string_view key, std::string_view text)>;

    constexpr bool is_present() const noexcept { return each_ != nullptr; }

    /// Visits the entries in the dict's own order.
    /// errors: the visitor's
    result<void> each(visitor visit) const { return each_ == nullptr ? result<void>() : each_(dict_, visit); }

private:
    const void* dict_ = nullptr;
    result<void> (*each_)(const void*, visitor) = nullptr;
};

struct metadata_entry {
    std::string_view key{};
    std::string_view text{};
    std::uint64_t    escaped_size = 0; ///< bytes of key and text in the header, without quotes
};

/// The entries ordered by key, byte by byte, so that equal metadata gives equal files.
/// errors:   invalid_metadata_utf8, duplicate_metadata_key, out_of_memory
/// lifetime: borrows the texts
inline result<detail::growing_array<metadata_entry>> sorted_entries(const metadata_view& given,
                                                            const allocator&     memory)
{
    detail::growing_array<metadata_entry> entries(memory);
    const auto collected = given.each([&](std::string_view key, std::string_view text) -> result<void> {
        const detail::json_string_facts of_key = detail::inspect_json_string(key);
        const detail::json_string_facts of_text = detail::inspect_json_string(text);
        if (!of_key.well_formed || !of_text.well_formed)
            return error{.code = errc::invalid_metadata_utf8}.about(key);
        if (!entries.push(
                {.key = key, .text = text, .escaped_size = of_key.escaped_size + of_text.escaped_size}))
            return error{.code = errc::out_of_memory, .expected = entries.size() * sizeof(metadata_entry)};
        return {};
    });
    if (!collected)
        return collected.error();
    // char_traits<char> compares bytes as unsigned char, which is the order of UTF-8.
    detail::sort_range(entries.view(),
               [](const metadata_entry& a, const metadata_entry& b) { return a.key < b.key; });
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].key == entries[i - 1].key)
            return error{.code = errc::duplicate_metadata_key}.about(entries[i].key);
    }
    return entries;
}

} // namespace STET_NAMESPACE

#endif
