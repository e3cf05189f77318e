// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/prefetch.hpp"
#include "../header.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace STET_NAMESPACE {

STET_INLINE header::header(const plan& tensors, detail::growing_array<metadata_entry> entries,
                           bool has_metadata, std::uint64_t text_size, std::uint64_t padded_size) noexcept
    : plan_(&tensors), entries_(std::move(entries)), has_metadata_(has_metadata), text_size_(text_size),
      padded_size_(padded_size)
{
}

STET_INLINE result<void> header::write(detail::staged_sink& out) const
{
    std::array<std::byte, length_field> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
        length[i] = static_cast<std::byte>(padded_size_ >> (8 * i) & 0xFFU);
    if (auto written = out.write(bytes(length)); !written)
        return written;
    writer text(out);
    text.put("{");
    write_metadata(text);
    const array_view<const record> records = plan_->records();
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (i + detail::prefetch_distance < records.size())
            detail::prefetch_text(records[i + detail::prefetch_distance].name.stem);
        text.put(i == 0 ? std::string_view("\"") : std::string_view(",\""));
        write_member(text, records[i]);
    }
    text.put("}");
    for (std::uint64_t i = text_size_; i < padded_size_; ++i)
        text.put(" ");
    return text.outcome();
}

STET_INLINE void header::writer::put(std::string_view text)
{
    if (!out_->stage(text) && outcome_)
        outcome_ = out_->write(text);
}

STET_INLINE void header::writer::put_escaped(std::string_view text)
{
    detail::escape_json(text, [this](std::string_view piece) { put(piece); });
}

STET_INLINE void header::write_metadata(writer& text) const
{
    if (!has_metadata_)
        return;
    text.put(R"("__metadata__":{)");
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        text.put(i == 0 ? "\"" : ",\"");
        text.put_escaped(entries_[i].key);
        text.put(R"(":")");
        text.put_escaped(entries_[i].text);
        text.put("\"");
    }
    text.put(plan_->records().empty() ? "}" : "},");
}

STET_INLINE void header::write_member(writer& text, const record& placed) const
{
    if (placed.escaped_size == placed.name.size()) {
        text.put(placed.name.prefix);
        text.put(placed.name.stem);
    } else {
        text.put_escaped(placed.name.prefix);
        text.put_escaped(placed.name.stem);
    }
    text.put(R"(":{"dtype":")");
    text.put(name(placed.type));
    text.put(R"(","shape":[)");
    const std::span<const std::uint64_t> shape = plan_->shape(placed);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (axis != 0)
            text.put(",");
        text.put(shape[axis]);
    }
    text.put(R"(],"data_offsets":[)");
    text.put(placed.begin);
    text.put(",");
    text.put(placed.end());
    text.put("]}");
}

STET_INLINE result<header> make_header(const plan& tensors, const metadata_view& given)
{
    auto entries = sorted_entries(given, tensors.memory());
    if (!entries)
        return entries.error();
    std::uint64_t text_size = 2 + tensors.members_size();
    if (given.is_present()) {
        text_size += std::string_view(R"("__metadata__":{})").size() + (tensors.records().empty() ? 0U : 1U);
        for (const metadata_entry& entry : *entries)
            text_size += entry.escaped_size + std::string_view(R"("":"",)").size();
        text_size -= entries->empty() ? 0U : 1U; // no comma after the last entry
    }
    const std::uint64_t alignment = tensors.data_alignment();
    const std::uint64_t in_file = header::length_field + text_size;
    const std::uint64_t padded_size =
        (in_file + alignment - 1) / alignment * alignment - header::length_field;
    if (padded_size > max_header_size)
        return error{.code = errc::header_too_large, .expected = max_header_size, .actual = padded_size};
    return header(tensors, *std::move(entries), given.is_present(), text_size, padded_size);
}

} // namespace STET_NAMESPACE
