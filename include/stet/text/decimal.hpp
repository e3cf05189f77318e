// SPDX-License-Identifier: MIT
#ifndef STET_TEXT_DECIMAL_HPP
#define STET_TEXT_DECIMAL_HPP

#include "../config/config.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stet::inline v0_1 {

/// Characters of a number in plain decimal.
constexpr std::size_t decimal_width(std::uint64_t value) noexcept
{
    std::size_t width = 1;
    while (value >= 10) {
        value /= 10;
        ++width;
    }
    return width;
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
