// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_DIRECT_WRITER_HPP
#define STET_WRITERS_DIRECT_WRITER_HPP

#include "../save/save.hpp"
#include "../vocabulary/config.hpp"
#include "impl/block_stream.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE {

/// A ring of staging blocks, and who writes them.
struct block_settings {
    std::size_t block_size = std::size_t{1} << 22U; ///< bytes; a multiple of direct_alignment
    unsigned    blocks = 8;                         ///< 2 to write_queue::most
    executor    jobs{}; ///< empty: the kernel's queue, or threads of the save's own
};

namespace detail {

/// No more memory than the file has bytes to go through it.
block_shape shape_for(const block_settings& settings, std::uint64_t size) noexcept;

result<void> write_through(block_stream& stream, const header& head, const save_options& options);

/// A part file's second handle, for writes past the system's cache.
class direct_handle {
public:
    explicit direct_handle(const part_file& file) : calls_(&file.calls()), opened_(file.open_direct()) {}
    direct_handle(const direct_handle&) = delete;
    direct_handle& operator=(const direct_handle&) = delete;
    ~direct_handle();

    bool        is_open() const noexcept { return opened_.error == 0; }
    file_handle value() const noexcept { return static_cast<file_handle>(opened_.value); }

private:
    const file_system* calls_;
    os_result          opened_;
};

result<void> write_direct(const void* given, const header& head, part_file& file,
                          const save_options& options);

result<void> write_overlapped(const void* given, const header& head, part_file& file,
                              const save_options& options);

} // namespace detail

inline constexpr block_settings default_blocks{};

/// Past the system's cache: several blocks are under way to the disk while the next is filled, and packed tensors whose
/// address fits their place in the file (see aligned_order) are not copied. The fastest way to a durable file, and the
/// one that leaves other programs' cached files alone. Where the file system has no such way, the usual one.
/// memory: blocks * block_size bytes, 32 MiB unless set otherwise
constexpr file_writer direct_writer(const block_settings& settings = default_blocks) noexcept
{
    return {.write = detail::write_direct, .settings = &settings};
}
file_writer direct_writer(const block_settings&& temporary) = delete;

/// Through the system's cache, from another thread: tensors that are produced, gathered or read from a slow place
/// are prepared while earlier ones are written.
/// memory: blocks * block_size bytes
constexpr file_writer overlapped_writer(const block_settings& settings = default_blocks) noexcept
{
    return {.write = detail::write_overlapped, .settings = &settings};
}
file_writer overlapped_writer(const block_settings&& temporary) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/direct_writer.ipp"
#endif

#endif
