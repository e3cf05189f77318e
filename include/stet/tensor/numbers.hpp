// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_NUMBERS_HPP
#define STET_TENSOR_NUMBERS_HPP

#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/impl/growing_array.hpp"
#include "../vocabulary/result.hpp"
#include "impl/number_sink.hpp"
#include "tensor_view.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

/// What a tensor's elements are read as: float, double, bool, an integer of up to 64 bits; any other scalar only as
/// it lies in the file, by its own dtype.
template <class Number>
concept number = scalar<Number> && !std::is_const_v<Number>;

/// Numbers that a tensor held, in row-major order. Becomes a std::vector or any container made of two pointers:
/// `std::vector<float> w = *to_numbers<float>(tensor);`
template <number Number>
class numbers {
public:
    /// Made by reading a tensor.
    explicit numbers(detail::growing_array<Number> all) noexcept : all_(std::move(all)) {}

    const Number* begin() const noexcept { return all_.begin(); }
    const Number* end() const noexcept { return all_.end(); }
    const Number* data() const noexcept { return all_.data(); }
    std::size_t   size() const noexcept { return all_.size(); }
    bool          empty() const noexcept { return all_.empty(); }
    const Number& operator[](std::size_t i) const noexcept { return all_[i]; }

    /// As a container of such numbers.
    template <class Container>
    requires std::constructible_from<Container, const Number*, const Number*>
    operator Container() const
    {
        return Container(begin(), end());
    }

private:
    detail::growing_array<Number> all_;
};

/// Reads a tensor's elements as numbers, in row-major order, without losing anything on the way:
/// floating dtypes of whole bytes to float and double exactly, but F64 to the nearest float, ties to even; integers
/// and booleans to every number type that holds the value, floats included. A type's own dtype is copied, so C64 is
/// read as std::complex<float>.
/// to:       exactly as many as the tensor has elements
/// errors:   tensor_size_mismatch; not_convertible with the dtype and what was asked for; value_does_not_fit with the
///           first element that does not, its index in `actual`; those of pour. Numbers before it may have been written
template <number Number>
result<void> to_numbers(const tensor_view& tensor, std::span<Number> to)
{
    detail::number_sink<Number> converting(tensor.type, to.data(), to.size());
    if (!converting.is_possible())
        return detail::conversion_error(tensor.type, dtype_of<Number>);
    if (tensor.size != std::uint64_t{to.size()} * element_size(tensor.type))
        return error{.code = errc::tensor_size_mismatch,
                     .expected = tensor.size / element_size(tensor.type) * sizeof(Number),
                     .actual = std::uint64_t{to.size()} * sizeof(Number)};
    return pour(tensor, converting);
}

/// The same, into memory of its own.
/// errors: those above; out_of_memory
template <number Number>
result<numbers<Number>> to_numbers(const tensor_view& tensor, const allocator& memory = heap())
{
    if (detail::conversions<Number>[static_cast<std::size_t>(tensor.type)] == nullptr)
        return detail::conversion_error(tensor.type, dtype_of<Number>);
    detail::growing_array<Number> all(memory);
    const auto                    count = detail::count_of_elements(tensor, sizeof(Number));
    if (!count || !all.resize(*count))
        return error{.code = errc::out_of_memory, .expected = tensor.size};
    if (auto done = to_numbers(tensor, std::span<Number>(all.data(), all.size())); !done)
        return done.error();
    return numbers<Number>(std::move(all));
}

/// Calls `take(number)` for each element, converted as above, and needs no memory for them.
/// errors: those above
template <number Number, class Take>
result<void> each_number(const tensor_view& tensor, Take take)
{
    detail::passing_sink<Number, Take> passing(tensor.type, take);
    return passing.is_possible() ? pour(tensor, passing)
                                 : result<void>(detail::conversion_error(tensor.type, dtype_of<Number>));
}

} // namespace STET_NAMESPACE

#endif
