// SPDX-License-Identifier: MIT
#ifndef STET_READ_FILE_TENSOR_HPP
#define STET_READ_FILE_TENSOR_HPP

#include "../tensor/numbers.hpp"
#include "../tensor/tensor_like.hpp"
#include "../tensor/tensor_view.hpp"
#include "../vocabulary/allocator.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"

#include <span>
#include <string_view>

namespace STET_NAMESPACE {

/// A tensor of a file under its name: it can be read as numbers, saved again, sliced or transposed.
/// lifetime: borrows the file's bytes or the reader, and the header
struct file_tensor : tensor_view {
    std::string_view name{};

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

    template <number Number>
    result<void> to(std::span<Number> numbers) const
    {
        return *this ? (*this)->to(numbers) : result<void>(this->error());
    }
};

template <>
struct tensor_traits<found_tensor> {
    static result<tensor_view> view(const found_tensor& found) noexcept
    {
        return found ? result<tensor_view>(*found) : result<tensor_view>(found.error());
    }
};

/// A tensor under its name, as a state dict has it: a file that was read can be saved, split and walked like any other
/// dict. `for (const auto& [name, tensor] : file)`
struct file_entry {
    std::string_view name;
    file_tensor      tensor;
};

} // namespace STET_NAMESPACE

#endif
