// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_SCALE_ARRAY_HPP
#define STET_QUANTISED_IMPL_SCALE_ARRAY_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// A small tensor beside a layer's codes, read at any index: scales, zero points, tables.
/// lifetime: borrows the bytes of a packed tensor, has those of any other
class scale_array {
public:
    explicit scale_array(const allocator& memory = heap()) noexcept : own_(memory) {}

    /// type: what its bytes are read as, whatever the tensor calls them
    /// errors: out_of_memory; those of pour
    static result<scale_array> of(const tensor_view& tensor, dtype type, const allocator& memory);

    std::uint64_t size() const noexcept { return size_; }
    bool          empty() const noexcept { return size_ == 0; }

    /// The number at an index, widened or rounded to a float. Not for codes of E8M0, which are read by code().
    float operator[](std::uint64_t index) const noexcept;

    /// The byte at an index, of types of one byte.
    std::uint8_t code(std::uint64_t index) const noexcept
    {
        return std::to_integer<std::uint8_t>(first()[memory_size(index)]);
    }

private:
    const std::byte* first() const noexcept
    {
        return own_.empty() ? borrowed_ : reinterpret_cast<const std::byte*>(own_.data());
    }

    dtype               type_ = dtype::f32;
    std::uint64_t       size_ = 0;
    const std::byte*    borrowed_ = nullptr;
    growing_array<char> own_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "scale_array.ipp"
#endif

#endif
