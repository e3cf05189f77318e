// SPDX-License-Identifier: MIT
#ifndef STET_READ_CHECKPOINT_VIEW_HPP
#define STET_READ_CHECKPOINT_VIEW_HPP

#include "../vocabulary/impl/memory_size.hpp"
#include "../tensor/tensor_view.hpp"
#include "read_header.hpp"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

/// A whole file in memory: its header, and its tensors where they lie. Made by read_checkpoint.
/// lifetime: borrows the file's bytes
class checkpoint_view {
public:
    /// file: the bytes whose header that is
    checkpoint_view(checkpoint_header header, std::span<const std::byte> file) noexcept
        : header_(std::move(header)), file_(file)
    {
        STET_ASSERT(header_.data_size() <= file.size() - header_.data_begin(),
                    "stet: these are not the bytes that the header was read from");
    }

    const checkpoint_header& header() const noexcept { return header_; }
    std::size_t              size() const noexcept { return header_.size(); }

    /// The tensor's bytes, little-endian on every machine.
    std::span<const std::byte> data(const stored_tensor& tensor) const noexcept
    {
        return file_.subspan(detail::memory_size(header_.offset_in_file(tensor)), detail::memory_size(tensor.size()));
    }

    /// The tensor as one that can be saved again, sliced or transposed; nothing is copied.
    /// lifetime: borrows the file's bytes and, of more than eight axes, the header
    tensor_view tensor(const stored_tensor& stored) const noexcept
    {
        return {.type = stored.type,
                .shape = extents(stored.shape),
                .size = stored.size(),
                .data = data(stored).data()};
    }

    /// The tensor at a position in the order of the data.
    tensor_view operator[](std::size_t position) const noexcept { return tensor(header_[position]); }

    /// The tensor of that name, if there is one.
    std::optional<tensor_view> find(std::string_view name) const noexcept
    {
        const auto found = header_.find(name);
        return found ? std::optional(tensor(*found)) : std::nullopt;
    }

    /// What the address of the tensor's first byte is a multiple of: a power of two, 4096 at most.
    std::size_t alignment(const stored_tensor& stored) const noexcept
    {
        constexpr unsigned most = 12;
        const auto address = reinterpret_cast<std::uintptr_t>(file_.data()) + header_.offset_in_file(stored);
        const auto zeros = static_cast<unsigned>(std::countr_zero(address));
        return std::size_t{1} << (zeros < most ? zeros : most);
    }

    /// A tensor under its name, as a state dict has it: a checkpoint can be saved, split and walked like any other.
    struct entry {
        std::string_view name;
        tensor_view      tensor;
    };

    /// In the order of the data.
    class iterator {
    public:
        iterator(const checkpoint_view& of, std::size_t position) noexcept : of_(&of), position_(position) {}

        entry operator*() const noexcept
        {
            const stored_tensor stored = of_->header_[position_];
            return {.name = stored.name, .tensor = of_->tensor(stored)};
        }
        iterator& operator++() noexcept
        {
            ++position_;
            return *this;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept
        {
            return a.position_ == b.position_;
        }

    private:
        const checkpoint_view* of_;
        std::size_t            position_;
    };

    iterator begin() const noexcept { return {*this, 0}; }
    iterator end() const noexcept { return {*this, size()}; }

private:
    checkpoint_header          header_;
    std::span<const std::byte> file_;
};

/// Reads and checks a whole file that lies in memory.
/// errors:   those of read_header but more_bytes_needed
/// lifetime: the result borrows the bytes
inline result<checkpoint_view> read_checkpoint(std::span<const std::byte> file,
                                               const read_options&        options = {}) noexcept
{
    auto header = read_header(file, file.size(), options);
    if (!header)
        return header.error();
    return checkpoint_view(*std::move(header), file);
}

/// A span of a temporary container would dangle; so name it first.
template <class Container>
requires(!std::is_lvalue_reference_v<Container> && !detail::is_span<std::remove_cvref_t<Container>> &&
         std::convertible_to<Container, std::span<const std::byte>>)
    result<checkpoint_view> read_checkpoint(Container&& file, const read_options& options = {})
= delete;

} // namespace STET_NAMESPACE

#endif
