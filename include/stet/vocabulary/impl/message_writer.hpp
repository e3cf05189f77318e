// SPDX-License-Identifier: MIT
#ifndef STET_VOCABULARY_IMPL_MESSAGE_WRITER_HPP
#define STET_VOCABULARY_IMPL_MESSAGE_WRITER_HPP

#include "readable.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// Appends to a buffer and counts on past its end.
class message_writer {
public:
    constexpr message_writer(char* buffer, std::size_t capacity) noexcept
        : buffer_(buffer), capacity_(capacity)
    {
    }

    constexpr void put(char c) noexcept
    {
        if (size_ < capacity_)
            buffer_[size_] = c;
        ++size_;
    }
    constexpr void put(std::string_view text) noexcept
    {
        for (const char c : text)
            put(c);
    }
    /// Decimal with thousands separators.
    constexpr void put_number(std::uint64_t value) noexcept
    {
        std::array<char, 20> digits{};
        std::size_t          count = 0;
        do {
            digits[count++] = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value != 0);
        while (count-- > 0) {
            put(digits[count]);
            if (count != 0 && count % 3 == 0)
                put(',');
        }
    }
    constexpr void put_signed(int value) noexcept
    {
        const auto wide = static_cast<std::int64_t>(value);
        if (wide < 0)
            put('-');
        put_number(static_cast<std::uint64_t>(wide < 0 ? -wide : wide));
    }
    constexpr void put_escaped(std::string_view text) noexcept
    {
        detail::put_readable(text, [this](std::string_view piece) { put(piece); });
    }
    constexpr void put_quoted(std::string_view text) noexcept
    {
        put('\'');
        put_escaped(text);
        put('\'');
    }
    constexpr std::size_t size() const noexcept { return size_; }

private:
    char*       buffer_;
    std::size_t capacity_;
    std::size_t size_ = 0;
};

} // namespace STET_NAMESPACE::detail

#endif
