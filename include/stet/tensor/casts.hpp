// SPDX-License-Identifier: MIT
#ifndef STET_TENSOR_CASTS_HPP
#define STET_TENSOR_CASTS_HPP

#include "../sink/sink.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "dtype.hpp"
#include "half.hpp"
#include "impl/scalar_words.hpp"
#include "tensor_like.hpp"
#include "tensor_view.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace STET_NAMESPACE::casts {

/// What a cast met on its way.
struct counts {
    std::uint64_t clipped = 0; ///< finite numbers too large for the target, now its largest, infinite or NaN
    std::uint64_t not_finite = 0; ///< infinities and NaNs of the source

    friend bool operator==(const counts&, const counts&) = default;
};

/// Casts elements as torch does, to the bit: nearest, ties to even, and from F64 to what is narrower than F32 through
/// F32. Where torch's own answer to a NaN depends on the processor, it stays one with its sign and nothing else: F16
/// 7E00, BF16 7FC0, F32 7FC00000, F64 7FF8000000000000. From BF16 to F32 and to their own type elements keep all bits.
/// source:  packed and little-endian, at any address
/// target:  room for exactly as many elements, likewise; does not overlap the source
/// beyond:  of F8_E4M3
/// returns: what it met; nothing where elements keep their type
/// errors:  not_convertible where a dtype is not cast; tensor_size_mismatch
/// as in:   torch 2.15
result<counts> convert(dtype from, bytes source, dtype to, std::span<std::byte> target,
                       too_large beyond = too_large::saturates) noexcept;

/// Writes a tensor of any kind to the sink with its elements cast, in pieces: it is never whole in memory.
/// returns: what the cast met
/// errors:  not_convertible; those of soundness and pour
result<counts> pour(const tensor_view& tensor, dtype to, sink_ref destination,
                    too_large beyond = too_large::saturates);

/// Reads a tensor straight into the caller's memory, packed and little-endian: cast, or as it is where the dtype is its
/// own, whatever that is.
/// memory:  exactly as many bytes as the elements need
/// returns: what the cast met
/// errors:  not_convertible; tensor_size_mismatch; those of soundness and pour. Some of it may have been written then
result<counts> load_into(const tensor_view& tensor, dtype as, std::span<std::byte> memory,
                         too_large beyond = too_large::saturates);

/// The same, as elements of the caller's type in the order of bytes of this machine: `load_into(file["w"], weights)`.
/// Integers become floats by to_numbers.
/// elements: as many as the tensor has
/// errors:   those above; those of the tensor's tensor_traits
template <tensor_like Tensor, detail::kept_scalar_range Range>
result<counts> load_into(const Tensor& tensor, Range&& elements, too_large beyond = too_large::saturates)
{
    using element = std::remove_pointer_t<decltype(std::data(elements))>;
    static_assert(!std::is_const_v<element>, "stet: a tensor is loaded into elements that can be written");
    const auto seen = tensor_traits<Tensor>::view(tensor);
    if (!seen)
        return seen.error();
    const std::span<std::byte> memory(reinterpret_cast<std::byte*>(std::data(elements)),
                                      std::size(elements) * sizeof(element));
    auto                       loaded = load_into(*seen, dtype_of<element>, memory, beyond);
    if constexpr (std::endian::native == std::endian::big) {
        if (loaded)
            detail::swap_scalars(memory.data(), memory.size(), detail::swapped_width(dtype_of<element>));
    }
    return loaded;
}

/// A tensor seen as one of another dtype: it is cast while it is written, a block at a time, and can stand in a state
/// dict like any tensor. `dict["w"] = casts::view(tensor, dtype::bf16);`
/// errors:   of its tensor_traits: those of the tensor; not_convertible
/// lifetime: borrows what the tensor borrows; must itself stay where it is while it is saved
class view {
public:
    /// Any tensor, to be written as `to`.
    template <detail::kept_tensor Tensor>
    requires tensor_like<std::remove_cvref_t<Tensor>>
    view(Tensor&& tensor, dtype to, too_large beyond = too_large::saturates)
        : tensor_(tensor_traits<std::remove_cvref_t<Tensor>>::view(tensor)), to_(to), beyond_(beyond)
    {
    }

    /// The tensor as it will be written.
    /// errors: those above
    result<tensor_view> as_tensor() const noexcept STET_LIFETIME_BOUND;

private:
    static result<void> pour_cast(const tensor_view& cast, sink_ref destination);

    result<tensor_view> tensor_;
    dtype               to_;
    too_large           beyond_;
};

} // namespace STET_NAMESPACE::casts

namespace STET_NAMESPACE {

template <>
struct tensor_traits<casts::view> {
    static result<tensor_view> view(const casts::view& tensor) noexcept { return tensor.as_tensor(); }
};

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/casts.ipp"
#endif

#endif
