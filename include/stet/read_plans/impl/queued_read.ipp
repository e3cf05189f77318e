// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "queued_read.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE queued_read::queued_read(const read_steps& steps, const file_source& file, unsigned depth,
                                     const allocator& memory) noexcept
    : steps_(&steps), file_(&file), depth_(depth), slots_(memory), staging_(memory), ring_(depth)
{
}

STET_INLINE queued_read::~queued_read()
{
    for (std::uint64_t tag = 0; under_way_ != 0; --under_way_)
        static_cast<void>(ring_.wait(tag));
}

STET_INLINE result<void> queued_read::run(std::uint64_t staged) noexcept
{
    if (staged > SIZE_MAX / depth_)
        return out_of_memory(staged);
    staged_ = memory_size(staged);
    if (!slots_.resize(depth_) || !staging_.resize(depth_ * staged_))
        return out_of_memory(depth_ * (staged + sizeof(slot)));
    for (slot& each : slots_)
        each = {};
    for (std::size_t request = 0; request < steps_->requests(); ++request) {
        const read_plans::request& of = steps_->request(request);
        for (std::size_t i = 0; i < of.pieces;) {
            const read_step step = steps_->next(of, i);
            i += step.pieces;
            if (under_way_ == depth_) {
                if (auto ended = end_one(); !ended)
                    return ended;
            }
            if (auto begun = begin(step); !begun)
                return begun;
        }
    }
    while (under_way_ != 0) {
        if (auto ended = end_one(); !ended)
            return ended;
    }
    return {};
}

STET_INLINE result<void> queued_read::begin(const read_step& step) noexcept
{
    std::size_t index = 0;
    while (!slots_[index].is_free)
        ++index;
    const auto staging = std::span(staging_.data(), staging_.size()).subspan(index * staged_, staged_);
    slot&      own = slots_[index];
    own = {.step = step,
           .into = step.is_direct ? steps_->destination(step) : staging.first(memory_size(step.size)),
           .is_free = false};
    return submit(index) ? result<void>() : complete(own);
}

STET_INLINE bool queued_read::submit(std::size_t index) noexcept
{
    const slot& own = slots_[index];
    const auto  left = own.into.subspan(own.done);
    if (ring_.submit_read(file_->handle(), own.step.offset + own.done, left.data(), left.size(), index)
            .error != 0)
        return false;
    ++under_way_;
    return true;
}

STET_INLINE result<void> queued_read::end_one() noexcept
{
    std::uint64_t   index = 0;
    const os_result came = ring_.wait(index);
    --under_way_;
    slot& own = slots_[memory_size(index)];
    if (came.error == 0 && came.value > 0) {
        own.done += static_cast<std::size_t>(came.value);
        if (own.done < own.into.size() && submit(memory_size(index)))
            return {};
    }
    return complete(own);
}

STET_INLINE result<void> queued_read::complete(slot& own) noexcept
{
    own.is_free = true;
    if (own.done < own.into.size()) {
        if (auto done = file_->read(own.step.offset + own.done, own.into.subspan(own.done)); !done)
            return steps_->about(own.step, done.error());
    }
    if (!own.step.is_direct)
        steps_->deliver(own.step, own.into);
    return {};
}

} // namespace STET_NAMESPACE::detail
