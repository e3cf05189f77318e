// SPDX-License-Identifier: MIT
// A tensor that is made of two while it is written, piece by piece.
#ifndef EXAMPLE_MERGED_TENSOR_HPP
#define EXAMPLE_MERGED_TENSOR_HPP

#include "checkpoint_file.hpp"

#include <stet/stet.hpp>
#include <stet/tensor/half.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace example {

inline bool is_merged_type(stet::dtype type)
{
    return type == stet::dtype::f32 || type == stet::dtype::f16 || type == stet::dtype::bf16;
}

inline std::uint32_t bits_at(const std::byte* from, std::size_t width)
{
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < width; ++i)
        bits |= std::to_integer<std::uint32_t>(from[i]) << (8 * i);
    return bits;
}

inline void put_bits(std::byte* to, std::size_t width, std::uint32_t bits)
{
    for (std::size_t i = 0; i < width; ++i)
        to[i] = static_cast<std::byte>(bits >> (8 * i) & 0xFFU);
}

template <class Convert>
void decode_each(std::span<const std::byte> from, std::span<float> to, std::size_t width, Convert convert)
{
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = convert(bits_at(from.data() + i * width, width));
}

inline void decode(stet::dtype type, std::span<const std::byte> from, std::span<float> to)
{
    if (type == stet::dtype::f32)
        decode_each(from, to, 4, [](std::uint32_t bits) { return std::bit_cast<float>(bits); });
    else if (type == stet::dtype::bf16)
        decode_each(from, to, 2, [](std::uint32_t bits) { return std::bit_cast<float>(bits << 16U); });
    else
        decode_each(from, to, 2, [](std::uint32_t bits) {
            return stet::float_from_f16(static_cast<std::uint16_t>(bits));
        });
}

inline void encode(stet::dtype type, std::span<const float> from, std::span<std::byte> to)
{
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (type == stet::dtype::f32)
            put_bits(to.data() + i * 4, 4, std::bit_cast<std::uint32_t>(from[i]));
        else if (type == stet::dtype::bf16)
            put_bits(to.data() + i * 2, 2, stet::bf16_from_float(from[i]));
        else
            put_bits(to.data() + i * 2, 2, stet::f16_from_float(from[i]));
    }
}

/// Memory that all tensors share, since one is written after the other.
struct workplace {
    static constexpr std::size_t elements = block_size / sizeof(float);

    std::vector<std::byte> first = std::vector<std::byte>(block_size);
    std::vector<std::byte> second = std::vector<std::byte>(block_size);
    std::vector<float>     first_numbers = std::vector<float>(elements);
    std::vector<float>     second_numbers = std::vector<float>(elements);
    std::vector<std::string_view>
        differing{}; ///< tensors taken from the first file that the second has otherwise
};

enum class treatment { merge, take_first, take_second, compare };

struct merged_tensor {
    const file_tensor* first = nullptr;
    const file_tensor* second = nullptr; ///< null when only the first file has it
    double             ratio = 1;
    treatment          how = treatment::take_first;
    workplace*         work = nullptr;

    stet::result<void> write(stet::sink_ref destination) const
    {
        if (how == treatment::take_first)
            return first->write(destination);
        if (how == treatment::take_second)
            return second->write(destination);
        return how == treatment::merge ? write_mean(destination) : write_compared(destination);
    }

private:
    stet::result<void> write_mean(stet::sink_ref destination) const
    {
        const std::size_t   width = stet::element_size(first->stored.type);
        const std::uint64_t total = first->stored.size() / width;
        for (std::uint64_t at = 0; at < total; at += workplace::elements) {
            const auto count =
                static_cast<std::size_t>(std::min<std::uint64_t>(workplace::elements, total - at));
            const auto a = std::span(work->first_numbers).first(count);
            const auto b = std::span(work->second_numbers).first(count);
            if (auto read = read_numbers(*first, at, work->first, a); !read)
                return read;
            if (auto read = read_numbers(*second, at, work->second, b); !read)
                return read;
            mix(a, b);
            const auto piece = std::span(work->first).first(count * width);
            encode(first->stored.type, a, piece);
            if (auto written = destination.write(piece); !written)
                return written;
        }
        return {};
    }

    static stet::result<void> read_numbers(const file_tensor& from, std::uint64_t at,
                                           std::vector<std::byte>& block, std::span<float> numbers)
    {
        const std::size_t width = stet::element_size(from.stored.type);
        const auto        piece = std::span(block).first(numbers.size() * width);
        if (auto read = from.file->read(from.stored, {.offset = at * width, .size = piece.size()}, piece);
            !read)
            return read;
        decode(from.stored.type, piece, numbers);
        return {};
    }

    void mix(std::span<float> a, std::span<const float> b) const
    {
        const auto of_first = static_cast<float>(ratio);
        const auto of_second = static_cast<float>(1 - ratio);
        if (ratio <= 0) { // what the first holds does not matter, were it infinite
            std::copy(b.begin(), b.end(), a.begin());
            return;
        }
        for (std::size_t i = 0; i < a.size(); ++i) {
            const float from_first = a[i] * of_first;
            const float from_second = b[i] * of_second;
            a[i] = from_first + from_second;
        }
    }

    /// The first file's bytes; notes if the second file's are others.
    stet::result<void> write_compared(stet::sink_ref destination) const
    {
        bool                equal = first->stored.type == second->stored.type;
        const std::uint64_t size = first->stored.size();
        for (std::uint64_t at = 0; at < size; at += block_size) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(block_size, size - at));
            const auto a = std::span(work->first).first(count);
            const auto b = std::span(work->second).first(count);
            if (auto read = first->file->read(first->stored, {.offset = at, .size = count}, a); !read)
                return read;
            if (equal) {
                if (auto read = second->file->read(second->stored, {.offset = at, .size = count}, b); !read)
                    return read;
                equal = std::equal(a.begin(), a.end(), b.begin());
            }
            if (auto written = destination.write(a); !written)
                return written;
        }
        if (!equal)
            work->differing.push_back(first->stored.name);
        return {};
    }
};

} // namespace example

template <>
struct stet::tensor_traits<example::merged_tensor> {
    static stet::result<stet::tensor_view> view(const example::merged_tensor& tensor) noexcept
    {
        const stet::stored_tensor& stored = tensor.first->stored;
        return stet::produced_view(
            stored.type, stored.shape, tensor,
            [](const example::merged_tensor& t, stet::sink_ref to) { return t.write(to); });
    }
};

#endif
