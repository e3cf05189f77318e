// SPDX-License-Identifier: MIT
#ifndef STET_READ_CHECKPOINT_HEADER_HPP
#define STET_READ_CHECKPOINT_HEADER_HPP

#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/name_table.hpp"
#include "impl/header_index.hpp"
#include "impl/position_iterator.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

/// How strictly a file is read. As it stands, exactly the files that the reference reads are read.
/// source: safetensors 0.8, SafeTensors::read_metadata; its README and JSON schema for `strict`
struct read_options {
    /// Refuse as well what the reference reads against the format's own text: whitespace before the object, padding
    /// other than spaces, a key given twice, unknown fields, null metadata, an array in place of a tensor's object, a
    /// dtype that is no string, numbers of 2^48 or more.
    bool strict = false;
    /// Accept bytes after the last tensor.
    bool allow_trailing_bytes = false;
    /// Accept a header padded with NUL, which some writers leave behind.
    bool allow_nul_padding = false;
    /// Where the index of the tensors lives.
    stet::allocator allocator = heap();
};

/// A tensor of a file. lifetime: borrows from the header
struct stored_tensor {
    std::string_view               name{};           ///< as in the file
    dtype                          type = dtype::u8; ///< of its elements
    std::span<const std::uint64_t> shape{};          ///< outermost first; empty is a scalar
    std::uint64_t                  begin = 0;        ///< bytes from the start of the data
    std::uint64_t                  end = 0;          ///< offset past its last byte, among the data

    constexpr std::uint64_t size() const noexcept { return end - begin; }
};

/// A metadata entry of a file. lifetime: borrows from the header
struct stored_metadata {
    std::string_view key{};   ///< such as "format"
    std::string_view value{}; ///< such as "pt"
};

namespace detail {
class header_check;
} // namespace detail

/// What a file holds: its tensors in the order of their data, and its metadata. Made by read_header, which has checked
/// all of it.
/// lifetime: borrows the header's text, not the data
class checkpoint_header {
public:
    using iterator = detail::position_iterator<checkpoint_header, stored_tensor>;

    std::size_t size() const noexcept { return index_.tensors.size(); }
    bool        empty() const noexcept { return size() == 0; }
    iterator    begin() const noexcept { return {*this, 0}; }
    iterator    end() const noexcept { return {*this, size()}; }

    /// The tensor at a position in the order of the data.
    stored_tensor operator[](std::size_t position) const noexcept;

    bool contains(std::string_view name) const noexcept { return position_of(name).has_value(); }

    /// The tensor of that name, if there is one.
    std::optional<stored_tensor> find(std::string_view name) const noexcept;

    /// Where the tensor of that name stands in the order of the data.
    std::optional<std::size_t> position_of(std::string_view name) const noexcept;

    /// The tensors' positions sorted by name, as bytes; empty when the allocator gave nothing.
    detail::growing_array<std::uint32_t> by_name() const noexcept;

    /// Whether the file says it has metadata, if only an empty object.
    bool has_metadata() const noexcept { return index_.has_metadata; }
    /// How many entries the metadata has.
    std::size_t metadata_size() const noexcept { return index_.metadata.size(); }

    /// The metadata entry at a position in the order of the header.
    stored_metadata metadata(std::size_t position) const noexcept;

    /// The metadata value under that key, if there is one.
    std::optional<std::string_view> metadata(std::string_view key) const noexcept;

    /// The header as it stands in the file, padding included.
    std::string_view text() const noexcept { return index_.text; }
    /// Where the data starts in the file: 8 bytes and the header.
    std::uint64_t data_begin() const noexcept { return 8 + std::uint64_t{index_.text.size()}; }
    /// Bytes of all tensors together.
    std::uint64_t data_size() const noexcept { return empty() ? 0 : index_.tensors[size() - 1].end; }
    /// Where the tensor starts in the file.
    std::uint64_t offset_in_file(const stored_tensor& tensor) const noexcept;

    /// What the tensor's place in the file is a multiple of: a power of two, 4096 at most. What it is aligned to in
    /// memory when the file lies there at the start of a page.
    std::size_t alignment(const stored_tensor& tensor) const noexcept;

private:
    friend class detail::header_check;
    friend iterator;

    stored_tensor entry_at(std::size_t position) const noexcept { return (*this)[position]; }

    explicit checkpoint_header(const allocator& memory) noexcept;

    detail::header_index index_;
    detail::name_table   names_;
    detail::name_table   keys_;
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/checkpoint_header.ipp"
#endif

#endif
