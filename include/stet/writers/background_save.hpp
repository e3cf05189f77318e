// SPDX-License-Identifier: MIT
#ifndef STET_WRITERS_BACKGROUND_SAVE_HPP
#define STET_WRITERS_BACKGROUND_SAVE_HPP

#include "../save/save.hpp"
#include "file_writers.hpp"

#include <atomic>
#include <cstdint>

namespace STET_NAMESPACE {

/// A plan that is saved on another thread while the program goes on.
/// What the save calls there (progress, producers, the metadata's callback) must not throw, or std::terminate ends the
/// program; it may call cancel(), bytes_done() and bytes_total(), but neither wait() nor save by the same executor.
/// lifetime: borrows the plan with its tensors, the texts in target and options, and the executor, until wait() has
///           returned; destruction waits
template <save_target Target>
class background_save {
public:
    /// Begins at once, as a job of the executor; with an empty one it saves here and now. What the executor throws
    /// passes, and nothing is saved then
    background_save(const plan& tensors, const Target& where, const save_options& options, executor jobs)
        : tensors_(&tensors), where_(where), options_(options), on_progress_(options.progress)
    {
        options_.progress = observer_;
        pending_.give(jobs, run_job, this);
    }
    background_save(const plan&& temporary, const Target&, const save_options&, executor) = delete;
    background_save(const background_save&) = delete;
    background_save& operator=(const background_save&) = delete;
    ~background_save() { pending_.wait(); }

    /// Whether wait() returns at once.
    bool is_done() { return pending_.are_done(); }

    /// Bytes of the file that have been written; of how many, once the first is.
    std::uint64_t bytes_done() const noexcept { return done_.load(std::memory_order_relaxed); }
    /// Bytes that the file will have.
    std::uint64_t bytes_total() const noexcept { return total_.load(std::memory_order_relaxed); }

    /// Lets the save end with errc::cancelled and without a file, unless it is complete already.
    void cancel() noexcept { is_cancelled_.store(true, std::memory_order_relaxed); }

    /// What the save came to, when it has ended.
    const result<saved_checkpoint>& wait()
    {
        pending_.wait();
        return outcome_;
    }

private:
    /// Sees the progress before the caller's own callback does.
    struct observer {
        background_save* of;

        bool operator()(const progress& at) const
        {
            of->done_.store(at.bytes_done, std::memory_order_relaxed);
            of->total_.store(at.bytes_total, std::memory_order_relaxed);
            return !of->is_cancelled_.load(std::memory_order_relaxed) &&
                   (!of->on_progress_ || of->on_progress_(at));
        }
    };

    /// noexcept: an exception must not pass an executor, which knows nothing of it.
    static void run_job(void* itself) noexcept
    {
        auto& self = *static_cast<background_save*>(itself);
        self.outcome_ = save(*self.tensors_, self.where_, self.options_);
        self.pending_.finish();
    }

    const plan*                tensors_;
    Target                     where_;
    save_options               options_;
    progress_callback          on_progress_;
    observer                   observer_{this};
    std::atomic<std::uint64_t> done_ = 0;
    std::atomic<std::uint64_t> total_ = 0;
    std::atomic<bool>          is_cancelled_ = false;
    result<saved_checkpoint>   outcome_{error{.code = errc::cancelled}};
    detail::pending_jobs       pending_{};
};

template <save_target Target>
background_save(const plan&, const Target&, const save_options&, executor) -> background_save<Target>;

} // namespace STET_NAMESPACE

#endif
