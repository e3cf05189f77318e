// SPDX-License-Identifier: MIT

#include "../../plan/impl/member.hpp"
#include "../../vocabulary/impl/decimal.hpp"
#include "../../vocabulary/impl/json_string.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../../vocabulary/impl/prefetch.hpp"
#include "../../vocabulary/impl/sort_range.hpp"
#include "../header.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

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

STET_INLINE result<void> metadata_view::visit_list(const void* object, std::size_t count, visitor visit)
{
    const auto* const first = static_cast<const std::pair<std::string_view, std::string_view>*>(object);
    return visit_all(first, first + count, visit);
}

STET_INLINE header::header(const plan& tensors, detail::growing_array<detail::metadata_entry> entries,
                           bool has_metadata, std::uint64_t text_size, std::uint64_t padded_size) noexcept
    : plan_(&tensors), entries_(std::move(entries)), has_metadata_(has_metadata), text_size_(text_size),
      padded_size_(padded_size)
{
}

namespace detail {

/// Remembers the first failure, so that what spells the header reads as what it writes.
class header_writer {
public:
    explicit header_writer(staged_sink& out) noexcept : out_(&out) {}

    STET_NOINLINE void put(std::string_view text)
    {
        if (!out_->stage(text) && outcome_)
            outcome_ = out_->write(text);
    }
    STET_NOINLINE void put(std::uint64_t number) { put(decimal(number).view()); }
    void               put_escaped(std::string_view text)
    {
        escape_json(text, [this](std::string_view piece) { put(piece); });
    }
    void put_name(const record& placed)
    {
        if (placed.escaped_size == placed.name.size()) {
            put(placed.name.prefix);
            put(placed.name.stem);
        } else {
            put_escaped(placed.name.prefix);
            put_escaped(placed.name.stem);
        }
    }
    const result<void>& outcome() const noexcept { return outcome_; }

private:
    staged_sink* out_;
    result<void> outcome_;
};

/// The first member of a header that has metadata, with the comma before the tensors, if there are any.
template <class Out>
void spell_metadata(Out& out, array_view<const metadata_entry> entries, bool are_tensors_next)
{
    out.put(std::string_view(R"("__metadata__":{)"));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        out.put(i == 0 ? std::string_view("\"") : std::string_view(",\""));
        out.put_escaped(entries[i].key);
        out.put(std::string_view(R"(":")"));
        out.put_escaped(entries[i].text);
        out.put(std::string_view("\""));
    }
    out.put(are_tensors_next ? std::string_view("},") : std::string_view("}"));
}

} // namespace detail

STET_INLINE result<void> header::write(staged_sink& out) const
{
    std::array<std::byte, length_field> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
        length[i] = static_cast<std::byte>(padded_size_ >> (8 * i) & 0xFFU);
    if (auto written = out.write(bytes(length)); !written)
        return written;
    const array_view<const record> records = plan_->records();
    detail::header_writer          text(out);
    text.put("{");
    if (has_metadata_)
        detail::spell_metadata(text, entries_.view(), !records.empty());
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (i + detail::prefetch_distance < records.size())
            detail::prefetch_text(records[i + detail::prefetch_distance].name.stem);
        if (i != 0)
            text.put(",");
        detail::spell_member(text, records[i], plan_->shape(records[i]));
    }
    text.put("}");
    constexpr std::string_view spaces = "                                                                ";
    for (std::uint64_t left = room(); left != 0;) {
        const std::size_t some = left < spaces.size() ? detail::memory_size(left) : spaces.size();
        text.put(spaces.substr(0, some));
        left -= some;
    }
    return text.outcome();
}

STET_INLINE result<header> make_header(const plan& tensors, const metadata_view& given, std::uint64_t room)
{
    auto entries = detail::sorted_entries(given, tensors.memory());
    if (!entries)
        return entries.error();
    detail::spelled_size text;
    text.put("{");
    if (given.is_present())
        detail::spell_metadata(text, entries->view(), !tensors.records().empty());
    text.put("}");
    const std::uint64_t text_size = text.size() + tensors.members_size();
    if (room > max_header_size) // adding to it could pass 2^64
        return error{.code = errc::header_too_large, .expected = max_header_size, .actual = room};
    const std::uint64_t alignment = tensors.data_alignment();
    const std::uint64_t in_file = header::length_field + text_size + room;
    const std::uint64_t padded_size =
        (in_file + alignment - 1) / alignment * alignment - header::length_field;
    if (padded_size > max_header_size)
        return error{.code = errc::header_too_large, .expected = max_header_size, .actual = padded_size};
    return header(tensors, *std::move(entries), given.is_present(), text_size, padded_size);
}

} // namespace STET_NAMESPACE
