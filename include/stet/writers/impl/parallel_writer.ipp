// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../parallel_writer.hpp"

#include <cstdint>

namespace STET_NAMESPACE::detail {

STET_INLINE run_dispenser::run_dispenser(const plan& tensors, std::size_t portion) noexcept
    : tensors_(&tensors), portion_(portion)
{
}

STET_INLINE std::optional<tensor_run> run_dispenser::next()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto                        records = tensors_->records();
    if (next_ == records.size())
        return std::nullopt;
    const std::size_t   first = next_;
    const std::uint64_t begin = records[first].begin;
    while (next_ < records.size() && (next_ == first || records[next_].end() - begin <= portion_))
        ++next_;
    return tensor_run{.first = first, .last = next_, .begin = begin, .end = records[next_ - 1].end()};
}

STET_INLINE result<void> parallel_share::write() const
{
    const std::uint64_t data_begin = of->head->size();
    while (const auto run = of->runs->next()) {
        shared_progress::part part(*of->progress, data_begin + run->begin);
        positioned_sink       sink(*of->file, data_begin + run->begin);
        staged_sink           out(sink, block);
        if (auto written = write_tensors(*of->head, *run, out, data_begin + run->begin,
                                         {.progress = part, .prefetch = of->prefetch});
            !written)
            return written;
        if (auto flushed = out.flush(); !flushed)
            return flushed;
        if (!part({.bytes_done = data_begin + run->end, .bytes_total = 0, .tensor = {}}))
            return error{
                .code = errc::cancelled, .expected = of->head->file_size(), .actual = data_begin + run->end};
    }
    return {};
}

STET_INLINE void parallel_share::run_job(void* itself)
{
    const auto& self = *static_cast<const parallel_share*>(itself);
    self.of->progress->end(self.write());
    self.of->pending->finish();
}

STET_INLINE result<void> write_parallel(const void* given, const header& head, part_file& file,
                                        const save_options& options)
{
    const auto& settings = *static_cast<const parallel_settings*>(given);
    if (!file.is_positional() || !settings.jobs || settings.workers == 0)
        return write(head, file, write_part(options));
    const allocator               memory = head.tensors().memory();
    const std::size_t             share_count = std::size_t{settings.workers} + 1;
    growing_array<parallel_share> shares(memory);
    const std::size_t             staging = settings.staging == 0 ? 1 : settings.staging;
    auto                          blocks = staging_block::make(share_count * staging, memory);
    if (!blocks)
        return blocks.error();
    if (!shares.resize(share_count))
        return detail::out_of_memory(share_count * sizeof(parallel_share));

    shared_progress progress(options.progress, head.file_size(), head.size());
    run_dispenser   runs(head.tensors(), settings.portion);
    pending_jobs    pending;
    parallel_save   all{&head, &file, &runs, &progress, options.prefetch, &pending};
    for (std::size_t i = 0; i < share_count; ++i)
        shares[i] = {.of = &all, .block = blocks->bytes().subspan(i * staging, staging)};
    for (std::size_t i = 1; i < share_count; ++i) {
        pending.add();
        settings.jobs.run(settings.jobs.context, parallel_share::run_job, &shares[i]);
    }
    positioned_sink sink(file, 0);
    staged_sink     out(sink, shares[0].block);
    auto            written = head.write(out);
    if (written)
        written = out.flush();
    if (written)
        written = shares[0].write();
    progress.end(written);
    pending.wait();
    if (auto outcome = progress.outcome(); !outcome)
        return outcome;
    return report_end(head, options.progress);
}

} // namespace STET_NAMESPACE::detail
