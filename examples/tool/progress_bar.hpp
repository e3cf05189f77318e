// SPDX-License-Identifier: MIT
// How far a save has come, on standard error, if a person sees that.
#ifndef EXAMPLE_PROGRESS_BAR_HPP
#define EXAMPLE_PROGRESS_BAR_HPP

#include <stet/save/write_options.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace example {

/// A line that is drawn anew for each percent and wiped out in the end; nothing where standard error is no terminal.
class progress_bar {
public:
    progress_bar()
#if defined(_WIN32)
        : is_seen_(::_isatty(::_fileno(stderr)) != 0)
#else
        : is_seen_(::isatty(STDERR_FILENO) != 0)
#endif
    {
    }
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;
    ~progress_bar()
    {
        if (drawn_ >= 0)
            std::cerr << '\r' << std::string(width + 7, ' ') << '\r' << std::flush;
    }

    /// Never cancels.
    bool operator()(const stet::progress& progress)
    {
        const double total = progress.bytes_total == 0 ? 1 : static_cast<double>(progress.bytes_total);
        const int    percent = static_cast<int>(100 * static_cast<double>(progress.bytes_done) / total);
        if (is_seen_ && percent != drawn_)
            draw(percent);
        return true;
    }

private:
    static constexpr std::size_t width = 50;

    void draw(int percent)
    {
        drawn_ = percent;
        std::string bar(static_cast<std::size_t>(percent) * width / 100, '#');
        bar.resize(width, '.');
        const std::string number = std::to_string(percent);
        std::cerr << '\r' << bar << std::string(4 - number.size(), ' ') << number << " %" << std::flush;
    }

    bool is_seen_;
    int  drawn_ = -1;
};

} // namespace example

#endif
