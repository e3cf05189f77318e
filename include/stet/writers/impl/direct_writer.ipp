// SPDX-License-Identifier: MIT
#include "../file_writers.hpp"
#include "block_shape.hpp"
#include "block_stream.hpp"
#include "direct_handle.hpp"
#include "halves.hpp"
#include "joint_write.hpp"
#include "positioned_sink.hpp"

#include <optional>
#include <span>

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

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> accept_hybrid(const void* given)
{
    const auto& settings = *static_cast<const hybrid_settings*>(given);
    if (settings.most_percent > 100)
        return wrong_setting("most_percent", settings.most_percent, "0 to 100");
    return accept(settings.blocks);
}

/// Header and a run of tensors through the cache.
struct cached_half : joint_share {
    const header*        head = nullptr;
    const part_file*     file = nullptr;
    tensor_run           run{};
    std::span<std::byte> block{};
    prefetch_function    prefetch = nullptr;

    result<void> write() const
    {
        shared_progress::part part(with->progress(), 0);
        positioned_sink       sink(*file, 0);
        staged_sink           out(sink, block);
        if (auto written = head->write(out); !written)
            return written;
        if (auto written =
                write_tensors(*head, run, out, head->size(), {.progress = part, .prefetch = prefetch});
            !written)
            return written;
        return out.flush();
    }
};

/// The other tensors, past the cache.
inline result<void> write_direct_half(block_stream& stream, const header& head, const tensor_run& run,
                                      const write_options& options)
{
    if (auto written = write_tensors(head, run, stream, head.size() + run.begin, options); !written)
        return written;
    return stream.finish();
}

STET_INLINE result<void> write_hybrid(const void* given, const header& head, part_file& file,
                                      const save_options& options)
{
    const auto&         settings = *static_cast<const hybrid_settings*>(given);
    const std::uint64_t share = head.file_size() / 100 * settings.most_percent;
    const std::uint64_t cached = share < settings.most_cached ? share : settings.most_cached;
    const direct_handle direct(file);
    if (!direct.is_open() || cached <= head.size())
        return write_direct(&settings.blocks, head, file, options);
    const halves parts = cut(head, cached - head.size());

    block_shape shape = shape_for(settings.blocks, parts.second.end - parts.second.begin);
    shape.file = direct.value();
    shape.alignment = direct_alignment;
    const executor      jobs = settings.blocks.jobs;
    const std::uint64_t second_begin = head.size() + parts.second.begin;
    block_stream        stream(file, shape, second_begin,
                               {.kernel = true, .jobs = jobs, .threads = shape.blocks / 2}, head.tensors().memory());
    auto                block = staging_block::make(staging_size, head.tensors().memory());
    if (!block)
        return block.error();
    if (auto reserved = stream.reserve(); !reserved)
        return reserved;

    cached_half first;
    first.head = &head;
    first.file = &file;
    first.run = parts.first;
    first.block = block->bytes();
    first.prefetch = options.prefetch;
    std::optional<worker_threads> own;
    joint_write                   both(head, options.progress, 0);
    both.give(jobs ? jobs : own.emplace(1U).jobs(), first);
    shared_progress::part second(both.progress(), second_begin);
    return both.finish(
        write_direct_half(stream, head, parts.second, {.progress = second, .prefetch = options.prefetch}));
}

} // namespace STET_NAMESPACE::detail

namespace STET_NAMESPACE::detail {

STET_INLINE result<void> accept_automatic(const void* given)
{
    return accept_hybrid(&static_cast<const automatic_settings*>(given)->hybrid);
}

STET_INLINE result<void> write_automatic(const void* given, const header& head, part_file& file,
                                         const save_options& options)
{
    const auto& settings = *static_cast<const automatic_settings*>(given);
    const bool  is_durable = options.durability == durability::full;
    if (head.file_size() < (is_durable ? settings.large_durable : settings.large))
        return write(head, file, write_part(options));
    if (is_durable)
        return write_direct(&settings.hybrid.blocks, head, file, options);
    return write_hybrid(&settings.hybrid, head, file, options);
}

} // namespace STET_NAMESPACE::detail
