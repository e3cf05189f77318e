// SPDX-License-Identifier: MIT
#ifndef STET_READ_CHECKPOINT_VIEW_HPP
#define STET_READ_CHECKPOINT_VIEW_HPP

#include "../tensor/tensor_view.hpp"
#include "../vocabulary/config.hpp"
#include "read_header.hpp"

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

/// A whole file in memory: its header, and its tensors where they lie. Made by read_checkpoint.
/// lifetime: borrows the file's bytes
class checkpoint_view {
public:
    /// file: the bytes whose header that is
    checkpoint_view(checkpoint_header header, std::span<const std::byte> file) noexcept;

    const checkpoint_header& header() const noexcept { return header_; }
    std::size_t              size() const noexcept { return header_.size(); }

    /// The tensor's bytes, little-endian on every machine.
    std::span<const std::byte> data(const stored_tensor& tensor) const noexcept;

    /// The tensor as one that can be saved again, sliced or transposed; nothing is copied.
    /// lifetime: borrows the file's bytes and, of more than eight axes, the header
    tensor_view tensor(const stored_tensor& stored) const noexcept;

    /// The tensor at a position in the order of the data.
    tensor_view operator[](std::size_t position) const noexcept { return tensor(header_[position]); }

    /// The tensor of that name, if there is one.
    std::optional<tensor_view> find(std::string_view name) const noexcept;

    /// What the address of the tensor's first byte is a multiple of: a power of two, 4096 at most.
    std::size_t alignment(const stored_tensor& stored) const noexcept;

    /// A tensor under its name, as a state dict has it: a checkpoint can be saved, split and walked like any other.
    struct entry {
        std::string_view name;
        tensor_view      tensor;
    };

    /// In the order of the data.
    class iterator {
    public:
        iterator(const checkpoint_view& of, std::size_t position) noexcept : of_(&of), position_(position) {}

        entry       operator*() const noexcept;
        iterator&   operator++() noexcept;
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
result<checkpoint_view> read_checkpoint(std::span<const std::byte> file,
                                        const read_options&        options = {}) noexcept;

/// A span of a temporary container would dangle; so name it first.
template <class Container>
requires(!std::is_lvalue_reference_v<Container> && !detail::is_span<std::remove_cvref_t<Container>> &&
         std::convertible_to<Container, std::span<const std::byte>>)
result<checkpoint_view> read_checkpoint(Container&& file, const read_options& options = {}) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/checkpoint_view.ipp"
#endif

#endif
