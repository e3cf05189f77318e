// SPDX-License-Identifier: MIT
#ifndef STET_COMFYUI_IMPL_PYTHON_INT_HPP
#define STET_COMFYUI_IMPL_PYTHON_INT_HPP

#include "../../vocabulary/config.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE::detail {

/// A whole number of any size and sign. Up to 15 digits, at least, need no memory of their own.
class python_int {
public:
    python_int() = default; ///< 0

    /// What Python's int() makes of a text without '_': decimal digits of any script, a sign '+' or '-'
    /// before them, white space around; nothing for any other text.
    /// source: Python 3.11; from 3.10.7 on it refuses more than 4,300 digits
    static std::optional<python_int> parse(std::string_view text);

    /// The number plus one.
    python_int successor() const;

    /// "-12"
    std::string text() const { return padded(0); }

    /// With zeros before its digits up to a width that the sign is part of: "-0012", as `{:05}` gives.
    std::string padded(std::size_t width) const;

    /// The number, unless 64 bits with sign cannot hold it.
    std::optional<std::int64_t> value() const noexcept;

    friend bool operator==(const python_int&, const python_int&) = default;

    friend std::strong_ordering operator<=>(const python_int& a, const python_int& b) noexcept
    {
        if (a.negative_ != b.negative_)
            return a.negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
        return a.negative_ ? by_digits(b, a) : by_digits(a, b);
    }

private:
    static std::strong_ordering by_digits(const python_int& a, const python_int& b) noexcept;

    void append(unsigned digit);

    bool        negative_ = false; // never of zero
    std::string digits_ = "0";     // none before the first that counts
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "python_int.ipp"
#endif

#endif
