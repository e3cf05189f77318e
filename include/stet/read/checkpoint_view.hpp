// SPDX-License-Identifier: MIT
#ifndef STET_READ_CHECKPOINT_VIEW_HPP
#define STET_READ_CHECKPOINT_VIEW_HPP

#include "../tensor/numbers.hpp"
#include "../tensor/tensor_like.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "impl/position_iterator.hpp"
#include "read_header.hpp"

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace STET_NAMESPACE {

/// A tensor of a file under its name: it can be read as numbers, saved again, sliced or transposed.
/// lifetime: borrows the file's bytes or the reader, and the header
struct file_tensor : tensor_view {
    std::string_view name{}; ///< as in the file

    /// The elements as numbers of their own: `std::vector<float> w = *tensor.to<float>();`
    /// errors: those of to_numbers, with the name
    template <number Number>
    result<numbers<Number>> to(const allocator& memory = heap()) const
    {
        auto read = to_numbers<Number>(*this, memory);
        return read ? std::move(read) : result<numbers<Number>>(read.error().about(name));
    }

    /// The elements as numbers in the caller's memory, exactly as many as there are.
    template <number Number>
    result<void> to(std::span<Number> numbers) const
    {
        auto read = to_numbers(*this, numbers);
        return read ? read : result<void>(read.error().about(name));
    }
};

template <>
struct tensor_traits<file_tensor> {
    static constexpr bool      borrows = true;
    static result<tensor_view> view(const file_tensor& tensor) noexcept { return tensor; }
};

/// What a file has under a name: the tensor, or no_such_tensor with the name. Put into a state dict it is that tensor,
/// or an error that the save reports.
class found_tensor : public result<file_tensor> {
public:
    using result<file_tensor>::result;

    /// As file_tensor::to.
    /// errors: no_such_tensor; those of to_numbers, with the name
    template <number Number>
    result<numbers<Number>> to(const allocator& memory = heap()) const
    {
        return *this ? (*this)->to<Number>(memory) : result<numbers<Number>>(this->error());
    }

    /// Into the caller's memory, one number an element.
    template <number Number>
    result<void> to(std::span<Number> numbers) const
    {
        return *this ? (*this)->to(numbers) : result<void>(this->error());
    }
};

template <>
struct tensor_traits<found_tensor> {
    static constexpr bool      borrows = true;
    static result<tensor_view> view(const found_tensor& found) noexcept
    {
        return found ? result<tensor_view>(*found) : result<tensor_view>(found.error());
    }
};

/// A tensor under its name, as a state dict has it: a file that was read can be saved, split and walked like any other
/// dict. `for (const auto& [name, tensor] : file)`
struct file_entry {
    std::string_view name;   ///< as in the file
    file_tensor      tensor; ///< its bytes lie in the file
};

/// A whole file in memory: its header, and its tensors where they lie. A range of names and tensors in the order of
/// the data, and a state dict. Made by read_checkpoint.
/// lifetime: borrows the file's bytes
class checkpoint_view {
public:
    using entry = file_entry;
    using iterator = detail::position_iterator<checkpoint_view, entry>;

    /// file: the bytes whose header that is
    checkpoint_view(checkpoint_header header, std::span<const std::byte> file STET_LIFETIME_BOUND) noexcept;

    /// What stands in the header.
    const checkpoint_header& header() const noexcept STET_LIFETIME_BOUND { return header_; }
    std::size_t              size() const noexcept { return header_.size(); }
    bool                     empty() const noexcept { return header_.empty(); }
    iterator                 begin() const noexcept STET_LIFETIME_BOUND { return {*this, 0}; }
    iterator                 end() const noexcept STET_LIFETIME_BOUND { return {*this, size()}; }

    /// The tensor of that name, or no_such_tensor: `file["a.weight"].to<float>()`.
    found_tensor operator[](std::string_view name) const noexcept STET_LIFETIME_BOUND;

    /// The tensor at a position in the order of the data.
    file_tensor operator[](std::size_t position) const noexcept STET_LIFETIME_BOUND
    {
        return tensor(header_[position]);
    }

    /// The tensor of that name, if there is one.
    std::optional<file_tensor> find(std::string_view name) const noexcept STET_LIFETIME_BOUND;

    bool contains(std::string_view name) const noexcept { return header_.contains(name); }

    /// The tensor's bytes, little-endian on every machine.
    std::span<const std::byte> data(const stored_tensor& tensor) const noexcept STET_LIFETIME_BOUND;

    /// The tensor as one that can be saved again, sliced or transposed; nothing is copied.
    /// lifetime: borrows the file's bytes and the header
    file_tensor tensor(const stored_tensor& stored) const noexcept STET_LIFETIME_BOUND;

    /// What the address of the tensor's first byte is a multiple of: a power of two, 4096 at most.
    std::size_t alignment(const stored_tensor& stored) const noexcept;

private:
    friend iterator;

    entry entry_at(std::size_t position) const noexcept;

    checkpoint_header          header_;
    std::span<const std::byte> file_;
};

/// Reads and checks a whole file that lies in memory.
/// errors:   those of read_header but more_bytes_needed
/// lifetime: the result borrows the bytes
result<checkpoint_view> read_checkpoint(std::span<const std::byte> file STET_LIFETIME_BOUND,
                                        const read_options&             options = {}) noexcept;

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
