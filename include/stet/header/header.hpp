// SPDX-License-Identifier: MIT
#ifndef STET_HEADER_HEADER_HPP
#define STET_HEADER_HEADER_HPP

#include "../plan/plan.hpp"
#include "../sink/sinks.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

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

} // namespace detail

class metadata_view;

namespace detail {

/// What metadata_view::fits does.
result<void> refuse_conflicts(const plan& tensors, const metadata_view& metadata);

} // namespace detail

/// The file's `__metadata__`, borrowed: four words. Default: the file has none; an empty dict: the file has an empty one.
/// lifetime: the dict must outlive the save; a temporary one does not compile
class metadata_view {
public:
    constexpr metadata_view() noexcept = default;

    /// Any range of pairs of texts, such as a map.
    template <detail::metadata_dict Dict>
    constexpr metadata_view(const Dict& dict STET_LIFETIME_BOUND) noexcept
        : dict_(&dict), each_([](const void* object, std::size_t, visitor visit) {
              const Dict& entries = *static_cast<const Dict*>(object);
              return visit_all(std::begin(entries), std::end(entries), visit);
          }),
          refuse_conflicts_(&detail::refuse_conflicts)
    {
    }
    /// `{.metadata = {{"format", "pt"}}}` in the call that saves: the list is gone at the end of the statement it stands
    /// in, and so are texts made there.
    constexpr metadata_view(std::initializer_list<std::pair<std::string_view, std::string_view>> entries
                                STET_LIFETIME_BOUND) noexcept
        : each_(&visit_list), refuse_conflicts_(&detail::refuse_conflicts)
    {
        dict_ = std::data(entries);
        count_ = entries.size();
    }
    template <detail::metadata_dict Dict>
    metadata_view(const Dict&& temporary) = delete;

    /// Called with each entry; an error ends the walk.
    using visitor = function_ref<result<void>(std::string_view key, std::string_view text)>;

    /// Whether there is metadata, be it without entries.
    constexpr bool is_present() const noexcept { return each_ != nullptr; }

    /// Visits the entries in the dict's own order.
    /// errors: the visitor's
    result<void> each(visitor visit) const
    {
        return each_ == nullptr ? result<void>() : each_(dict_, count_, visit);
    }

    /// Refuses to say of a quantised layer what its marker does not: ComfyUI would go by the metadata.
    /// errors: quantised_companion by the rule metadata-conflict; out_of_memory; those of reading a marker
    result<void> fits(const plan& tensors) const
    {
        return refuse_conflicts_ == nullptr ? result<void>() : refuse_conflicts_(tensors, *this);
    }

private:
    template <class Iterator, class End>
    static result<void> visit_all(Iterator entry, End end, visitor visit)
    {
        for (; entry != end; ++entry) {
            if (auto visited = visit(std::string_view(entry->first), std::string_view(entry->second));
                !visited)
                return visited;
        }
        return {};
    }

    static result<void> visit_list(const void* object, std::size_t count, visitor visit);

    const void* dict_ = nullptr;
    std::size_t count_ = 0; ///< of a list's entries
    result<void> (*each_)(const void*, std::size_t, visitor) = nullptr;
    /// Named where there is metadata: a program without any compiles nothing of it.
    result<void> (*refuse_conflicts_)(const plan&, const metadata_view&) = nullptr;
};

namespace detail {

struct metadata_entry {
    std::string_view key{};
    std::string_view text{};
};

/// The entries ordered by key, byte by byte, so that equal metadata gives equal files.
/// errors:   invalid_metadata_utf8, duplicate_metadata_key, out_of_memory
/// lifetime: borrows the texts
result<growing_array<metadata_entry>> sorted_entries(const metadata_view& given, const allocator& memory);

} // namespace detail

/// A plan's header: measured and checked, not yet written.
/// lifetime: borrows the plan and the metadata's texts
class header {
public:
    /// Made by make_header.
    header(const plan& tensors STET_LIFETIME_BOUND, detail::growing_array<detail::metadata_entry> entries,
           bool has_metadata, std::uint64_t text_size, std::uint64_t padded_size) noexcept;

    /// Bytes before the first tensor: the length field, the JSON text and its padding.
    std::uint64_t size() const noexcept { return length_field + padded_size_; }

    /// Bytes of the JSON text, without the spaces after it.
    std::uint64_t text_size() const noexcept { return text_size_; }

    /// Spaces after the text: how much it may grow without the data having to move.
    std::uint64_t room() const noexcept { return padded_size_ - text_size_; }

    /// The same text in a header of another size, the rest of it spaces.
    /// size: of header::size(); no less than the length field and the text take
    void resize(std::uint64_t size) noexcept { padded_size_ = size - length_field; }

    /// Bytes of the whole file.
    std::uint64_t file_size() const noexcept { return size() + plan_->data_size(); }

    /// The tensors it speaks of.
    const plan& tensors() const noexcept { return *plan_; }

    /// Its metadata, ordered by key.
    array_view<const detail::metadata_entry> metadata() const noexcept { return entries_.view(); }
    /// Whether there is a metadata object, an empty one too.
    bool has_metadata() const noexcept { return has_metadata_; }

    /// The tensors' records, in file order.
    const record* begin() const noexcept { return plan_->records().begin(); }
    const record* end() const noexcept { return plan_->records().end(); }

    /// Where a record's bytes will begin, in bytes from the start of the file.
    std::uint64_t offset_in_file(const record& of) const noexcept { return size() + of.begin; }

    /// Writes size() bytes.
    /// errors: the sink's
    result<void> write(staged_sink& out) const;

    static constexpr std::uint64_t length_field = 8; ///< bytes of the number that a file begins with

private:
    const plan*                                   plan_;
    detail::growing_array<detail::metadata_entry> entries_;
    bool                                          has_metadata_;
    std::uint64_t                                 text_size_;
    std::uint64_t                                 padded_size_;
};

/// Measures the header of a plan with its metadata.
/// room:     spaces after the text, at least, so that it may grow later without the data having to move
/// errors:   invalid_metadata_utf8, duplicate_metadata_key, header_too_large, out_of_memory
/// lifetime: the header borrows the plan and the metadata's texts
result<header> make_header(const plan& tensors STET_LIFETIME_BOUND, const metadata_view& given = {},
                           std::uint64_t room = 0);

result<header> make_header(const plan&&, const metadata_view& = {}, std::uint64_t = 0) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/header.ipp"
#include "impl/layer_conflicts.ipp"
#endif

#endif
