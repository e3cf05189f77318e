// SPDX-License-Identifier: MIT
// What a strided tensor means, spelled out index by index.
#ifndef STET_TESTS_SUPPORT_NAIVE_TENSOR_HPP
#define STET_TESTS_SUPPORT_NAIVE_TENSOR_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

struct naive_tensor {
    std::vector<std::uint64_t> shape{};
    std::vector<std::int64_t>  strides{};  ///< elements
    std::int64_t               offset = 0; ///< elements

    static naive_tensor packed(std::vector<std::uint64_t> shape)
    {
        naive_tensor tensor{.shape = std::move(shape)};
        tensor.strides.resize(tensor.shape.size());
        std::int64_t step = 1;
        for (std::size_t axis = tensor.shape.size(); axis-- > 0;) {
            tensor.strides[axis] = step;
            step *= static_cast<std::int64_t>(tensor.shape[axis]);
        }
        return tensor;
    }

    void transpose(std::size_t first, std::size_t second)
    {
        std::swap(shape[first], shape[second]);
        std::swap(strides[first], strides[second]);
    }

    void slice(std::size_t axis, std::uint64_t begin, std::uint64_t end)
    {
        offset += static_cast<std::int64_t>(begin) * strides[axis];
        shape[axis] = end - begin;
    }

    /// The place in the storage of each element, in row-major order.
    std::vector<std::int64_t> places() const
    {
        std::vector<std::int64_t> all{offset};
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
            std::vector<std::int64_t> finer;
            for (const std::int64_t place : all) {
                for (std::uint64_t i = 0; i < shape[axis]; ++i)
                    finer.push_back(place + static_cast<std::int64_t>(i) * strides[axis]);
            }
            all = std::move(finer);
        }
        return all;
    }

    /// The bytes of all elements, those of each reversed in groups of `swapped`; 1 for as they are.
    std::string bytes(std::string_view storage, std::size_t width, std::size_t swapped = 1) const
    {
        std::string all;
        for (const std::int64_t place : places()) {
            std::string element(storage.substr(static_cast<std::size_t>(place) * width, width));
            for (std::size_t i = 0; i < width; i += swapped)
                std::reverse(element.begin() + static_cast<std::ptrdiff_t>(i),
                             element.begin() + static_cast<std::ptrdiff_t>(i + swapped));
            all += element;
        }
        return all;
    }
};

/// Bytes that differ from their neighbours at every distance a test uses.
inline std::string numbered_bytes(std::size_t count)
{
    std::string all(count, '\0');
    for (std::size_t i = 0; i < count; ++i)
        all[i] = static_cast<char>((i * 167 + i / 251 * 91) % 256);
    return all;
}

} // namespace support

#endif
