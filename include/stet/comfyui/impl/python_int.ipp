// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/python_text.hpp"
#include "python_int.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE std::optional<python_int> python_int::parse(std::string_view text)
{
    constexpr std::size_t most_digits = 4300;
    const auto            take_spaces = [&text] {
        while (!text.empty() && is_number_space(first_character(text).code_point))
            text.remove_prefix(first_character(text).size);
    };
    take_spaces();
    python_int parsed;
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    std::size_t count = 0;
    for (; !text.empty(); ++count) {
        const auto next = first_character(text);
        const auto digit = decimal_digit(next.code_point);
        if (!digit)
            break;
        parsed.append(*digit);
        text.remove_prefix(next.size);
    }
    take_spaces();
    if (count == 0 || count > most_digits || !text.empty())
        return std::nullopt;
    parsed.negative_ = negative && parsed.digits_ != "0";
    return parsed;
}

STET_INLINE python_int python_int::successor() const
{
    python_int next = *this;
    // Away from zero the digits grow by one, towards it they shrink by one.
    const char  turning = negative_ ? '0' : '9';
    const char  turned = negative_ ? '9' : '0';
    std::size_t at = next.digits_.size();
    while (at > 0 && next.digits_[at - 1] == turning)
        next.digits_[--at] = turned;
    if (at == 0)
        next.digits_.insert(next.digits_.begin(), '1');
    else
        next.digits_[at - 1] = static_cast<char>(next.digits_[at - 1] + (negative_ ? -1 : 1));
    if (next.digits_.size() > 1 && next.digits_[0] == '0')
        next.digits_.erase(0, 1);
    next.negative_ = negative_ && next.digits_ != "0";
    return next;
}

STET_INLINE std::string python_int::padded(std::size_t width) const
{
    std::string       text(negative_ ? "-" : "");
    const std::size_t size = text.size() + digits_.size();
    text.append(size < width ? width - size : 0, '0');
    text += digits_;
    return text;
}

STET_INLINE std::optional<std::int64_t> python_int::value() const noexcept
{
    std::uint64_t       magnitude = 0;
    const std::uint64_t largest = (std::uint64_t{1} << 63U) - (negative_ ? 0 : 1);
    for (const char c : digits_) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (magnitude > (largest - digit) / 10)
            return std::nullopt;
        magnitude = magnitude * 10 + digit;
    }
    return static_cast<std::int64_t>(negative_ ? 0 - magnitude : magnitude);
}

STET_INLINE std::strong_ordering python_int::by_digits(const python_int& a, const python_int& b) noexcept
{
    const auto by_size = a.digits_.size() <=> b.digits_.size();
    return std::is_neq(by_size) ? by_size : a.digits_ <=> b.digits_;
}

STET_INLINE void python_int::append(unsigned digit)
{
    if (digits_ == "0")
        digits_.clear();
    digits_ += static_cast<char>('0' + digit);
}

} // namespace STET_NAMESPACE::detail
