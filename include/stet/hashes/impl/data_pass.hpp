// SPDX-License-Identifier: MIT
// A plan's data on its way to a file, hashed in file order beside whoever writes it.
#ifndef STET_HASHES_IMPL_DATA_PASS_HPP
#define STET_HASHES_IMPL_DATA_PASS_HPP

#include "../../plan/plan.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/growing_array.hpp"
#include "../../writers/executor.hpp"
#include "file_hasher.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace STET_NAMESPACE::detail {

/// Hands all tensors of a plan to the hasher, in file order, on the calling thread.
/// errors: the producers', with the tensor
result<void> hash_data(const plan& tensors, file_hasher& hasher);

/// The same while the tensors are written, by whichever writer and in whichever order. Tensors in memory are read from
/// there, by jobs. One that is produced is hashed as it passes, if all produced before it have passed; else it is
/// produced once more after the writing, on the calling thread. No job waits for anything, and whoever has to wait for a
/// job that has not begun does its work: so any executor does, whatever else it runs.
/// lifetime: destruction stops the jobs and waits for them, also when an exception passes
class data_pass {
public:
    /// jobs: empty where everything is to be hashed on the threads that write, and after
    data_pass(const plan& tensors, file_hasher& hasher, const executor& jobs) noexcept;
    data_pass(const data_pass&) = delete;
    data_pass& operator=(const data_pass&) = delete;
    ~data_pass();

    /// errors: out_of_memory
    result<void> reserve();

    /// The plan to be written instead: the same names, places and bytes.
    const plan& tensors() const noexcept { return passing_ ? *passing_ : *tensors_; }

    void begin() { send_job(); }

    /// Whether all is hashed.
    bool is_done();

    /// Hashes what is left, when all is written.
    /// errors: the producers', with the tensor
    result<void> finish();

private:
    /// How far a produced tensor has come.
    enum class stage : std::uint8_t {
        to_come,
        passing,
        passed,
        missed, ///< to be produced once more
    };

    struct produced {
        data_pass*  pass;
        tensor_view original;
        stage       state = stage::to_come;
    };

    class passing_sink;

    static bool is_produced(const record& placed) noexcept
    {
        return placed.pour != nullptr && (!placed.has_strides || placed.is_cast);
    }

    static result<void> pour_passing(const tensor_view& tensor, sink_ref destination);

    /// errors: out_of_memory
    result<void> make_passing(std::size_t count);

    bool begin_passing(produced& tensor);
    void take_passing(bytes data);
    void end_passing(produced& tensor, const result<void>& outcome);

    /// Goes past the produced tensors whose turn is over.
    void next_turn() noexcept;

    void send_job();

    /// noexcept: an exception must not pass an executor, which knows nothing of it.
    static void run_job(void* itself) noexcept;

    /// Hashes what is there. Called with the lock held, when nobody else is hashing; gives it up while it works.
    /// may_produce: whether what was missed is produced here
    void hash_here(std::unique_lock<std::mutex>& lock, bool may_produce);

    /// One step of that. returns: whether there was anything to do
    bool step(std::unique_lock<std::mutex>& lock, bool may_produce);

    void step_in_memory(std::unique_lock<std::mutex>& lock);
    void step_once_more(std::unique_lock<std::mutex>& lock);

    bool is_over() const noexcept { return is_stopped_ || !outcome_ || next_ == tensors_->records().size(); }

    const plan*              tensors_;
    file_hasher*             hasher_;
    executor                 jobs_;
    std::optional<plan>      passing_{};
    growing_array<produced>  produced_; ///< in file order
    growing_array<std::byte> ring_;     ///< bytes that have passed and are not hashed yet
    std::size_t              filled_ = 0;
    std::size_t              first_ = 0;
    std::size_t             turn_ = 0; ///< of the produced tensors: all before it have passed, or were missed
    std::size_t             next_produced_ = 0; ///< the next one to be hashed
    std::size_t             next_ = 0;          ///< the record that is being hashed
    std::uint64_t           done_ = 0;          ///< bytes of it
    bool                    is_hashing_ = false;
    bool                    is_sent_ = false; ///< a job that has not begun
    bool                    is_stopped_ = false;
    std::size_t             jobs_left_ = 0;
    result<void>            outcome_{};
    std::mutex              mutex_{};
    std::condition_variable news_{};
};

} // namespace STET_NAMESPACE::detail

#if STET_BODIES
#include "data_pass.ipp"
#endif

#endif
