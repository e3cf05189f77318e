// SPDX-License-Identifier: MIT
#ifndef STET_HEADER_HEADER_HPP
#define STET_HEADER_HEADER_HPP

#include "../vocabulary/array_view.hpp"
#include "../vocabulary/impl/prefetch.hpp"
#include "../plan/plan.hpp"
#include "../sink/impl/staged_sink.hpp"
#include "../vocabulary/impl/decimal.hpp"
#include "../vocabulary/impl/json_string.hpp"
#include "metadata.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// A plan's header: measured and checked, not yet written.
/// lifetime: borrows the plan and the metadata's texts
class header {
public:
    header(const plan& tensors, detail::growing_array<metadata_entry> entries, bool has_metadata,
           std::uint64_t text_size, std::uint64_t padded_size) noexcept
        : plan_(&tensors), entries_(std::move(entries)), has_metadata_(has_metadata), text_size_(text_size),
          padded_size_(padded_size)
    {
    }

    /// Bytes before the first tensor: the length field, the JSON text and its padding.
    std::uint64_t size() const noexcept { return length_field + padded_size_; }

    /// Bytes of the whole file.
    std::uint64_t file_size() const noexcept { return size() + plan_->data_size(); }

    /// The tensors it speaks of.
    const plan& tensors() const noexcept { return *plan_; }

    /// Writes size() bytes.
    /// errors: the sink's
    result<void> write(detail::staged_sink& out) const
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

    static constexpr std::uint64_t length_field = 8;

private:
    /// Remembers the first failure, so that the encoder reads as what it writes.
    class writer {
    public:
        explicit writer(detail::staged_sink& out) noexcept : out_(&out) {}

        void put(std::string_view text)
        {
            if (!out_->stage(text) && outcome_)
                outcome_ = out_->write(text);
        }
        void put(std::uint64_t number) { put(detail::decimal(number).view()); }
        void put_escaped(std::string_view text)
        {
            detail::escape_json(text, [this](std::string_view piece) { put(piece); });
        }
        const result<void>& outcome() const noexcept { return outcome_; }

    private:
        detail::staged_sink* out_;
        result<void> outcome_;
    };

    void write_metadata(writer& text) const
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

    /// From the quote that opens its name on.
    void write_member(writer& text, const record& placed) const
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

    const plan*                   plan_;
    detail::growing_array<metadata_entry> entries_;
    bool                          has_metadata_;
    std::uint64_t                 text_size_;
    std::uint64_t                 padded_size_;
};

/// Measures the header of a plan with its metadata.
/// errors:   invalid_metadata_utf8, duplicate_metadata_key, header_too_large, out_of_memory
/// lifetime: the header borrows the plan and the metadata's texts
inline result<header> make_header(const plan& tensors, const metadata_view& given = {})
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

result<header> make_header(const plan&& temporary, const metadata_view& given = {}) = delete;

} // namespace STET_NAMESPACE

#endif
