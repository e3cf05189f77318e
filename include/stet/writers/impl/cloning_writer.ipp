// SPDX-License-Identifier: MIT
#include "../file_writers.hpp"
#include "positioned_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE::detail {

/// What of some bytes can be shared: whole blocks at a place that fits.
struct shared_blocks {
    file_handle   file = no_handle;
    std::uint64_t from = 0; ///< in the file
    std::size_t   lead = 0; ///< bytes before them
    std::size_t   size = 0; ///< 0: nothing can
};

/// at: where in the new file the bytes belong
inline shared_blocks blocks_to_share(array_view<const mapped_source> sources, bytes data,
                                     std::uint64_t at) noexcept
{
    const auto begin = reinterpret_cast<std::uintptr_t>(data.data());
    for (const mapped_source& source : sources) {
        const auto first = reinterpret_cast<std::uintptr_t>(source.memory.data());
        if (begin < first || begin - first > source.memory.size() ||
            data.size() > source.memory.size() - (begin - first))
            continue;
        const std::size_t lead = memory_size((clone_alignment - at % clone_alignment) % clone_alignment);
        if ((begin - first + lead) % clone_alignment != 0 || data.size() < lead + clone_alignment)
            return {};
        return {.file = source.file,
                .from = begin - first + lead,
                .lead = lead,
                .size = (data.size() - lead) / clone_alignment * clone_alignment};
    }
    return {};
}

inline bool can_share(const header& head, array_view<const mapped_source> sources) noexcept
{
    for (const record& placed : head.tensors().records()) {
        const tensor_view tensor = head.tensors().tensor(placed);
        if (tensor.is_packed() &&
            blocks_to_share(sources, tensor.packed(), head.size() + placed.begin).size != 0)
            return true;
    }
    return false;
}

/// Bytes in file order, of which some are shared instead of written. A sink.
class cloning_stream {
public:
    /// size: of the whole file
    cloning_stream(part_file& file, array_view<const mapped_source> sources, std::span<std::byte> block,
                   std::uint64_t size) noexcept
        : file_(&file), sources_(sources), size_(size), placed_(file, 0), staged_(placed_, block)
    {
    }
    cloning_stream(const cloning_stream&) = delete;
    cloning_stream& operator=(const cloning_stream&) = delete;
    ~cloning_stream() = default;

    result<void> write(bytes data)
    {
        at_ += data.size();
        return staged_.write(data);
    }

    result<void> write_borrowed(bytes data)
    {
        const shared_blocks shared = is_refused_ ? shared_blocks{} : blocks_to_share(sources_, data, at_);
        if (shared.size == 0)
            return write(data);
        if (auto written = write(data.first(shared.lead)); !written)
            return written;
        if (auto flushed = staged_.flush(); !flushed)
            return flushed;
        if (!file_->clone(shared.file, shared.from, at_, shared.size))
            return write_after_all(data.subspan(shared.lead));
        has_shared_ = true;
        at_ += shared.size;
        placed_.skip(shared.size);
        return write(data.subspan(shared.lead + shared.size));
    }

    result<std::span<std::byte>> lend(std::size_t wanted) { return staged_.lend(wanted); }

    result<void> finish() { return staged_.flush(); }

private:
    /// What could not be shared. The first one of all tells that nothing can be; the space is then set aside.
    result<void> write_after_all(bytes data)
    {
        is_refused_ = !has_shared_;
        if (is_refused_) {
            if (auto allocated = file_->preallocate(size_); !allocated)
                return allocated;
        }
        return write(data);
    }

    part_file*                      file_;
    array_view<const mapped_source> sources_;
    std::uint64_t                   size_;
    positioned_sink                 placed_;
    staged_sink                     staged_;
    std::uint64_t                   at_ = 0;
    bool                            has_shared_ = false;
    bool                            is_refused_ = false;
};

STET_INLINE result<void> write_cloning(const void* given, const header& head, part_file& file,
                                       const save_options& options)
{
    const auto& settings = *static_cast<const cloning_settings*>(given);
    if (!file.is_positional() || !can_share(head, settings.files)) {
        auto allocated = file.preallocate(head.file_size());
        return allocated ? write(head, file, write_part(options)) : allocated;
    }
    auto block = staging_block::make(staging_size, head.tensors().memory());
    if (!block)
        return block.error();
    cloning_stream stream(file, settings.files, block->bytes(), head.file_size());
    return write_to_end(head, stream, write_part(options));
}

} // namespace STET_NAMESPACE::detail
