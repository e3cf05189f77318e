// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_SHARED_PROGRESS_HPP
#define STET_WRITERS_IMPL_SHARED_PROGRESS_HPP

#include "../../save/write_options.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/result.hpp"

#include <cstdint>
#include <mutex>

namespace STET_NAMESPACE::detail {

/// Progress of a file that several threads write, told to one callback: one call at a time, on whichever thread. When
/// one thread is told to stop, or fails, all of them stop.
class shared_progress {
public:
    /// to:    may be empty
    /// begun: bytes that no part counts
    shared_progress(progress_callback to, std::uint64_t total, std::uint64_t begun = 0) noexcept;

    /// What one thread has written; the progress_callback of its part.
    class part {
    public:
        /// begin: what the thread's own count starts at
        part(shared_progress& whole, std::uint64_t begin) noexcept : whole_(&whole), done_(begin) {}

        bool operator()(const progress& at);

    private:
        shared_progress* whole_;
        std::uint64_t    done_;
    };

    /// Remembers how a thread ended, and stops the others if it failed.
    void end(const result<void>& outcome);

    /// Stops every thread at its next piece.
    void stop();

    /// The failure that stopped all, if any.
    result<void> outcome();

private:
    bool add(std::uint64_t more, const placed_name& tensor);

    std::mutex        mutex_{};
    progress_callback to_;
    std::uint64_t     total_;
    std::uint64_t     done_;
    bool              is_stopped_ = false;
    result<void>      outcome_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "shared_progress.ipp"
#endif

#endif
