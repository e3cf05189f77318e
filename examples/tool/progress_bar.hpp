// SPDX-License-Identifier: MIT
// How far a save has come, on standard error; and the save's end when the program is interrupted.
#ifndef EXAMPLE_PROGRESS_BAR_HPP
#define EXAMPLE_PROGRESS_BAR_HPP

#include "interrupt.hpp"
#include "readable.hpp"

#include <stet/save/write_options.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#if defined(_WIN32)
#include <io.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace example {

namespace progress_parts {

/// "1.23 of 2.90 GB"
inline std::string share_text(std::uint64_t part, std::uint64_t whole)
{
    const byte_unit unit = unit_of(whole);
    return in_unit(part, unit) + " of " + in_unit(whole, unit) + ' ' + std::string(unit.name);
}

/// "512 MB/s"
inline std::string rate_text(double bytes_a_second)
{
    std::array<char, 32> text{};
    const bool           is_slow = bytes_a_second < 1e6;
    std::snprintf(text.data(), text.size(), is_slow ? "%.0f kB/s" : "%.0f MB/s",
                  bytes_a_second / (is_slow ? 1e3 : 1e6));
    return text.data();
}

/// "0:03 left", "1:02:03 left"
inline std::string time_text(double seconds)
{
    constexpr double     longest = 359999; // 99:59:59
    const auto           whole = static_cast<int>(std::min(seconds, longest) + 0.999);
    std::array<char, 32> text{};
    if (whole >= 3600)
        std::snprintf(text.data(), text.size(), "%d:%02d:%02d left", whole / 3600, whole / 60 % 60,
                      whole % 60);
    else
        std::snprintf(text.data(), text.size(), "%d:%02d left", whole / 60, whole % 60);
    return text.data();
}

} // namespace progress_parts

/// The progress callback of a save. On a terminal a line that is drawn anew ten times a second and wiped out in the end;
/// elsewhere a plain line every five seconds. Cancels the save once the program is interrupted.
class progress_bar {
public:
    progress_bar() : next_(clock::now() + (is_seen_ ? clock::duration(0) : pause())) {}
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;
    ~progress_bar()
    {
        if (drawn_ != 0)
            std::cerr << '\r' << std::string(drawn_, ' ') << '\r' << std::flush;
    }

    bool operator()(const stet::progress& progress)
    {
        const auto now = clock::now();
        if (now >= next_) {
            next_ = now + pause();
            if (is_seen_)
                draw(progress, now);
            else
                std::cerr << joined(fields(progress, now), ", ")
                          << std::endl; // at once, not when there are more
        }
        return caught_signal() == 0;
    }

private:
    using clock = std::chrono::steady_clock;

    /// Percent, bytes, rate, time left; the last two once they can be told.
    struct shown {
        std::string percent{};
        std::string bytes{};
        std::string rate{};
        std::string left{};
    };

    static bool is_terminal()
    {
#if defined(_WIN32)
        return ::_isatty(::_fileno(stderr)) != 0;
#else
        return ::isatty(STDERR_FILENO) != 0;
#endif
    }

    static std::size_t columns()
    {
#if !defined(_WIN32)
        winsize size{};
        if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
            return size.ws_col;
#endif
        return 80;
    }

    clock::duration pause() const { return std::chrono::milliseconds(is_seen_ ? 100 : 5000); }

    shown fields(const stet::progress& progress, clock::time_point now) const
    {
        namespace parts = progress_parts;
        const double seconds = std::chrono::duration<double>(now - begin_).count();
        const auto   done = static_cast<double>(progress.bytes_done);
        const double total = std::max(1.0, static_cast<double>(progress.bytes_total));
        shown        said{.percent = std::to_string(static_cast<int>(100 * done / total)) + " %",
                          .bytes = parts::share_text(progress.bytes_done, progress.bytes_total)};
        if (seconds > 0.2 && done > 0) {
            said.rate = parts::rate_text(done / seconds);
            said.left = parts::time_text((total - done) * seconds / done);
        }
        return said;
    }

    static std::string joined(const shown& said, std::string_view between)
    {
        std::string text = said.percent;
        for (const std::string* const one : {&said.bytes, &said.rate, &said.left}) {
            if (!one->empty())
                text += std::string(between) + *one;
        }
        return text;
    }

    /// What fits into a line: the rate goes first, then the bytes; what is free is a bar.
    void draw(const stet::progress& progress, clock::time_point now)
    {
        constexpr std::size_t longest_bar = 30;
        constexpr std::size_t shortest_bar = 5;
        const std::size_t     width = columns() - 1; // a full line would be broken
        shown                 said = fields(progress, now);
        said.percent.insert(0, std::max<std::size_t>(5, said.percent.size()) - said.percent.size(), ' ');
        std::string text = joined(said, "  ");
        for (std::string* const one : {&said.rate, &said.bytes}) {
            if (text.size() > width) {
                one->clear();
                text = joined(said, "  ");
            }
        }
        text.resize(std::min(text.size(), width));
        if (width >= text.size() + shortest_bar + 1) {
            const std::size_t size = std::min(longest_bar, width - text.size() - 1);
            const double      share = static_cast<double>(progress.bytes_done) /
                                 std::max(1.0, static_cast<double>(progress.bytes_total));
            std::string bar(static_cast<std::size_t>(share * static_cast<double>(size)), '#');
            bar.resize(size, '.');
            text.insert(0, bar + ' ');
        }
        const std::size_t before = std::exchange(drawn_, text.size());
        text.resize(std::max(before, text.size()), ' ');
        std::cerr << '\r' << text << std::flush;
    }

    signal_watch      watch_{};
    bool              is_seen_ = is_terminal();
    std::size_t       drawn_ = 0; ///< columns
    clock::time_point begin_ = clock::now();
    clock::time_point next_;
};

} // namespace example

#endif
