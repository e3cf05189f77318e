// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_PARALLEL_WRITER_HPP
#define STET_WRITERS_PARALLEL_WRITER_HPP

#include "../file/impl/positioned_sink.hpp"
#include "../save/save.hpp"
#include "executor.hpp"
#include "impl/pending_jobs.hpp"
#include "impl/shared_progress.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

namespace STET_NAMESPACE {

/// Who prepares and writes tensors beside the calling thread.
struct parallel_settings {
    executor    jobs{};
    unsigned    workers = 1;                     ///< jobs that are given to it
    std::size_t staging = std::size_t{1} << 20U; ///< bytes for each thread
    std::size_t portion = std::size_t{4} << 20U; ///< bytes of tensors a thread takes at a time, or one tensor
};

namespace detail {

/// Hands out runs of tensors, in file order, to whoever asks.
class run_dispenser {
public:
    run_dispenser(const plan& tensors, std::size_t portion) noexcept : tensors_(&tensors), portion_(portion)
    {
    }

    std::optional<tensor_run> next()
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

private:
    std::mutex  mutex_{};
    const plan* tensors_;
    std::size_t portion_;
    std::size_t next_ = 0;
};

/// What all threads of a save share.
struct parallel_save {
    const header*     head;
    const part_file*  file;
    run_dispenser*    runs;
    shared_progress*  progress;
    prefetch_function prefetch;
    pending_jobs*     pending;
};

/// One thread's share of the work, as a job.
struct parallel_share {
    const parallel_save* of = nullptr;
    std::span<std::byte> block{};

    result<void> write() const
    {
        const std::uint64_t data_begin = of->head->size();
        while (const auto run = of->runs->next()) {
            shared_progress::part part(*of->progress, data_begin + run->begin);
            positioned_sink       sink(*of->file, data_begin + run->begin);
            staged_sink           out(sink, block);
            if (auto written = write_tensors(*of->head, *run, out, data_begin + run->begin,
                                             {.on_progress = part, .prefetch = of->prefetch});
                !written)
                return written;
            if (auto flushed = out.flush(); !flushed)
                return flushed;
            if (!part({.bytes_done = data_begin + run->end, .bytes_total = 0, .tensor = {}}))
                return error{.code = errc::cancelled,
                             .expected = of->head->file_size(),
                             .actual = data_begin + run->end};
        }
        return {};
    }

    static void run_job(void* itself)
    {
        const auto& self = *static_cast<const parallel_share*>(itself);
        self.of->progress->end(self.write());
        self.of->pending->finish();
    }
};

inline result<void> write_parallel(const void* given, const header& head, part_file& file,
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
        return error{.code = errc::out_of_memory, .expected = share_count * sizeof(parallel_share)};

    shared_progress progress(options.on_progress, head.file_size(), head.size());
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
    return report_end(head, options.on_progress);
}

} // namespace detail

/// Several threads prepare and write tensors at once, each through the system's cache: for tensors whose bytes cost
/// time to make. Producers of different tensors run at once. Where a file system has no positional writes, the usual
/// way. The bytes in the file are the same for any number of threads.
/// lifetime: borrows the settings
constexpr file_writer parallel_writer(const parallel_settings& settings) noexcept
{
    return {.write = detail::write_parallel, .settings = &settings};
}
file_writer parallel_writer(const parallel_settings&& temporary) = delete;

} // namespace STET_NAMESPACE

#endif
