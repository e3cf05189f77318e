// SPDX-License-Identifier: MIT
#include "../../tensor/impl/float_rules.hpp"
#include "../../tensor/sizes.hpp"
#include "../../tensor/views.hpp"
#include "torch_concat.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE element_value read_element(dtype type, const std::byte* from) noexcept
{
    const auto integer = [](std::int64_t value) {
        return element_value{.is_integer = true, .integer = value};
    };
    const auto real = [](double value) { return element_value{.real = value}; };
    if (type == dtype::f32)
        return real(static_cast<double>(read_scalar<float>(from)));
    if (type == dtype::f64)
        return real(read_scalar<double>(from));
    if (type == dtype::f16)
        return real(static_cast<double>(float_from_code<f16_format>(read_scalar<std::uint16_t>(from))));
    if (type == dtype::bf16)
        return real(static_cast<double>(float_from_code<bf16_format>(read_scalar<std::uint16_t>(from))));
    if (type == dtype::i64)
        return integer(read_scalar<std::int64_t>(from));
    if (type == dtype::i32)
        return integer(read_scalar<std::int32_t>(from));
    if (type == dtype::i16)
        return integer(read_scalar<std::int16_t>(from));
    if (type == dtype::i8)
        return integer(read_scalar<std::int8_t>(from));
    return integer(read_scalar<std::uint8_t>(from)); // u8, boolean
}

STET_INLINE std::int64_t integer_of(double real) noexcept
{
    constexpr double bound = 9223372036854775808.0;
    return real >= -bound && real < bound ? static_cast<std::int64_t>(real) : INT64_MIN;
}

STET_INLINE void write_element(dtype type, const element_value& value, std::byte* to) noexcept
{
    const double real = value.is_integer ? static_cast<double>(value.integer) : value.real;
    const float  single =
        value.is_integer ? static_cast<float>(value.integer) : static_cast<float>(value.real);
    if (type == dtype::f64)
        return write_scalar(real, to);
    if (type == dtype::f32)
        return write_scalar(single, to);
    if (type == dtype::f16)
        return write_scalar(static_cast<std::uint16_t>(code_from_float<f16_format>(single)), to);
    if (type == dtype::bf16)
        return write_scalar(static_cast<std::uint16_t>(code_from_float<bf16_format>(single)), to);
    if (type == dtype::boolean)
        return write_scalar(static_cast<std::uint8_t>(!(real >= 0 && real <= 0)), to); // a NaN is true
    const std::int64_t integer = value.is_integer ? value.integer : integer_of(value.real);
    if (type == dtype::i64)
        return write_scalar(integer, to);
    if (type == dtype::i32)
        return write_scalar(static_cast<std::int32_t>(integer), to);
    if (type == dtype::i16)
        return write_scalar(static_cast<std::int16_t>(integer), to);
    write_scalar(static_cast<std::uint8_t>(integer), to); // i8, u8
}

STET_INLINE converting_sink::converting_sink(dtype from, dtype to, sink_ref destination) noexcept
    : from_(from), to_(to), destination_(destination)
{
}

STET_INLINE result<void> converting_sink::write(bytes data)
{
    const std::size_t width = element_size(from_);
    for (const std::byte one : data) {
        element_[have_++] = one;
        if (have_ < width)
            continue;
        have_ = 0;
        if (auto converted = convert(width); !converted)
            return converted;
    }
    return {};
}

STET_INLINE result<void> converting_sink::convert(std::size_t width)
{
    std::array<std::byte, 8> result_bytes{};
    std::array<std::byte, 8> native = element_;
    const std::size_t        result_width = element_size(to_);
    reverse_on_big_endian(native, width);
    write_element(to_, read_element(from_, native.data()), result_bytes.data());
    reverse_on_big_endian(result_bytes, result_width);
    return destination_.write(bytes(result_bytes.data(), result_width));
}

STET_INLINE void converting_sink::reverse_on_big_endian([[maybe_unused]] std::array<std::byte, 8>& element,
                                                        [[maybe_unused]] std::size_t width) noexcept
{
    if constexpr (std::endian::native == std::endian::big) {
        for (std::size_t i = 0; i < width / 2; ++i)
            std::swap(element[i], element[width - 1 - i]);
    }
}

STET_INLINE result<tensor_view> broadcast(const tensor_view& tensor, const extents& shape) noexcept
{
    auto walked = with_strides(tensor);
    if (!walked)
        return walked;
    tensor_view                         view = *walked;
    std::array<std::int64_t, kept_axes> strides{};
    std::size_t                         from = tensor.shape.size();
    for (std::size_t to = shape.size(); to-- > 0;) {
        if (from == 0)
            continue;
        --from;
        if (tensor.shape[from] == shape[to])
            strides[to] = walked->strides[from];
        else if (tensor.shape[from] != 1)
            return error{.code = errc::stack_mismatch};
    }
    while (from-- > 0) {
        if (tensor.shape[from] != 1)
            return error{.code = errc::stack_mismatch};
    }
    const auto size = byte_count(tensor.type, shape);
    if (!size)
        return size.error();
    view.shape = shape;
    view.strides = stet::strides(array_view<const std::int64_t>(strides.data(), shape.size()));
    view.size = *size;
    return without_needless_strides(view);
}

STET_INLINE result<torch_concat> torch_concat::of(const std::array<tensor_view, 3>& parts) noexcept
{
    torch_concat  joined;
    std::uint64_t rows = 0;
    for (const tensor_view& part : parts) {
        if (part.shape.empty())
            return error{.code = errc::stack_of_scalars};
        if (part.shape[0] > UINT64_MAX - rows)
            return error{.code = errc::tensor_size_overflow};
        rows += part.shape[0];
    }
    const extents& first = parts[0].shape;
    if (first.size() > kept_axes)
        return error{.code = errc::too_many_axes, .expected = kept_axes, .actual = first.size()};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool converts = parts[i].type != parts[0].type;
        if (converts && !(detail::is_convertible(parts[i].type) && detail::is_convertible(parts[0].type)))
            return error{.code = errc::stack_mismatch, .actual = i};
        auto part = detail::broadcast(parts[i], first.with(0, parts[i].shape[0]));
        if (!part)
            return part.error();
        joined.parts_[i] = *part;
    }
    joined.shape_ = first.with(0, rows);
    const auto size = byte_count(parts[0].type, joined.shape_);
    if (!size)
        return size.error();
    joined.size_ = *size;
    return joined;
}

STET_INLINE tensor_view torch_concat::view() const& noexcept
{
    return {.type = parts_[0].type, .shape = shape_, .size = size_, .data = this, .pour = pour_parts};
}

STET_INLINE result<void> torch_concat::pour_parts(const tensor_view& tensor, sink_ref destination)
{
    const auto& joined = *static_cast<const torch_concat*>(tensor.data);
    for (const tensor_view& part : joined.parts_) {
        detail::converting_sink converting(part.type, tensor.type, destination);
        const bool              converts = part.type != tensor.type;
        auto                    poured = converts ? pour(part, converting) : pour(part, destination);
        if (!poured)
            return poured;
    }
    return {};
}

} // namespace STET_NAMESPACE::detail
