// SPDX-License-Identifier: MIT
#include "../../tensor/casts.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/words.hpp"
#include "value_words.hpp"

#include <array>
#include <cstring>
#include <span>

namespace STET_NAMESPACE::detail {

/// Casts elements between the two; both are types that are cast, and the sizes fit.
inline void cast_all(dtype from_type, const void* from, std::size_t count, dtype to_type, void* to) noexcept
{
    const bytes source(static_cast<const std::byte*>(from), count * element_size(from_type));
    static_cast<void>(casts::convert(from_type, source, to_type,
                                     {static_cast<std::byte*>(to), count * element_size(to_type)}));
}

STET_INLINE void floats_from(dtype type, const std::byte* from, std::size_t count, float* to) noexcept
{
    if constexpr (std::endian::native == std::endian::little) {
        cast_all(type, from, count, dtype::f32, to);
    } else {
        const std::size_t width = element_size(type);
        for (std::size_t i = 0; i < count; ++i)
            to[i] = value_of(type, static_cast<std::uint32_t>(load_word(from + i * width, width)));
    }
}

STET_INLINE void words_from(const float* from, std::size_t count, dtype type, std::byte* to) noexcept
{
    if constexpr (std::endian::native == std::endian::little) {
        cast_all(dtype::f32, from, count, type, to);
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t word =
                element_size(type) == 1 ? casts::f8_from_float(type, from[i]) : word_of(type, from[i]);
            const auto half = static_cast<std::uint16_t>(word);
            const auto byte = static_cast<std::uint8_t>(word);
            if (element_size(type) == 4)
                std::memcpy(to + 4 * i, &word, sizeof word);
            else if (element_size(type) == 2)
                std::memcpy(to + 2 * i, &half, sizeof half);
            else
                std::memcpy(to + i, &byte, sizeof byte);
        }
    }
}

STET_INLINE void round_all(dtype type, float* values, std::size_t count) noexcept
{
    if (type == dtype::f32)
        return;
    std::array<std::uint32_t, 256> rounded; // room for every dtype that is cast to
    while (count != 0) {
        const std::size_t now = smaller_size(count, rounded.size());
        if constexpr (std::endian::native == std::endian::little) {
            cast_all(dtype::f32, values, now, type, rounded.data());
            cast_all(type, rounded.data(), now, dtype::f32, values);
        } else {
            for (std::size_t i = 0; i < now; ++i)
                values[i] = rounded_to(type, values[i]);
        }
        values += now;
        count -= now;
    }
}

} // namespace STET_NAMESPACE::detail
