// SPDX-License-Identifier: MIT
#ifndef STET_CARRY_IMPL_E4M3_CODES_HPP
#define STET_CARRY_IMPL_E4M3_CODES_HPP

#include "../../sink/sink.hpp"
#include "../../tensor/dtype.hpp"
#include "../../tensor/half.hpp"
#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE::detail {

/// The F8_E4M3 code next to the number that an F8_E5M2 code is: ties to even, what is too large to the largest.
/// source: torch 2.15, whose casts to F8_E4M3 saturate
constexpr std::uint8_t e4m3_of_e5m2(std::uint8_t code) noexcept
{
    const auto  sign = static_cast<std::uint8_t>(code & 0x80U);
    const float number = float_from_f8(dtype::f8_e5m2, static_cast<std::uint8_t>(code & 0x7FU));
    if (number != number)
        return static_cast<std::uint8_t>(sign | 0x7FU);
    constexpr std::uint8_t largest = 0x7E;
    for (std::uint8_t below = 0; below < largest; ++below) {
        const float lower = float_from_f8(dtype::f8_e4m3, below);
        const float upper = float_from_f8(dtype::f8_e4m3, static_cast<std::uint8_t>(below + 1));
        if (number > upper)
            continue;
        const float middle = (lower + upper) / 2; // exact: the two are neighbours
        const bool  is_lower = number < middle || (!(number > middle) && below % 2 == 0);
        return static_cast<std::uint8_t>(sign | (is_lower ? below : below + 1U));
    }
    return static_cast<std::uint8_t>(sign | largest);
}

/// A tensor of F8_E5M2 codes as F8_E4M3, turned while it is written.
/// lifetime: borrows what the tensor borrows
class recoded {
public:
    explicit recoded(const tensor_view& from) noexcept : from_(from) {}

    result<void> write(sink_ref destination) const
    {
        recoding_sink turning{.destination = destination};
        return pour(from_, turning);
    }

private:
    static constexpr std::array<std::uint8_t, 256> codes = [] {
        std::array<std::uint8_t, 256> all{};
        for (unsigned code = 0; code < all.size(); ++code)
            all[code] = e4m3_of_e5m2(static_cast<std::uint8_t>(code));
        return all;
    }();

    struct recoding_sink {
        sink_ref destination;

        result<void> write(bytes data)
        {
            std::array<std::byte, 512> piece;
            while (!data.empty()) {
                const std::size_t count = data.size() < piece.size() ? data.size() : piece.size();
                for (std::size_t i = 0; i < count; ++i)
                    piece[i] = std::byte{codes[std::to_integer<std::uint8_t>(data[i])]};
                if (auto written = destination.write(bytes(piece.data(), count)); !written)
                    return written;
                data = data.subspan(count);
            }
            return {};
        }
    };

    tensor_view from_;
};

} // namespace STET_NAMESPACE::detail

#endif
