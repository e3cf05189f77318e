// SPDX-License-Identifier: MIT
// DLPack's tensors: what PyTorch, JAX, NumPy, CuPy and TVM exchange. Includes nothing of DLPack.
#ifndef STET_INTEROP_DLPACK_HPP
#define STET_INTEROP_DLPACK_HPP

#include "../tensor/tensor_like.hpp"
#include "../tensor/views.hpp"
#include "impl/dlpack_fields.hpp"

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

/// DLTensor.
template <class Tensor>
concept dlpack_tensor = requires(const Tensor& t) {
    {
        t.data
    } -> std::convertible_to<const void*>;
    {
        t.shape
    } -> std::convertible_to<const std::int64_t*>;
    {
        t.strides
    } -> std::convertible_to<const std::int64_t*>;
    {
        t.byte_offset
    } -> std::convertible_to<std::uint64_t>;
    t.ndim;
    t.device.device_type;
    t.dtype.code;
    t.dtype.bits;
    t.dtype.lanes;
};

/// DLManagedTensor, DLManagedTensorVersioned.
template <class Managed>
concept managed_dlpack = requires(Managed& m) {
    requires dlpack_tensor<decltype(m.dl_tensor)>;
    m.manager_ctx;
    m.deleter(&m);
};

template <dlpack_tensor Tensor>
constexpr dlpack_fields fields_of(const Tensor& tensor) noexcept
{
    return {.data = tensor.data,
            .shape = tensor.shape,
            .strides = tensor.strides,
            .byte_offset = tensor.byte_offset,
            .rank = static_cast<int>(tensor.ndim),
            .device = static_cast<int>(tensor.device.device_type),
            .code = tensor.dtype.code,
            .bits = tensor.dtype.bits,
            .lanes = tensor.dtype.lanes};
}

} // namespace detail

/// Views a DLTensor in the processor's memory. Lanes are a last axis; of 4- and 6-bit elements they belong to the last
/// axis there is, as PyTorch packs them.
/// errors:   device_memory for a tensor on a device, see produced_dlpack; unknown_element_type; irregular_layout for
///           4- and 6-bit elements with strides of their own; those of view_of and strided_view
/// lifetime: borrows the bytes; of more than eight axes, the shape and the strides too
template <detail::dlpack_tensor Tensor>
struct tensor_traits<Tensor> {
    static result<tensor_view> view(const Tensor& tensor) noexcept
    {
        return detail::dlpack_view_of(detail::fields_of(tensor));
    }
};

/// Views what a managed tensor manages; it stays its owner's. A dict of `DLManagedTensor*` is a state dict.
/// errors:   those of a DLTensor
/// lifetime: borrows the managed tensor
template <detail::managed_dlpack Managed>
struct tensor_traits<Managed> {
    static result<tensor_view> view(const Managed& managed) noexcept
    {
        if constexpr (requires { managed.version.major; }) {
            // A newer major version may lay the fields out anew; the third flag says that 4- and 6-bit elements take a
            // byte each.
            if (managed.version.major != 1)
                return error{.code = errc::irregular_layout};
            if ((managed.flags & 4U) != 0 && managed.dl_tensor.dtype.bits < 8)
                return error{.code = errc::irregular_layout};
        }
        return tensor_traits<std::remove_cvref_t<decltype(managed.dl_tensor)>>::view(managed.dl_tensor);
    }
};

/// Views a DLTensor wherever it lies: in the processor's memory by itself, on a device by the caller's function.
/// read_back: as for produced_view; writes the elements packed and row-major, whatever the tensor's strides
/// errors:    those of tensor_traits, but device_memory
/// lifetime:  borrows the tensor
template <detail::dlpack_tensor Tensor, detail::producer_of<Tensor> ReadBack>
result<tensor_view> produced_dlpack(const Tensor& tensor, ReadBack read_back) noexcept
{
    const auto fields = detail::fields_of(tensor);
    if (detail::is_host_memory(fields.device))
        return detail::dlpack_view_of(fields);
    const auto described = detail::described(fields);
    return described ? produced_view(described->type, described->shape, tensor, read_back) : described;
}

template <detail::dlpack_tensor Tensor, detail::producer_of<Tensor> ReadBack>
result<tensor_view> produced_dlpack(const Tensor&& temporary, ReadBack read_back) = delete;

/// Owns a managed tensor, as its consumer does: calls its deleter once. A dict of these is a state dict.
template <detail::managed_dlpack Managed>
class owned_dlpack {
public:
    owned_dlpack() noexcept = default;
    /// Takes the tensor over; null owns nothing.
    explicit owned_dlpack(Managed* managed) noexcept : managed_(managed) {}
    owned_dlpack(owned_dlpack&& other) noexcept : managed_(std::exchange(other.managed_, nullptr)) {}
    owned_dlpack& operator=(owned_dlpack&& other) noexcept
    {
        std::swap(managed_, other.managed_);
        return *this;
    }
    owned_dlpack(const owned_dlpack&) = delete;
    owned_dlpack& operator=(const owned_dlpack&) = delete;
    ~owned_dlpack()
    {
        if (managed_ != nullptr && managed_->deleter != nullptr)
            managed_->deleter(managed_);
    }

    /// The tensor, which stays owned.
    Managed* get() const noexcept { return managed_; }

private:
    Managed* managed_ = nullptr;
};

/// errors: missing_tensor when it owns nothing
template <detail::managed_dlpack Managed>
struct tensor_traits<owned_dlpack<Managed>> {
    static result<tensor_view> view(const owned_dlpack<Managed>& owner) noexcept
    {
        return tensor_traits<Managed*>::view(owner.get());
    }
};

} // namespace STET_NAMESPACE

#endif
