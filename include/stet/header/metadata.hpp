// SPDX-License-Identifier: MIT
#ifndef STET_HEADER_METADATA_HPP
#define STET_HEADER_METADATA_HPP

#include "../vocabulary/config.hpp"
#include "../vocabulary/function_ref.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

/// Anything one can iterate whose entries are a key and a text: std::map<std::string, std::string>, a vector of pairs.
template <class Dict>
concept metadata_dict = requires(const Dict& dict) {
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
result<detail::growing_array<metadata_entry>> sorted_entries(const metadata_view& given,
                                                             const allocator&     memory);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/metadata.ipp"
#endif

#endif
