// SPDX-License-Identifier: MIT
#include "layer_tensors.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE bool layer_tensors::fail(std::string_view what, std::string_view how) noexcept
{
    problem_ = error{.code = errc::unreadable_layer}.with(what, how).about(layer_.name);
    return false;
}

/// A companion by the name that the format gives it, or under which it is stored.
STET_INLINE bool layer_tensors::take(tensor_view& to, std::string_view name, bool is_required) noexcept
{
    for (const quantised::companion& one : layer_.companions) {
        if (one.name == name || (one.meaning != nullptr && one.meaning->name == name)) {
            to = tensors_[one.position].tensor;
            return is_sound(to, name);
        }
    }
    return !is_required || fail(name, "is missing");
}

/// Whether there are bytes to read, as many as its shape says.
STET_INLINE bool layer_tensors::is_sound(const tensor_view& tensor, std::string_view name) noexcept
{
    const bool has_bytes = tensor.data != nullptr || tensor.size == 0;
    return (!is_sub_byte(tensor.type) && has_bytes && tensor.soundness()) || fail(name, "is no sound tensor");
}

STET_INLINE bool layer_tensors::is_float(const tensor_view& tensor, std::string_view name) noexcept
{
    constexpr quantised::dtype_set floats{dtype::f32, dtype::f16, dtype::bf16, dtype::f64};
    return floats.contains(tensor.type) || fail(name, "has a dtype that is none of a scale");
}

STET_INLINE bool layer_tensors::is_one_byte(const tensor_view& tensor, std::string_view name) noexcept
{
    return bit_width(tensor.type) == 8 || fail(name, "has a dtype that is none of its codes");
}

/// Whether the tensor has as many elements as the factors make.
STET_INLINE bool layer_tensors::has_count(const tensor_view& tensor, std::string_view name,
                                          std::initializer_list<std::uint64_t> factors) noexcept
{
    std::uint64_t wanted = 1;
    for (const std::uint64_t factor : factors) {
        if (factor != 0 && wanted > UINT64_MAX / factor)
            return fails_to_fit(name);
        wanted *= factor;
    }
    return count_of(tensor) == wanted || fails_to_fit(name);
}

STET_INLINE bool layer_tensors::take_weight_of_layer(tensor_view& to) noexcept
{
    if (layer_.weight == quantised::no_tensor)
        return fail("weight", "is missing");
    to = tensors_[layer_.weight].tensor;
    return is_sound(to, "weight");
}

} // namespace STET_NAMESPACE::detail
