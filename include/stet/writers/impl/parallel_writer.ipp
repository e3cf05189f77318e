// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../file_writers.hpp"
#include "joint_write.hpp"
#include "positioned_sink.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

namespace STET_NAMESPACE::detail {

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
    prefetch_function prefetch;
};

/// One thread's share of the work: runs of tensors, until there are none.
struct parallel_share : joint_share {
    const parallel_save* of = nullptr;
    std::span<std::byte> block{};

    result<void> write_run(const tensor_run& run) const
    {
        const std::uint64_t   begin = of->head->size() + run.begin;
        const std::uint64_t   end = of->head->size() + run.end;
        shared_progress::part part(with->progress(), begin);
        positioned_sink       sink(*of->file, begin);
        staged_sink           out(sink, block);
        if (auto written =
                write_tensors(*of->head, run, out, begin, {.progress = part, .prefetch = of->prefetch});
            !written)
            return written;
        if (auto flushed = out.flush(); !flushed)
            return flushed;
        if (!part({.bytes_done = end, .bytes_total = 0, .tensor = {}}))
            return error{.code = errc::cancelled, .expected = of->head->file_size(), .actual = end};
        return {};
    }

    result<void> write() const
    {
        while (const auto run = of->runs->next()) {
            if (auto written = write_run(*run); !written)
                return written;
        }
        return {};
    }

    result<void> write_header() const
    {
        positioned_sink sink(*of->file, 0);
        staged_sink     out(sink, block);
        if (auto written = of->head->write(out); !written)
            return written;
        return out.flush();
    }
};

/// most:   bytes that one piece of memory can have
/// errors: invalid_setting
inline result<void> accept(const parallel_settings& settings, std::uint64_t most = PTRDIFF_MAX) noexcept
{
    const std::uint64_t threads = std::uint64_t{settings.workers} + 1;
    if (threads > most / sizeof(parallel_share))
        return wrong_setting("workers", settings.workers, "so few that they fit into memory");
    if (settings.staging == 0 || settings.staging > most / threads)
        return wrong_setting("staging", settings.staging,
                             "at least one byte, and so few that all threads' fit into memory");
    return {};
}

STET_INLINE result<void> accept_parallel(const void* given)
{
    return accept(*static_cast<const parallel_settings*>(given));
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
    auto                          blocks = staging_block::make(share_count * settings.staging, memory);
    if (!blocks)
        return blocks.error();
    if (!shares.resize(share_count))
        return out_of_memory(share_count * sizeof(parallel_share));

    run_dispenser       runs(head.tensors(), settings.portion);
    const parallel_save common{&head, &file, &runs, options.prefetch};
    joint_write         all(head, options.progress, head.size());
    for (std::size_t i = 0; i < share_count; ++i) {
        parallel_share share;
        share.with = &all;
        share.of = &common;
        share.block = blocks->bytes().subspan(i * settings.staging, settings.staging);
        shares[i] = share;
    }
    for (std::size_t i = 1; i < share_count; ++i)
        all.give(settings.jobs, shares[i]);
    const parallel_share& own = shares[0];
    return all.finish(own.write_header().and_then([&] { return own.write(); }));
}

} // namespace STET_NAMESPACE::detail
