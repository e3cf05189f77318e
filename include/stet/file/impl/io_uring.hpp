// SPDX-License-Identifier: MIT
// Linux's queue for reads and writes that run while the program goes on, by plain system calls. Not part of stet.hpp; elsewhere
// nothing can be opened.
#ifndef STET_FILE_IMPL_IO_URING_HPP
#define STET_FILE_IMPL_IO_URING_HPP

#include "../file_system.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#if defined(__linux__) && __has_include(<linux/io_uring.h>)
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(SYS_io_uring_setup) && defined(IORING_FEAT_SINGLE_MMAP) && defined(IORING_FEAT_RW_CUR_POS)
#define STET_DETAIL_HAS_IO_URING
#endif
#endif

namespace STET_NAMESPACE::detail {

#if defined(STET_DETAIL_HAS_IO_URING)

/// A queue of positional reads and writes that the kernel works through. Used by one thread.
/// source: io_uring(7), io_uring_setup(2), io_uring_enter(2)
class io_uring {
public:
    io_uring() noexcept = default;

    /// depth: how many may be under way, a power of two; none is opened for 0
    explicit io_uring(unsigned depth) noexcept
    {
        if (depth != 0)
            open(depth);
    }
    io_uring(const io_uring&) = delete;
    io_uring& operator=(const io_uring&) = delete;
    ~io_uring() { close(); }

    /// Whether the kernel offers it to this program.
    bool is_open() const noexcept { return ring_ >= 0; }

    /// Begins a write. The caller keeps count: never more than depth are under way.
    os_result submit(file_handle file, std::uint64_t offset, const void* data, std::size_t size,
                     std::uint64_t tag) noexcept
    {
        return begin(IORING_OP_WRITE, file, offset, reinterpret_cast<std::uintptr_t>(data), size, tag);
    }

    /// Begins a read, as submit() does a write.
    os_result submit_read(file_handle file, std::uint64_t offset, void* memory, std::size_t size,
                          std::uint64_t tag) noexcept
    {
        return begin(IORING_OP_READ, file, offset, reinterpret_cast<std::uintptr_t>(memory), size, tag);
    }

    /// Waits for any of them to end; tag: the one it was submitted with.
    os_result wait(std::uint64_t& tag) noexcept
    {
        const unsigned head = *at<unsigned>(rings_, layout_.cq_off.head); // written by this thread only
        // Whatever a call says: the caller's memory is in use until the write has ended.
        while (head == __atomic_load_n(at<unsigned>(rings_, layout_.cq_off.tail), __ATOMIC_ACQUIRE))
            static_cast<void>(enter(0, 1));
        const unsigned     mask = *at<unsigned>(rings_, layout_.cq_off.ring_mask);
        const io_uring_cqe ended = at<io_uring_cqe>(rings_, layout_.cq_off.cqes)[head & mask];
        __atomic_store_n(at<unsigned>(rings_, layout_.cq_off.head), head + 1, __ATOMIC_RELEASE);
        tag = ended.user_data;
        if (ended.res < 0)
            return {.value = -1, .error = -ended.res};
        return {.value = ended.res, .error = 0};
    }

private:
    static constexpr std::size_t largest = std::size_t{1} << 30U;

    os_result begin(std::uint8_t operation, file_handle file, std::uint64_t offset, std::uintptr_t memory,
                    std::size_t size, std::uint64_t tag) noexcept
    {
        const unsigned tail = *at<unsigned>(rings_, layout_.sq_off.tail); // written by this thread only
        const unsigned mask = *at<unsigned>(rings_, layout_.sq_off.ring_mask);
        io_uring_sqe&  entry = static_cast<io_uring_sqe*>(entries_)[tail & mask];
        std::memset(&entry, 0, sizeof entry);
        entry.opcode = operation;
        entry.fd = static_cast<int>(file);
        entry.off = offset;
        entry.addr = memory;
        entry.len = static_cast<unsigned>(size < largest ? size : largest);
        entry.user_data = tag;
        at<unsigned>(rings_, layout_.sq_off.array)[tail & mask] = tail & mask;
        __atomic_store_n(at<unsigned>(rings_, layout_.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
        const os_result entered = enter(1, 0);
        if (entered.error != 0) // the kernel has not looked at the entry
            __atomic_store_n(at<unsigned>(rings_, layout_.sq_off.tail), tail, __ATOMIC_RELEASE);
        return entered;
    }

    template <class Value>
    static Value* at(void* base, unsigned offset) noexcept
    {
        return static_cast<Value*>(static_cast<void*>(static_cast<std::byte*>(base) + offset));
    }

    void open(unsigned depth) noexcept
    {
        ring_ = static_cast<int>(::syscall(SYS_io_uring_setup, depth, &layout_));
        if (ring_ < 0)
            return;
        // Both since Linux 5.6, as is the operation itself.
        constexpr unsigned needed = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_RW_CUR_POS;
        const std::size_t  submissions = layout_.sq_off.array + layout_.sq_entries * sizeof(unsigned);
        const std::size_t  completions = layout_.cq_off.cqes + layout_.cq_entries * sizeof(io_uring_cqe);
        rings_size_ = submissions < completions ? completions : submissions;
        entries_size_ = layout_.sq_entries * sizeof(io_uring_sqe);
        rings_ = map(rings_size_, IORING_OFF_SQ_RING);
        entries_ = map(entries_size_, IORING_OFF_SQES);
        if ((layout_.features & needed) != needed || rings_ == nullptr || entries_ == nullptr)
            close();
    }

    void* map(std::size_t size, std::uint64_t what) const noexcept
    {
        void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring_,
                                    static_cast<off_t>(what));
        return mapped == MAP_FAILED ? nullptr : mapped;
    }

    os_result enter(unsigned submitted, unsigned awaited) const noexcept
    {
        for (;;) {
            const long entered =
                ::syscall(SYS_io_uring_enter, ring_, submitted, awaited,
                          awaited != 0 ? IORING_ENTER_GETEVENTS : 0U, nullptr, std::size_t{0});
            if (entered >= 0)
                return {};
            if (errno != EINTR)
                return {.value = -1, .error = errno};
        }
    }

    void close() noexcept
    {
        if (entries_ != nullptr)
            static_cast<void>(::munmap(std::exchange(entries_, nullptr), entries_size_));
        if (rings_ != nullptr)
            static_cast<void>(::munmap(std::exchange(rings_, nullptr), rings_size_));
        if (ring_ >= 0)
            ::close(std::exchange(ring_, -1));
    }

    int             ring_ = -1;
    io_uring_params layout_{};
    void*           rings_ = nullptr;
    std::size_t     rings_size_ = 0;
    void*           entries_ = nullptr;
    std::size_t     entries_size_ = 0;
};

#undef STET_DETAIL_HAS_IO_URING

#else

/// A queue that cannot be opened here.
class io_uring {
public:
    io_uring() noexcept = default;
    explicit io_uring(unsigned) noexcept {}

    bool      is_open() const noexcept { return false; }
    os_result submit(file_handle, std::uint64_t, const void*, std::size_t, std::uint64_t) noexcept
    {
        return {.value = -1, .error = ENOSYS};
    }
    os_result submit_read(file_handle, std::uint64_t, void*, std::size_t, std::uint64_t) noexcept
    {
        return {.value = -1, .error = ENOSYS};
    }
    os_result wait(std::uint64_t&) noexcept { return {.value = -1, .error = ENOSYS}; }
};

#endif

} // namespace STET_NAMESPACE::detail

#endif
