// SPDX-License-Identifier: MIT
#ifndef STET_NAMING_COUNTER_HPP
#define STET_NAMING_COUNTER_HPP

#include "../vocabulary/result.hpp"
#include "numbered_name.hpp"

#include <cstdint>
#include <string_view>

namespace STET_NAMESPACE {

/// The next free number of a stem, from the names in its folder: the largest taken plus one, 1 in a folder without
/// any; gaps are not filled. No I/O: show it the names one by one.
/// lifetime: borrows the stem
class counter {
public:
    explicit constexpr counter(std::string_view stem, name_case letters = name_case::sensitive) noexcept
        : stem_(stem), letters_(letters)
    {
    }

    constexpr void see(std::string_view entry) noexcept
    {
        const auto number = number_taken(entry, stem_, letters_);
        if (number && *number > largest_)
            largest_ = *number;
    }

    /// errors: counter_exhausted at 2^64 - 1
    constexpr result<std::uint64_t> next() const noexcept
    {
        if (largest_ == UINT64_MAX)
            return error{.code = errc::counter_exhausted, .actual = largest_}.about(stem_);
        return largest_ + 1;
    }

private:
    std::string_view stem_;
    name_case        letters_;
    std::uint64_t    largest_ = 0;
};

} // namespace STET_NAMESPACE

#endif
