// SPDX-License-Identifier: MIT
// Numbers of JSON texts, read and written as Python's json module does.
#ifndef STET_VOCABULARY_IMPL_JSON_NUMBER_HPP
#define STET_VOCABULARY_IMPL_JSON_NUMBER_HPP

#include "../config.hpp"

#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <version>

namespace STET_NAMESPACE::detail {

/// The number at the start of a text.
struct json_number {
    std::size_t size = 0;     ///< characters; 0 when none starts there
    bool        real = false; ///< it has a fraction or an exponent
};

/// Takes as many characters as can belong to it: of `01` the zero, of `1.` the one.
/// source: CPython 3.11, Modules/_json.c, _match_number_unicode
constexpr json_number leading_number(std::string_view text) noexcept
{
    const auto digit_at = [text](std::size_t i) {
        return i < text.size() && text[i] >= '0' && text[i] <= '9';
    };
    const auto past_digits = [&](std::size_t i) {
        while (digit_at(i))
            ++i;
        return i;
    };
    std::size_t at = text.starts_with('-') ? 1 : 0;
    if (!digit_at(at))
        return {};
    at = text[at] == '0' ? at + 1 : past_digits(at);

    bool real = false;
    if (at < text.size() && text[at] == '.' && digit_at(at + 1)) {
        real = true;
        at = past_digits(at + 1);
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        const bool        has_sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+');
        const std::size_t exponent = has_sign ? at + 2 : at + 1;
        if (digit_at(exponent)) {
            real = true;
            at = past_digits(exponent);
        }
    }
    return {.size = at, .real = real};
}

// Looked at and made as bits, so that -ffast-math cannot reason them away.
inline constexpr std::uint64_t infinity_bits = 0x7FF0000000000000U;
inline constexpr std::uint64_t fraction_bits = 0x000FFFFFFFFFFFFFU;
inline constexpr std::uint64_t sign_bit = 0x8000000000000000U;

/// Digits d, e, f and so on, and an exponent, that stand for d.ef... times ten to the exponent.
struct decimal_digits {
    std::array<char, 17> digits{};
    std::size_t          count = 0;
    int                  exponent = 0;
};

/// Reads `1.25e-07`, whatever stands for the point.
constexpr decimal_digits read_scientific(std::string_view text) noexcept
{
    decimal_digits    read;
    const std::size_t e = text.rfind('e');
    for (const char c : text.substr(0, e)) {
        if (c >= '0' && c <= '9')
            read.digits[read.count++] = c;
    }
    while (read.count > 1 && read.digits[read.count - 1] == '0')
        --read.count;
    for (const char c : text.substr(e + 2))
        read.exponent = read.exponent * 10 + (c - '0');
    if (text[e + 1] == '-')
        read.exponent = -read.exponent;
    return read;
}

// ---- by the C library, where the standard library cannot read and write double ----------------------------

/// text: digits, an exponent and a NUL; no point, because the locale chooses what strtod takes for one
inline double double_by_c_library(const char* text) noexcept
{
    const int    kept = errno;
    const double value = std::strtod(text, nullptr);
    errno = kept;
    return value;
}

inline double double_by_c_library(const decimal_digits& decimal) noexcept
{
    std::array<char, 32> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "%.*se%d", static_cast<int>(decimal.count),
                                    decimal.digits.data(),
                                    decimal.exponent - static_cast<int>(decimal.count) + 1));
    return double_by_c_library(text.data());
}

/// The next larger number of as many digits.
constexpr decimal_digits next_up(decimal_digits decimal) noexcept
{
    for (std::size_t i = decimal.count; i-- > 0;) {
        if (decimal.digits[i] != '9') {
            ++decimal.digits[i];
            decimal.count = i + 1;
            return decimal;
        }
    }
    decimal.digits[0] = '1';
    decimal.count = 1;
    ++decimal.exponent;
    return decimal;
}

/// The same as shortest_digits.
inline decimal_digits shortest_digits_by_c_library(double value) noexcept
{
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const auto gives_value = [bits](const decimal_digits& decimal) {
        return std::bit_cast<std::uint64_t>(double_by_c_library(decimal)) == bits;
    };
    // If fewer than 15 digits do, the 15 end in zeros; except near zero, where a double holds fewer digits.
    const bool subnormal = bits <= fraction_bits;
    for (int count = subnormal ? 1 : 15;; ++count) {
        std::array<char, 48> text{};
        const int            size = std::snprintf(text.data(), text.size(), "%.*e", count - 1, value);
        const decimal_digits nearest = read_scientific({text.data(), static_cast<std::size_t>(size)});
        if (count == 17 || gives_value(nearest))
            return nearest;
        // Doubles lie closer together below a power of two, so the nearest may miss where one above does not.
        decimal_digits padded = nearest;
        while (padded.count < static_cast<std::size_t>(count))
            padded.digits[padded.count++] = '0';
        const bool power_of_two = (bits & fraction_bits) == 0;
        if (const decimal_digits above = next_up(padded); power_of_two && gives_value(above))
            return above;
    }
}

// ---- by the standard library ------------------------------------------------------------------------------

/// The fewest digits that are read back as this value, and of those the nearest.
/// value: finite, not negative
inline decimal_digits shortest_digits(double value) noexcept
{
#if defined(__cpp_lib_to_chars)
    std::array<char, 32> text{};
    char* const          end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
    return read_scientific({text.data(), static_cast<std::size_t>(end - text.data())});
#else
    return shortest_digits_by_c_library(value);
#endif
}

/// Digits and an exponent, and a NUL at `end`, as the nearest double: infinity if too large, 0 if too small.
/// scale: of a positive power of ten, if the number is too large
inline double double_from(const char* begin, const char* end, std::int64_t scale) noexcept
{
#if defined(__cpp_lib_to_chars)
    double     value = 0;
    const auto read = std::from_chars(begin, end, value);
    if (read.ec == decltype(read.ec){})
        return value;
    return scale > 0 ? std::bit_cast<double>(infinity_bits) : 0.0;
#else
    static_cast<void>(end);
    static_cast<void>(scale);
    return double_by_c_library(begin);
#endif
}

/// The double nearest to a number, the even one of two; infinity beyond the largest.
/// number: as leading_number takes it, without a minus; of any length
inline double nearest_double(std::string_view number) noexcept
{
    // The digits from the first that is not zero, read as 0.ddd times ten to the scale. Where two doubles
    // meet there are at most 768 of them, so that of those after it matters only whether they are all zero.
    constexpr std::size_t most_digits = 770;
    std::array<char, 800> text; // only what is filled is read
    std::size_t           size = 0;
    std::int64_t          scale = 0;
    bool                  after_point = false;
    bool                  cut = false;
    std::size_t           at = 0;
    for (; at < number.size() && number[at] != 'e' && number[at] != 'E'; ++at) {
        const char c = number[at];
        if (c == '.') {
            after_point = true;
            continue;
        }
        const bool leading_zero = c == '0' && size == 0;
        if (after_point && leading_zero)
            --scale;
        if (!after_point && !leading_zero)
            ++scale;
        if (leading_zero)
            continue;
        if (size < most_digits)
            text[size++] = c;
        else
            cut = cut || c != '0';
    }
    if (size == 0)
        return 0.0;
    if (cut)
        text[size++] = '1';

    if (at < number.size()) {
        const bool       negative = number[at + 1] == '-';
        std::int64_t     exponent = 0;
        std::string_view digits = number.substr(at + 1);
        if (negative || digits[0] == '+')
            digits.remove_prefix(1);
        for (const char c : digits) {
            if (exponent < INT64_C(100'000'000'000'000'000)) // more is no more than too much
                exponent = exponent * 10 + (c - '0');
        }
        scale += negative ? -exponent : exponent;
    }
    // The largest double lies below ten to the 309, half the smallest above ten to the -324.
    if (scale > 310)
        return std::bit_cast<double>(detail::infinity_bits);
    if (scale < -330)
        return 0.0;
    text[size] = 'e';
    char* const end = std::to_chars(text.data() + size + 1, text.data() + text.size() - 1,
                                    static_cast<int>(scale) - static_cast<int>(size))
                          .ptr;
    *end = '\0';
    return detail::double_from(text.data(), end, scale);
}

/// A double as Python's repr writes it, and its json module after that: `1.5`, `100000.0`, `1e+16`, `1e-05`,
/// `-0.0`, `NaN`, `-Infinity`. Where the processor is told to flush subnormal numbers to zero, as a program
/// linked with -ffast-math tells it, those below 2.3e-308 become `0.0`.
/// source: CPython 3.11, Python/pystrtod.c, format_float_short with 'r'
class real_text {
public:
    explicit real_text(double value) noexcept
    {
        const auto          bits = std::bit_cast<std::uint64_t>(value);
        const std::uint64_t magnitude = bits & ~detail::sign_bit;
        if (magnitude > detail::infinity_bits) {
            put("NaN");
            return;
        }
        if (magnitude != bits)
            put('-');
        if (magnitude == detail::infinity_bits)
            put("Infinity");
        else
            put(detail::shortest_digits(std::bit_cast<double>(magnitude)));
    }
    real_text(const real_text&) = delete;
    real_text& operator=(const real_text&) = delete;

    std::string_view view() const noexcept { return {characters_.data(), size_}; }

private:
    void put(char c) noexcept { characters_[size_++] = c; }
    void put(std::string_view text) noexcept
    {
        for (const char c : text)
            put(c);
    }
    void put_zeros(int count) noexcept
    {
        for (int i = 0; i < count; ++i)
            put('0');
    }

    void put(const detail::decimal_digits& decimal) noexcept
    {
        const std::string_view digits(decimal.digits.data(), decimal.count);
        const int              last = static_cast<int>(decimal.count) - 1;
        if (decimal.exponent < -4 || decimal.exponent >= 16) {
            put(digits[0]);
            if (last > 0)
                put('.');
            put(digits.substr(1));
            put_exponent(decimal.exponent);
        } else if (decimal.exponent < 0) {
            put("0.");
            put_zeros(-1 - decimal.exponent);
            put(digits);
        } else if (last <= decimal.exponent) {
            put(digits);
            put_zeros(decimal.exponent - last);
            put(".0");
        } else {
            const auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
            put(digits.substr(0, whole));
            put('.');
            put(digits.substr(whole));
        }
    }

    /// With its sign and at least two digits.
    void put_exponent(int exponent) noexcept
    {
        put('e');
        put(exponent < 0 ? '-' : '+');
        const int size = exponent < 0 ? -exponent : exponent;
        if (size >= 100)
            put(static_cast<char>('0' + size / 100));
        put(static_cast<char>('0' + size / 10 % 10));
        put(static_cast<char>('0' + size % 10));
    }

    std::array<char, 24> characters_{}; // -2.2250738585072014e-308 fills it
    std::size_t          size_ = 0;
};

} // namespace STET_NAMESPACE::detail

#endif
