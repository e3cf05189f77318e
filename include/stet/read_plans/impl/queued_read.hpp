// SPDX-License-Identifier: MIT
#ifndef STET_READ_PLANS_IMPL_QUEUED_READ_HPP
#define STET_READ_PLANS_IMPL_QUEUED_READ_HPP

#include "../../file/impl/io_uring.hpp"
#include "../../read/mapped_file.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "read_steps.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE::detail {

/// A plan read through the kernel's queue, by the calling thread.
/// lifetime: destruction waits for the reads under way
class queued_read {
public:
    /// depth: how many reads may be under way, a power of two; 0 leaves the queue closed
    queued_read(const read_steps& steps, const file_source& file, unsigned depth,
                const allocator& memory) noexcept;
    queued_read(const queued_read&) = delete;
    queued_read& operator=(const queued_read&) = delete;
    ~queued_read();

    /// Whether the kernel offers it to this program.
    bool is_open() const noexcept { return ring_.is_open(); }

    /// staged: bytes that a read stages at most
    result<void> run(std::uint64_t staged) noexcept;

private:
    /// A read under way.
    struct slot {
        read_step            step{};
        std::span<std::byte> into{};
        std::size_t          done = 0; ///< bytes that have come
        bool                 is_free = true;
    };

    result<void> begin(const read_step& step) noexcept;

    /// Waits for one to end and takes what has come.
    result<void> end_one() noexcept;

    /// Asks the kernel for what a slot lacks; false where it refuses.
    bool submit(std::size_t index) noexcept;

    /// Whatever the kernel's queue did not bring, by a call.
    result<void> complete(slot& own) noexcept;

    const read_steps*        steps_;
    const file_source*       file_;
    unsigned                 depth_;
    growing_array<slot>      slots_;
    growing_array<std::byte> staging_;
    std::size_t              staged_ = 0;
    unsigned                 under_way_ = 0;
    io_uring                 ring_;
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "queued_read.ipp"
#endif

#endif
