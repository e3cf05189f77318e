// SPDX-License-Identifier: MIT
#include "../../tensor/tensor_view.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "data_pass.hpp"

#include <cstring>
#include <utility>

namespace STET_NAMESPACE::detail {

/// Bytes that are hashed before anybody is told.
inline constexpr std::size_t hashed_at_once = std::size_t{1} << 20U;

/// Bytes of produced tensors that may wait to be hashed.
inline constexpr std::size_t passing_capacity = std::size_t{4} << 20U;

/// Hands what is poured to the hasher.
class hasher_sink {
public:
    explicit hasher_sink(file_hasher& to) noexcept : to_(&to) {}

    result<void> write(bytes piece)
    {
        to_->data(piece);
        return {};
    }

private:
    file_hasher* to_;
};

inline tensor_facts facts_of(const plan& tensors, const record& placed) noexcept
{
    return {.name = placed.name, .type = placed.type, .shape = tensors.shape(placed)};
}

/// The whole tensor, wherever its bytes come from.
inline result<void> hash_tensor(const plan& tensors, const record& placed, file_hasher& hasher)
{
    hasher_sink sink(hasher);
    const auto  poured = pour(tensors.tensor(placed), sink);
    if (poured || !poured.error().subject().empty())
        return poured;
    return poured.error().about(placed.name.prefix, placed.name.stem);
}

STET_INLINE result<void> hash_data(const plan& tensors, file_hasher& hasher)
{
    for (const record& placed : tensors.records()) {
        hasher.begin_tensor(facts_of(tensors, placed));
        if (auto hashed = hash_tensor(tensors, placed, hasher); !hashed)
            return hashed;
        hasher.end_tensor();
    }
    return {};
}

/// Passes a produced tensor on, and to the pass.
class data_pass::passing_sink {
public:
    passing_sink(data_pass& pass, sink_ref destination) noexcept : pass_(&pass), destination_(destination) {}

    result<void> write(bytes data)
    {
        pass_->take_passing(data); // first: what was lent need not last longer
        return destination_.write(data);
    }

    result<std::span<std::byte>> lend(std::size_t wanted) { return destination_.lend(wanted); }

private:
    data_pass* pass_;
    sink_ref   destination_;
};

STET_INLINE data_pass::data_pass(const plan& tensors, file_hasher& hasher, const executor& jobs) noexcept
    : tensors_(&tensors), hasher_(&hasher), jobs_(jobs), produced_(tensors.memory()), ring_(tensors.memory())
{
}

STET_INLINE data_pass::~data_pass()
{
    std::unique_lock<std::mutex> lock(mutex_);
    is_stopped_ = true;
    news_.wait(lock, [this] { return jobs_left_ == 0 && !is_hashing_; });
}

STET_INLINE result<void> data_pass::reserve()
{
    std::size_t count = 0;
    for (const record& placed : tensors_->records())
        count += is_produced(placed) ? 1U : 0U;
    return count != 0 ? make_passing(count) : result<void>();
}

STET_INLINE result<void> data_pass::make_passing(std::size_t count)
{
    const array_view<const record> all = tensors_->records();
    const std::size_t ring = smaller_size(passing_capacity, memory_size(tensors_->data_size()) + 1);
    std::size_t       axes_count = 0;
    for (const record& placed : all)
        axes_count += placed.has_strides ? 2 * std::size_t{placed.rank} : placed.rank;
    growing_array<record>        records(tensors_->memory());
    growing_array<std::uint64_t> axes(tensors_->memory());
    if (!produced_.reserve(count) || !ring_.resize(ring) || !records.reserve(all.size()) ||
        !axes.reserve(axes_count))
        return out_of_memory(ring + all.size() * sizeof(record));
    bool is_kept = true; // there is room for all of it
    for (const record& original : all) {
        const tensor_view tensor = tensors_->tensor(original);
        record            placed = original;
        placed.first_axis = static_cast<std::uint32_t>(axes.size());
        for (const std::uint64_t dimension : tensors_->shape(original))
            is_kept = axes.push(dimension) && is_kept;
        for (std::size_t axis = 0; placed.has_strides && axis < tensor.strides.size(); ++axis)
            is_kept = axes.push(static_cast<std::uint64_t>(tensor.strides[axis])) && is_kept;
        if (is_produced(placed)) {
            is_kept = produced_.push({.pass = this, .original = tensor}) && is_kept;
            placed.data = &produced_[produced_.size() - 1];
            placed.pour = pour_passing;
            placed.is_cast = false; // what the casts meet is counted where the plan was given
        }
        is_kept = records.push(placed) && is_kept;
    }
    STET_ASSERT(is_kept, "stet: what was counted has room");
    passing_.emplace(std::move(records), std::move(axes), change_log(tensors_->memory()),
                     tensors_->components(), tensors_->model(), tensors_->members_size(),
                     tensors_->data_alignment());
    return {};
}

STET_INLINE result<void> data_pass::pour_passing(const tensor_view& tensor, sink_ref destination)
{
    // The records are constant where they are written from; what they lead to is not.
    auto&      passing = *const_cast<produced*>(static_cast<const produced*>(tensor.data));
    data_pass& pass = *passing.pass;
    if (!pass.begin_passing(passing))
        return passing.original.pour(passing.original, destination);
    passing_sink both(pass, destination);
    auto         poured = passing.original.pour(passing.original, both);
    pass.end_passing(passing, poured);
    return poured;
}

STET_INLINE bool data_pass::begin_passing(produced& tensor)
{
    const std::lock_guard<std::mutex> guard(mutex_);
    if (tensor.state != stage::to_come) // a writer asks once more
        return false;
    const bool is_next = &tensor == produced_.data() + turn_;
    tensor.state = is_next ? stage::passing : stage::missed;
    return is_next;
}

STET_INLINE void data_pass::take_passing(bytes data)
{
    std::unique_lock<std::mutex> lock(mutex_);
    while (!data.empty() && !is_over()) {
        const std::size_t room = ring_.size() - filled_;
        if (room == 0 && is_hashing_) {
            news_.wait(lock);
            continue;
        }
        if (room == 0) {
            hash_here(lock, false);
            continue;
        }
        const std::size_t end = (first_ + filled_) % ring_.size();
        const std::size_t count = smaller_size(data.size(), smaller_size(room, ring_.size() - end));
        std::memcpy(ring_.data() + end, data.data(), count);
        filled_ += count;
        data = data.subspan(count);
    }
    const bool is_wanted = !is_hashing_ && !is_sent_ && filled_ >= ring_.size() / 4;
    lock.unlock();
    if (is_wanted)
        send_job();
}

STET_INLINE void data_pass::end_passing(produced& tensor, const result<void>& outcome)
{
    std::unique_lock<std::mutex> lock(mutex_);
    if (!outcome) {
        outcome_ = outcome;
        return;
    }
    tensor.state = stage::passed;
    next_turn();
    const bool is_wanted = !is_hashing_ && !is_sent_;
    lock.unlock();
    if (is_wanted)
        send_job();
}

STET_INLINE void data_pass::next_turn() noexcept
{
    while (turn_ < produced_.size() &&
           (produced_[turn_].state == stage::passed || produced_[turn_].state == stage::missed))
        ++turn_;
}

STET_INLINE void data_pass::send_job()
{
    if (!jobs_)
        return;
    struct refused { // unless the executor takes the job
        data_pass* pass;

        ~refused()
        {
            if (pass == nullptr)
                return;
            const std::lock_guard<std::mutex> guard(pass->mutex_);
            --pass->jobs_left_;
            pass->is_sent_ = false;
        }
    } guard{this};
    {
        const std::lock_guard<std::mutex> locked(mutex_);
        ++jobs_left_;
        is_sent_ = true;
    }
    jobs_.run(jobs_.context, run_job, this);
    guard.pass = nullptr;
}

STET_INLINE void data_pass::run_job(void* itself) noexcept
{
    auto&                        self = *static_cast<data_pass*>(itself);
    std::unique_lock<std::mutex> lock(self.mutex_);
    self.is_sent_ = false;
    if (!self.is_hashing_)
        self.hash_here(lock, false);
    --self.jobs_left_;
    self.news_.notify_all(); // under the lock: the pass may be gone right after
}

STET_INLINE bool data_pass::is_done()
{
    const std::lock_guard<std::mutex> guard(mutex_);
    return is_over();
}

STET_INLINE result<void> data_pass::finish()
{
    std::unique_lock<std::mutex> lock(mutex_);
    for (produced& tensor : produced_) {
        if (tensor.state == stage::to_come) // a writer of the user's own had its bytes from elsewhere
            tensor.state = stage::missed;
    }
    while (!is_over()) {
        if (is_hashing_)
            news_.wait(lock);
        else
            hash_here(lock, true);
    }
    news_.wait(lock, [this] { return !is_hashing_; });
    return outcome_;
}

STET_INLINE void data_pass::hash_here(std::unique_lock<std::mutex>& lock, bool may_produce)
{
    struct working { // also when a producer throws
        data_pass*                    pass;
        std::unique_lock<std::mutex>* lock;

        ~working()
        {
            if (!lock->owns_lock())
                lock->lock();
            pass->is_hashing_ = false;
            pass->news_.notify_all();
        }
    };
    is_hashing_ = true;
    const working guard{this, &lock};
    while (!is_over() && step(lock, may_produce))
        news_.notify_all();
}

STET_INLINE bool data_pass::step(std::unique_lock<std::mutex>& lock, bool may_produce)
{
    const record& placed = tensors_->records()[next_];
    if (!is_produced(placed)) {
        step_in_memory(lock);
        return true;
    }
    const produced& tensor = produced_[next_produced_];
    if (tensor.state == stage::missed) {
        if (may_produce)
            step_once_more(lock);
        return may_produce;
    }
    if (done_ == placed.size && tensor.state == stage::passed) {
        if (placed.size == 0)
            hasher_->begin_tensor(facts_of(*tensors_, placed));
        hasher_->end_tensor();
        ++next_produced_;
        ++next_;
        done_ = 0;
        return true;
    }
    if (filled_ == 0 || done_ == placed.size)
        return false;
    const std::uint64_t left = placed.size - done_;
    const std::size_t   held = smaller_size(smaller_size(filled_, ring_.size() - first_), hashed_at_once);
    const std::size_t   count = left < held ? memory_size(left) : held;
    const bytes         piece(ring_.data() + first_, count);
    const bool          is_first = done_ == 0;
    lock.unlock();
    if (is_first)
        hasher_->begin_tensor(facts_of(*tensors_, placed));
    hasher_->data(piece);
    lock.lock();
    done_ += count;
    filled_ -= count;
    first_ = (first_ + count) % ring_.size();
    return true;
}

STET_INLINE void data_pass::step_in_memory(std::unique_lock<std::mutex>& lock)
{
    const array_view<const record> all = tensors_->records();
    std::size_t                    at = next_;
    std::uint64_t                  done = done_;
    std::size_t                    hashed = 0;
    result<void>                   outcome;
    lock.unlock();
    for (; at < all.size() && !is_produced(all[at]) && hashed < hashed_at_once && outcome; done = 0) {
        const record& placed = all[at];
        if (done == 0)
            hasher_->begin_tensor(facts_of(*tensors_, placed));
        const tensor_view tensor = tensors_->tensor(placed);
        if (tensor.is_packed()) {
            const bytes left = tensor.packed().subspan(memory_size(done));
            const bytes piece = left.first(smaller_size(left.size(), hashed_at_once));
            hasher_->data(piece);
            hashed += piece.size();
            if (piece.size() < left.size()) {
                done += piece.size();
                break;
            }
        } else {
            outcome = hash_tensor(*tensors_, placed, *hasher_);
            hashed += memory_size(placed.size);
        }
        hasher_->end_tensor();
        ++at;
    }
    lock.lock();
    next_ = at;
    done_ = done;
    if (!outcome)
        outcome_ = outcome;
}

STET_INLINE void data_pass::step_once_more(std::unique_lock<std::mutex>& lock)
{
    const record& placed = tensors_->records()[next_];
    lock.unlock();
    hasher_->begin_tensor(facts_of(*tensors_, placed));
    auto outcome = hash_tensor(*tensors_, placed, *hasher_);
    hasher_->end_tensor();
    lock.lock();
    if (!outcome)
        outcome_ = outcome;
    ++next_produced_;
    ++next_;
}

} // namespace STET_NAMESPACE::detail
