// SPDX-License-Identifier: MIT
#include "../direct_writer.hpp"
#include "block_shape.hpp"
#include "block_stream.hpp"
#include "direct_handle.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> accept_blocks(const void* given)
{
    return accept(*static_cast<const block_settings*>(given));
}

/// The whole file, in blocks.
inline result<void> write_blocks(const block_shape& shape, const queue_workers& workers, const header& head,
                                 const part_file& file, const save_options& options)
{
    block_stream stream(file, shape, 0, workers, head.tensors().memory());
    auto         reserved = stream.reserve();
    return reserved ? write_to_end(head, stream, write_part(options)) : reserved;
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
    return write_blocks(shape, {.kernel = true, .jobs = settings.jobs, .threads = shape.blocks / 2}, head,
                        file, options);
}

STET_INLINE result<void> write_overlapped(const void* given, const header& head, part_file& file,
                                          const save_options& options)
{
    const auto& settings = *static_cast<const block_settings*>(given);
    if (!file.is_positional())
        return write(head, file, write_part(options));
    block_shape shape = shape_for(settings, head.file_size());
    shape.file = file.handle();
    return write_blocks(shape, {.jobs = settings.jobs}, head, file, options);
}

} // namespace STET_NAMESPACE::detail
