// SPDX-License-Identifier: MIT
// Tensors of a mapped file, shared with it on the disk instead of copied. Not part of stet.hpp.
#ifndef STET_WRITERS_CLONING_WRITER_HPP
#define STET_WRITERS_CLONING_WRITER_HPP

#include "../file/impl/positioned_sink.hpp"
#include "../save/save.hpp"
#include "../vocabulary/array_view.hpp"
#include "../vocabulary/config.hpp"

#include <cstddef>
#include <cstdint>

namespace STET_NAMESPACE {

/// A file whose bytes are in memory from the first one on: a mapped_file's bytes() and handle().
struct mapped_source {
    bytes       memory{};
    file_handle file = no_handle;
};

struct cloning_settings {
    array_view<const mapped_source> files{}; ///< those whose tensors may be shared
};

namespace detail {

/// What of some bytes can be shared: whole blocks at a place that fits.
struct shared_blocks {
    file_handle   file = no_handle;
    std::uint64_t from = 0; ///< in the file
    std::size_t   lead = 0; ///< bytes before them
    std::size_t   size = 0; ///< 0: nothing can
};

/// at: where in the new file the bytes belong
shared_blocks blocks_to_share(array_view<const mapped_source> sources, bytes data, std::uint64_t at) noexcept;

bool can_share(const header& head, array_view<const mapped_source> sources) noexcept;

/// Bytes in file order, of which some are shared instead of written. A sink.
class cloning_stream {
public:
    /// size: of the whole file
    cloning_stream(part_file& file, array_view<const mapped_source> sources, std::span<std::byte> block,
                   std::uint64_t size) noexcept;
    cloning_stream(const cloning_stream&) = delete;
    cloning_stream& operator=(const cloning_stream&) = delete;
    ~cloning_stream() = default;

    result<void> write(bytes data);

    result<void> write_borrowed(bytes data);

    result<std::span<std::byte>> lend(std::size_t wanted) { return staged_.lend(wanted); }

    result<void> finish() { return staged_.flush(); }

private:
    /// What could not be shared. The first one of all tells that nothing can be; the space is then set aside.
    result<void> write_after_all(bytes data);

    part_file*                      file_;
    array_view<const mapped_source> sources_;
    std::uint64_t                   size_;
    positioned_sink                 placed_;
    staged_sink                     staged_;
    std::uint64_t                   at_ = 0;
    bool                            has_shared_ = false;
    bool                            is_refused_ = false;
};

result<void> write_cloning(const void* given, const header& head, part_file& file,
                           const save_options& options);

} // namespace detail

/// Tensors that lie in mapped files share their blocks with them on the disk, where the file system can do that (btrfs,
/// XFS, bcachefs, OCFS2) and both files have them at places that differ by a multiple of clone_alignment: save with
/// aligned_order<clone_alignment> what was saved so. A copy then takes no time and no space. All other bytes are written
/// the usual way, everything where nothing can be shared.
/// memory:   one staging block
/// lifetime: the files stay as they are until the save is over, as for any mapping
constexpr file_writer cloning_writer(const cloning_settings& settings) noexcept
{
    return {.write = detail::write_cloning, .settings = &settings, .shares_space = true};
}
file_writer cloning_writer(const cloning_settings&& temporary) = delete;

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/cloning_writer.ipp"
#endif

#endif
