// SPDX-License-Identifier: MIT
#include "../hybrid_writer.hpp"

#include <optional>

namespace STET_NAMESPACE::detail {

STET_INLINE halves cut(const header& head, std::uint64_t goal) noexcept
{
    const tensor_run whole = whole_run(head.tensors());
    const auto       records = head.tensors().records();
    std::size_t      at = 0;
    while (at < records.size() && records[at].end() <= goal)
        ++at;
    if (at == records.size())
        return {.first = whole, .second = {.first = at, .last = at, .begin = whole.end, .end = whole.end}};
    const std::uint64_t aligned = (head.size() + goal) / direct_alignment * direct_alignment;
    const bool          is_inside = records[at].pour == nullptr && aligned > head.size() + records[at].begin;
    const std::uint64_t place = is_inside ? aligned - head.size() : records[at].begin;
    return {.first = {.first = 0, .last = is_inside ? at + 1 : at, .begin = 0, .end = place},
            .second = {.first = at, .last = whole.last, .begin = place, .end = whole.end}};
}

STET_INLINE result<void> cached_half::write() const
{
    positioned_sink sink(*file, 0);
    staged_sink     out(sink, block);
    if (auto written = head->write(out); !written)
        return written;
    if (auto written = write_tensors(*head, run, out, head->size(), options); !written)
        return written;
    return out.flush();
}

STET_INLINE void cached_half::run_job(void* itself)
{
    const auto& self = *static_cast<const cached_half*>(itself);
    self.progress->end(self.write());
    self.pending->finish();
}

STET_INLINE result<void> write_direct_half(block_stream& stream, const header& head, const tensor_run& run,
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
    const std::uint64_t share =
        head.file_size() / 100 * (settings.most_percent < 100 ? settings.most_percent : 100);
    const std::uint64_t cached = share < settings.most_cached ? share : settings.most_cached;
    const direct_handle direct(file);
    if (!direct.is_open() || cached <= head.size())
        return write_direct(&settings.blocks, head, file, options);
    const halves parts = cut(head, cached - head.size());

    block_shape shape = shape_for(settings.blocks, parts.second.end - parts.second.begin);
    shape.file = direct.value();
    shape.alignment = direct_alignment;
    const executor      jobs = settings.blocks.jobs;
    const queue_workers queued{.kernel = true, .jobs = jobs, .threads = shape.blocks / 2};
    block_stream stream(file, shape, head.size() + parts.second.begin, queued, head.tensors().memory());
    auto         block = staging_block::make(staging_size, head.tensors().memory());
    if (!block)
        return block.error();
    if (auto reserved = stream.reserve(); !reserved)
        return reserved;

    shared_progress       progress(options.progress, head.file_size());
    shared_progress::part first_part(progress, 0);
    shared_progress::part second_part(progress, head.size() + parts.second.begin);
    pending_jobs          pending;
    cached_half           first{.head = &head,
                                .file = &file,
                                .run = parts.first,
                                .block = block->bytes(),
                                .options = {.progress = first_part, .prefetch = options.prefetch},
                                .progress = &progress,
                                .pending = &pending};
    pending.add();
    std::optional<worker_threads> own;
    const executor                other = jobs ? jobs : own.emplace(1U).jobs();
    other.run(other.context, cached_half::run_job, &first);
    progress.end(write_direct_half(stream, head, parts.second,
                                   {.progress = second_part, .prefetch = options.prefetch}));
    pending.wait();
    if (auto outcome = progress.outcome(); !outcome)
        return outcome;
    return report_end(head, options.progress);
}

} // namespace STET_NAMESPACE::detail
