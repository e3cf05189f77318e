// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_IMPL_WRITE_QUEUE_HPP
#define STET_WRITERS_IMPL_WRITE_QUEUE_HPP

#include "../../file/folder.hpp"
#include "../../file/impl/io_uring.hpp"
#include "../../file/native_file_system.hpp"
#include "../../vocabulary/config.hpp"
#include "../executor.hpp"
#include "block_shape.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace STET_NAMESPACE::detail {

/// A write at a position of a file.
struct positional_write {
    file_handle   file = no_handle;
    std::uint64_t offset = 0;
    const void*   data = nullptr;
    std::size_t   size = 0;
    unsigned      tag = 0; ///< the caller's
};

/// A write that has ended, and what the system said of it.
struct ended_write {
    positional_write of{};
    os_result        outcome{};
};

/// Who makes the writes of a write_queue.
struct queue_workers {
    bool kernel =
        false;       ///< the kernel's own queue, where there is one and the calls are the system's; if not:
    executor jobs{}; ///< the caller's executor, unless it is empty; if it is:
    unsigned threads = 1; ///< threads of the queue's own
};

/// Several positional writes under way at once. Used by one thread.
/// lifetime: borrows the calls; destruction waits for what is under way
class write_queue {
public:
    static constexpr unsigned most = block_shape::most_blocks;

    write_queue(const file_system& calls, const queue_workers& workers) noexcept;
    write_queue(const write_queue&) = delete;
    write_queue& operator=(const write_queue&) = delete;
    ~write_queue();

    /// Whether the kernel's queue is in use.
    bool is_in_kernel() const noexcept { return ring_.is_open(); }

    unsigned under_way() const noexcept { return under_way_; }

    /// Begins a write; at most `most` are under way. Its memory must stay until wait() has given it back. When the
    /// executor throws nothing was begun.
    void begin(const positional_write& wanted);

    /// Waits for any of the writes to end. Call it only when some are under way.
    ended_write wait();

private:
    enum class stage : std::uint8_t { none, under_way, ended };

    struct slot {
        positional_write of{};
        os_result        outcome{};
        stage            state = stage::none;
        write_queue*     owner = nullptr;
    };

    slot& free_slot();

    slot& ended_in_ring() noexcept;

    slot& ended_job();

    /// noexcept: an exception must not pass an executor, which knows nothing of it.
    static void run(void* itself) noexcept;

    const file_system*            calls_;
    executor                      jobs_;
    io_uring                      ring_;
    std::array<slot, most>        slots_{};
    unsigned                      under_way_ = 0;
    unsigned                      in_ring_ = 0;
    std::mutex                    mutex_{};
    std::condition_variable       one_ended_{};
    std::optional<worker_threads> threads_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "write_queue.ipp"
#endif

#endif
