// SPDX-License-Identifier: MIT
#ifndef STET_HEADER_HEADER_HPP
#define STET_HEADER_HEADER_HPP

#include "../plan/plan.hpp"
#include "../sink/callback_sink.hpp"
#include "../vocabulary/array_view.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "metadata.hpp"

#include <cstdint>

namespace STET_NAMESPACE {

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

    /// Its metadata, ordered by key; whether there is any, if only an empty object.
    array_view<const detail::metadata_entry> metadata() const noexcept { return entries_.view(); }
    /// Whether there is a metadata object, an empty one too.
    bool has_metadata() const noexcept { return has_metadata_; }

    /// Their records, in file order.
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

result<header> make_header(const plan&& temporary, const metadata_view& given = {},
                           std::uint64_t room = 0) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/header.ipp"
#endif

#endif
