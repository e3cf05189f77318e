// SPDX-License-Identifier: MIT
#include "../direct_writer.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE block_shape shape_for(const block_settings& settings, std::uint64_t size) noexcept
{
    const unsigned      wanted = settings.blocks < 2 ? 2 : settings.blocks;
    const unsigned      blocks = wanted < write_queue::most ? wanted : write_queue::most;
    const std::uint64_t needed = (size + direct_alignment - 1) / direct_alignment * direct_alignment;
    const std::size_t   given =
        (settings.block_size + direct_alignment - 1) / direct_alignment * direct_alignment;
    const std::size_t   least = direct_alignment;
    const std::size_t   wished = given < least ? least : given;
    const std::size_t   block_size = needed < wished ? memory_size(needed < least ? least : needed) : wished;
    const std::uint64_t useful = needed / block_size + 1;
    return {.block_size = block_size,
            .blocks = useful < blocks ? static_cast<unsigned>(useful < 2 ? 2 : useful) : blocks};
}

STET_INLINE result<void> write_through(block_stream& stream, const header& head, const save_options& options)
{
    auto reserved = stream.reserve();
    return reserved ? write_to_end(head, stream, write_part(options)) : reserved;
}

STET_INLINE direct_handle::~direct_handle()
{
    if (is_open())
        calls_->close(calls_->context, value());
}

STET_INLINE result<void> write_direct(const void* given, const header& head, part_file& file,
                                      const save_options& options)
{
    const auto&         settings = *static_cast<const block_settings*>(given);
    const direct_handle direct(file);
    if (!direct.is_open())
        return write(head, file, write_part(options));
    block_shape shape = shape_for(settings, head.file_size());
    shape.file = direct.value();
    shape.alignment = direct_alignment;
    const queue_workers workers{.kernel = true, .jobs = settings.jobs, .threads = shape.blocks / 2};
    block_stream        stream(file, shape, 0, workers, head.tensors().memory());
    return write_through(stream, head, options);
}

STET_INLINE result<void> write_overlapped(const void* given, const header& head, part_file& file,
                                          const save_options& options)
{
    const auto& settings = *static_cast<const block_settings*>(given);
    if (!file.is_positional())
        return write(head, file, write_part(options));
    block_shape shape = shape_for(settings, head.file_size());
    shape.file = file.handle();
    block_stream stream(file, shape, 0, {.jobs = settings.jobs}, head.tensors().memory());
    return write_through(stream, head, options);
}

} // namespace STET_NAMESPACE::detail
