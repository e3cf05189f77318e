// SPDX-License-Identifier: MIT
#ifndef STET_READ_CHECKPOINT_HEADER_HPP
#define STET_READ_CHECKPOINT_HEADER_HPP

#include "../vocabulary/impl/sort_range.hpp"
#include "impl/header_index.hpp"
#include "impl/name_table.hpp"

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace STET_NAMESPACE {

/// A tensor of a file. lifetime: borrows from the header
struct stored_tensor {
    std::string_view               name{};
    dtype                          type = dtype::u8;
    std::span<const std::uint64_t> shape{};   ///< outermost first; empty is a scalar
    std::uint64_t                  begin = 0; ///< bytes from the start of the data
    std::uint64_t                  end = 0;

    constexpr std::uint64_t size() const noexcept { return end - begin; }
};

/// A metadata entry of a file. lifetime: borrows from the header
struct stored_metadata {
    std::string_view key{};
    std::string_view value{};
};

namespace detail {
class header_check;
} // namespace detail

/// What a file holds: its tensors in the order of their data, and its metadata. Made by read_header, which has checked
/// all of it.
/// lifetime: borrows the header's text, not the data
class checkpoint_header {
public:
    class iterator {
    public:
        using value_type = stored_tensor;
        using difference_type = std::ptrdiff_t;
        using reference = stored_tensor;
        using iterator_category = std::input_iterator_tag;
        using iterator_concept = std::forward_iterator_tag;

        constexpr iterator() noexcept = default;
        iterator(const checkpoint_header& header, std::size_t at) noexcept : header_(&header), at_(at) {}

        stored_tensor operator*() const noexcept { return (*header_)[at_]; }
        iterator&     operator++() noexcept
        {
            ++at_;
            return *this;
        }
        iterator operator++(int) noexcept
        {
            iterator before = *this;
            ++at_;
            return before;
        }
        friend bool operator==(const iterator&, const iterator&) noexcept = default;

    private:
        const checkpoint_header* header_ = nullptr;
        std::size_t              at_ = 0;
    };

    std::size_t size() const noexcept { return index_.tensors.size(); }
    bool        empty() const noexcept { return size() == 0; }
    iterator    begin() const noexcept { return {*this, 0}; }
    iterator    end() const noexcept { return {*this, size()}; }

    /// The tensor at a position in the order of the data.
    stored_tensor operator[](std::size_t position) const noexcept
    {
        STET_ASSERT(position < size(), "stet: a tensor beyond the last was asked for");
        const detail::indexed_tensor& found = index_.tensors[position];
        return {.name = index_.view(found.name),
                .type = found.type,
                .shape = {index_.axes.data() + found.first_axis, found.rank},
                .begin = found.begin,
                .end = found.end};
    }

    /// The tensor of that name, if there is one.
    std::optional<stored_tensor> find(std::string_view name) const noexcept
    {
        const auto position = position_of(name);
        return position ? std::optional((*this)[*position]) : std::nullopt;
    }

    /// Where the tensor of that name stands in the order of the data.
    std::optional<std::size_t> position_of(std::string_view name) const noexcept
    {
        const std::uint32_t found = names_.find(
            name, [this](std::uint32_t position) { return index_.view(index_.tensors[position].name); });
        return found == detail::name_table::none ? std::nullopt : std::optional<std::size_t>(found);
    }

    /// The tensors' positions sorted by name, as bytes; empty when the allocator gave nothing.
    detail::growing_array<std::uint32_t> by_name() const noexcept
    {
        detail::growing_array<std::uint32_t> positions(index_.tensors.memory());
        if (!positions.resize(size()))
            return positions;
        for (std::size_t i = 0; i < positions.size(); ++i)
            positions[i] = static_cast<std::uint32_t>(i);
        detail::sort_range(positions.view(), [this](std::uint32_t left, std::uint32_t right) {
            return index_.view(index_.tensors[left].name) < index_.view(index_.tensors[right].name);
        });
        return positions;
    }

    /// Whether the file says it has metadata, if only an empty object.
    bool        has_metadata() const noexcept { return index_.has_metadata; }
    std::size_t metadata_size() const noexcept { return index_.metadata.size(); }

    /// The metadata entry at a position in the order of the header.
    stored_metadata metadata(std::size_t position) const noexcept
    {
        STET_ASSERT(position < metadata_size(), "stet: a metadata entry beyond the last was asked for");
        const detail::indexed_metadata& found = index_.metadata[position];
        return {.key = index_.view(found.key), .value = index_.view(found.value)};
    }

    /// The metadata value under that key, if there is one.
    std::optional<std::string_view> metadata(std::string_view key) const noexcept
    {
        const std::uint32_t found = keys_.find(
            key, [this](std::uint32_t position) { return index_.view(index_.metadata[position].key); });
        return found == detail::name_table::none ? std::nullopt
                                         : std::optional(index_.view(index_.metadata[found].value));
    }

    /// The header as it stands in the file, padding included.
    std::string_view text() const noexcept { return index_.text; }
    /// Where the data starts in the file: 8 bytes and the header.
    std::uint64_t data_begin() const noexcept { return 8 + std::uint64_t{index_.text.size()}; }
    /// Bytes of all tensors together.
    std::uint64_t data_size() const noexcept { return empty() ? 0 : index_.tensors[size() - 1].end; }
    /// Where the tensor starts in the file.
    std::uint64_t offset_in_file(const stored_tensor& tensor) const noexcept
    {
        return data_begin() + tensor.begin;
    }

    /// What the tensor's place in the file is a multiple of: a power of two, 4096 at most. What it is aligned to in
    /// memory when the file lies there at the start of a page.
    std::size_t alignment(const stored_tensor& tensor) const noexcept
    {
        constexpr unsigned most = 12;
        const auto         zeros = static_cast<unsigned>(std::countr_zero(offset_in_file(tensor)));
        return std::size_t{1} << (zeros < most ? zeros : most);
    }

private:
    friend class detail::header_check;

    explicit checkpoint_header(const allocator& memory) noexcept
        : index_(memory), names_(memory), keys_(memory)
    {
    }

    detail::header_index index_;
    detail::name_table   names_;
    detail::name_table   keys_;
};

} // namespace STET_NAMESPACE

#endif
