// SPDX-License-Identifier: MIT
// Ctrl-C while a file is being written: the save is cancelled and leaves nothing; a second one ends at once.
#ifndef EXAMPLE_INTERRUPT_HPP
#define EXAMPLE_INTERRUPT_HPP

#include <array>
#include <csignal>
#include <string>

namespace example {

namespace interrupt_parts {

#if defined(_WIN32)
inline constexpr std::array watched{SIGINT, SIGTERM, SIGBREAK};
#else
inline constexpr std::array watched{SIGINT, SIGTERM, SIGHUP, SIGPIPE};
#endif

inline volatile std::sig_atomic_t caught = 0;

/// Takes down which one came. From then on each does what it usually does: the next one ends the program.
inline void take_down(int number)
{
    caught = number;
    for (const int one : watched)
        std::signal(one, SIG_DFL);
#if !defined(_WIN32)
    std::signal(SIGPIPE, SIG_IGN); // what is left to say may go to the pipe that is closed
#endif
}

} // namespace interrupt_parts

/// A file that grows beyond what the system allows is an error of the call that writes, not the end of the program. To be
/// called first.
inline void take_large_files_for_errors()
{
#if !defined(_WIN32)
    std::signal(SIGXFSZ, SIG_IGN);
#endif
}

/// The number of the signal that came while a file was being written; 0 if none did.
inline int caught_signal()
{
    return interrupt_parts::caught;
}

/// "interrupted (SIGINT): "; nothing without a signal.
inline std::string interruption()
{
    const int number = caught_signal();
    if (number == 0)
        return {};
    if (number == SIGINT)
        return "interrupted (SIGINT): ";
    if (number == SIGTERM)
        return "ended (SIGTERM): ";
#if !defined(_WIN32)
    if (number == SIGPIPE)
        return "nobody reads on (SIGPIPE): ";
    if (number == SIGHUP)
        return "the terminal is gone (SIGHUP): ";
#endif
    return "ended by signal " + std::to_string(number) + ": ";
}

/// Takes signals down as long as it lives, except those that the program was started to ignore. What runs meanwhile has
/// to ask caught_signal() and stop by itself.
class signal_watch {
public:
    signal_watch()
    {
        if (caught_signal() != 0)
            return;
        for (const int one : interrupt_parts::watched) {
            if (std::signal(one, interrupt_parts::take_down) == SIG_IGN)
                std::signal(one, SIG_IGN);
        }
    }
    signal_watch(const signal_watch&) = delete;
    signal_watch& operator=(const signal_watch&) = delete;
    ~signal_watch()
    {
        if (caught_signal() != 0)
            return;
        for (const int one : interrupt_parts::watched) {
            if (std::signal(one, SIG_DFL) == SIG_IGN)
                std::signal(one, SIG_IGN);
        }
    }
};

} // namespace example

#endif
