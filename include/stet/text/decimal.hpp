// SPDX-License-Identifier: MIT
#ifndef STET_TEXT_DECIMAL_HPP
#define STET_TEXT_DECIMAL_HPP

#include "../config/config.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stet::inline v0_1 {

namespace detail {

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

} // namespace detail

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
    explicit decimal(std::uint64_t value) noexcept
        : end_(std::to_chars(characters_.data(), characters_.data() + characters_.size(), value).ptr)
    {
    }
    decimal(const decimal&) = delete;
    decimal& operator=(const decimal&) = delete;

    std::string_view view() const noexcept
    {
        return {characters_.data(), static_cast<std::size_t>(end_ - characters_.data())};
    }

private:
    std::array<char, 20> characters_{};
    char*                end_;
};

} // namespace stet::inline v0_1

#endif
