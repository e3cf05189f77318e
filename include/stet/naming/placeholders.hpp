// SPDX-License-Identifier: MIT
#ifndef STET_NAMING_PLACEHOLDERS_HPP
#define STET_NAMING_PLACEHOLDERS_HPP

#include "../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

/// A moment as a calendar shows it; months and days count from 1.
struct calendar_time {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

/// What the fields of a prefix stand for.
struct placeholders {
    std::optional<calendar_time> time{}; ///< without one, fields of time stay as they are
    std::uint64_t                width = 0;
    std::uint64_t                height = 0;
};

namespace detail {

/// Characters of `pattern` from `at` on that repeat the one at `at`, at most `most`.
std::size_t run_length(std::string_view pattern, std::size_t at, std::size_t most) noexcept;

/// `yyyy-MM-dd` and the like: y, M, d, h, m, s; a doubled letter is padded, `yy` is the year's last two digits.
std::string formatted_time(std::string_view pattern, const calendar_time& time);

/// What a field stands for, without its percent signs; nothing if it is unknown.
std::optional<std::string> field_value(std::string_view field, const placeholders& values);

} // namespace detail

/// Whether a prefix has a field that needs the time.
bool mentions_time(std::string_view prefix) noexcept;

/// The prefix with its fields replaced: %width% %height% %year% %month% %day% %hour% %minute% %second% %date%
/// %date:yyyy-MM-dd%. Unknown fields and a lone percent sign stay as they are; what a field brings is not looked at
/// again.
/// source: ComfyUI 0.8.0, folder_paths.py; %date:...% as its web front-end expands it
std::string expand_placeholders(std::string_view prefix, const placeholders& values);

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/placeholders.ipp"
#endif

#endif
