// SPDX-License-Identifier: MIT
// Tensors as the recorded ComfyUI data writes them: `{name, dtype, shape, data}`, or with strides over a storage.
#ifndef STET_TESTS_SUPPORT_GOLDEN_TENSOR_HPP
#define STET_TESTS_SUPPORT_GOLDEN_TENSOR_HPP

#include "support/json.hpp"

#include <stet/state/state_dict.hpp>
#include <stet/tensor/strided.hpp>
#include <stet/tensor/tensor_like.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// A named tensor with bytes of its own.
struct golden_tensor {
    std::string                name{};
    stet::dtype                type = stet::dtype::u8;
    std::vector<std::uint64_t> shape{};
    std::vector<std::int64_t>  strides{};  ///< empty: packed
    std::uint64_t              offset = 0; ///< elements
    std::vector<std::byte>     bytes{};    ///< packed, or the storage the strides run over
    std::string                sha256{};   ///< instead of the bytes, of a large output
};

using golden_dict = std::vector<golden_tensor>;

inline std::optional<std::vector<std::byte>> from_hex(std::string_view digits)
{
    const auto value = [](char c) -> int {
        if (c >= '0' && c <= '9')
            return c - '0';
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    std::vector<std::byte> bytes;
    if (digits.size() % 2 != 0)
        return std::nullopt;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = value(digits[i]);
        const int low = value(digits[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return bytes;
}

inline std::optional<golden_tensor> parse_golden_tensor(const json_value& from)
{
    const json_value* const name = from.find("name");
    const json_value* const type = from.find("dtype");
    const json_value* const shape = from.find("shape");
    if (name == nullptr || name->string() == nullptr || type == nullptr || type->string() == nullptr ||
        shape == nullptr || shape->elements() == nullptr || !stet::dtype_named(*type->string()))
        return std::nullopt;
    golden_tensor tensor{.name = *name->string(), .type = *stet::dtype_named(*type->string())};
    for (const json_value& axis : *shape->elements()) {
        if (!axis.integer())
            return std::nullopt;
        tensor.shape.push_back(*axis.integer());
    }
    if (const json_value* const hash = from.find("sha256")) {
        if (hash->string() == nullptr)
            return std::nullopt;
        tensor.sha256 = *hash->string();
        return tensor;
    }
    const json_value* const strides = from.find("strides");
    const json_value* const data = from.find(strides == nullptr ? "data" : "storage");
    if (data == nullptr || data->string() == nullptr)
        return std::nullopt;
    auto bytes = from_hex(*data->string());
    if (!bytes)
        return std::nullopt;
    tensor.bytes = *std::move(bytes);
    if (strides == nullptr)
        return tensor;
    const json_value* const offset = from.find("offset");
    if (strides->elements() == nullptr || offset == nullptr || !offset->integer())
        return std::nullopt;
    tensor.offset = *offset->integer();
    for (const json_value& step : *strides->elements()) {
        if (!step.signed_integer())
            return std::nullopt;
        tensor.strides.push_back(*step.signed_integer());
    }
    return tensor;
}

/// A list of tensors; nothing when one cannot be understood.
inline std::optional<golden_dict> parse_golden_dict(const json_value* from)
{
    if (from == nullptr || from->elements() == nullptr)
        return std::nullopt;
    golden_dict dict;
    for (const json_value& one : *from->elements()) {
        auto tensor = parse_golden_tensor(one);
        if (!tensor)
            return std::nullopt;
        dict.push_back(*std::move(tensor));
    }
    return dict;
}

} // namespace support

template <>
struct stet::entry_traits<support::golden_tensor> {
    static std::string_view name(const support::golden_tensor& entry) noexcept { return entry.name; }
    static const support::golden_tensor& tensor(const support::golden_tensor& entry) noexcept
    {
        return entry;
    }
};

template <>
struct stet::tensor_traits<support::golden_tensor> {
    static result<tensor_view> view(const support::golden_tensor& tensor) noexcept
    {
        const stet::bytes bytes(tensor.bytes);
        if (tensor.strides.size() == tensor.shape.size() && !tensor.strides.empty())
            return strided_view(tensor.type, tensor.shape, tensor.strides, bytes, tensor.offset);
        return view_of(tensor.type, tensor.shape, bytes);
    }
};

#endif
