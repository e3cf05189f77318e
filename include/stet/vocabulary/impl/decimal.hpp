// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_DECIMAL_HPP
#define STET_VOCABULARY_IMPL_DECIMAL_HPP

#include "../config.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// 1, 10, 100 ...: every power of ten that 64 bits hold.
inline constexpr std::array<std::uint64_t, 20> powers_of_ten = [] {
    std::array<std::uint64_t, 20> powers{};
    std::uint64_t                 power = 1;
    for (std::uint64_t& each : powers) {
        each = power;
        power *= 10;
    }
    return powers;
}();

/// Characters of a number in plain decimal.
constexpr std::size_t decimal_width(std::uint64_t value) noexcept
{
    // 1233 / 4096 is the decimal logarithm of two, nearly: this is the width, or one less.
    const auto bits = std::size_t{64} - static_cast<std::size_t>(std::countl_zero(value | 1U));
    const auto least = bits * 1233 >> 12U;
    return least + (value >= detail::powers_of_ten[least] || value == 0 ? 1U : 0U);
}

/// A number in plain decimal, whatever the locale.
class decimal {
public:
    explicit constexpr decimal(std::uint64_t value) noexcept : begin_(characters_.size())
    {
        // Two digits a division, for a division takes longer than all else here.
        for (; value >= 100; value /= 100)
            put(value % 100);
        if (value >= 10)
            put(value);
        else
            characters_[--begin_] = digit(value);
    }
    decimal(const decimal&) = delete;
    decimal& operator=(const decimal&) = delete;

    constexpr std::string_view view() const noexcept
    {
        return {characters_.data() + begin_, characters_.size() - begin_};
    }

private:
    static constexpr char digit(std::uint64_t value) noexcept { return static_cast<char>('0' + value); }

    constexpr void put(std::uint64_t pair) noexcept
    {
        characters_[--begin_] = digit(pair % 10);
        characters_[--begin_] = digit(pair / 10);
    }

    std::array<char, 20> characters_{};
    std::size_t          begin_;
};

/// Appends a number, with zeros before it where it has fewer than `width` digits.
void append_padded(std::string& text, std::uint64_t value, std::size_t width);

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "decimal.ipp"
#endif

#endif
