// SPDX-License-Identifier: MIT
// What must not happen to the test program happens in a child of it. POSIX only.
#ifndef STET_TESTS_SUPPORT_CHILD_PROCESS_HPP
#define STET_TESTS_SUPPORT_CHILD_PROCESS_HPP

#if !defined(_WIN32)

#include <cerrno>
#include <csignal>
#include <initializer_list>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace support {

/// Starts a child that runs `body` and ends with the number it returns. The child leaves by _exit alone, so
/// that nothing of the test framework runs twice; `body` must not use its macros.
/// body: callable, returns int from 0 to 127
template <class Body>
pid_t start_child(Body body)
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(body());
    return child;
}

/// What a child ended with: the number its body returned, or minus the signal that ended it.
inline int wait_for(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return -1000;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

template <class Body>
int in_child(Body body)
{
    return wait_for(start_child(body));
}

/// Whether a child that runs `body` comes to the end of it.
/// body: callable; may end the program
template <class Body>
bool goes_on(Body body)
{
    constexpr int at_the_end = 5;
    return in_child([&] {
               for (const int each : {SIGABRT, SIGILL, SIGTRAP})
                   ::signal(each, SIG_DFL); // not the test framework's
               ::close(STDERR_FILENO);      // an assertion's words
               body();
               return at_the_end;
           }) == at_the_end;
}

} // namespace support

#endif

#endif
