// SPDX-License-Identifier: MIT
#ifndef STET_QUANTISED_IMPL_LAYER_TENSORS_HPP
#define STET_QUANTISED_IMPL_LAYER_TENSORS_HPP

#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/borrowed.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/error.hpp"
#include "../layer.hpp"
#include "layer_set.hpp"

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// How many numbers a tensor has whose shape was found sound.
inline std::uint64_t count_of(const tensor_view& tensor) noexcept
{
    return tensor.size / element_size(tensor.type);
}

/// The tensors of one layer, as they are asked for by name. What is false has been remembered as the problem.
class layer_tensors {
public:
    layer_tensors(const quantised::layer& layer, array_view<const quantised::named_tensor> tensors) noexcept
        : layer_(layer), tensors_(tensors)
    {
    }

    const quantised::layer& layer() const noexcept { return layer_; }

    /// unreadable_layer with what is at fault; a code of 0 before there is a problem.
    const error& problem() const noexcept { return problem_; }

    /// Always false.
    bool fail(std::string_view what, std::string_view how) noexcept;
    bool fails_to_fit(std::string_view name) noexcept
    {
        return fail(name, "has another shape than its weight needs");
    }

    /// Takes the weight, or a companion by the name that the format gives it, or under which it is stored.
    bool take_weight_of_layer(tensor_view& to) noexcept;
    bool take(tensor_view& to, std::string_view name, bool is_required = true) noexcept;

    /// Whether a tensor of that name has elements of such a type, or exactly as many as the factors make.
    bool is_float(const tensor_view& tensor, std::string_view name) noexcept;
    bool is_one_byte(const tensor_view& tensor, std::string_view name) noexcept;
    bool has_count(const tensor_view& tensor, std::string_view name,
                   std::initializer_list<std::uint64_t> factors) noexcept;

private:
    bool is_sound(const tensor_view& tensor, std::string_view name) noexcept;

    const quantised::layer&                   layer_;
    array_view<const quantised::named_tensor> tensors_;
    error                                     problem_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "layer_tensors.ipp"
#endif

#endif
