// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/out_of_memory.hpp"
#include "../read.hpp"
#include "joint_read.hpp"
#include "queued_read.hpp"
#include "read_steps.hpp"

#include <bit>

namespace STET_NAMESPACE {

namespace detail {

/// Memory of any alignment, from an allocator.
class aligned_block {
public:
    aligned_block(std::size_t size, std::size_t alignment, const allocator& memory) noexcept
        : memory_(memory), size_(size), alignment_(alignment),
          data_(size == 0 ? nullptr : memory.allocate(memory.context, size, alignment))
    {
    }
    aligned_block(const aligned_block&) = delete;
    aligned_block& operator=(const aligned_block&) = delete;
    ~aligned_block()
    {
        if (data_ != nullptr)
            memory_.deallocate(memory_.context, data_, size_, alignment_);
    }

    bool                 is_there() const noexcept { return size_ == 0 || data_ != nullptr; }
    std::span<std::byte> bytes() const noexcept { return {static_cast<std::byte*>(data_), size_}; }

private:
    allocator   memory_;
    std::size_t size_;
    std::size_t alignment_;
    void*       data_;
};

inline result<void> read_jointly(const read_steps& steps, std::uint64_t staged, std::size_t alignment,
                                 source_ref source, const read_plans::reading& how)
{
    const std::size_t others = !how.jobs || steps.requests() < 2 ? 0
                               : how.workers < steps.requests()  ? how.workers
                                                                 : steps.requests() - 1;
    // Each thread's memory begins where the source's rules want it.
    const std::uint64_t each = (staged + alignment - 1) / alignment * alignment;
    if (each > SIZE_MAX / (others + 1))
        return out_of_memory(each);
    const aligned_block              block(memory_size(each) * (others + 1), alignment, how.allocator);
    growing_array<joint_read::share> shares(how.allocator);
    if (!block.is_there() || !shares.resize(others + 1))
        return out_of_memory(each * (others + 1));
    joint_read all(steps, source);
    for (std::size_t i = 0; i < shares.size(); ++i)
        shares[i] = {.staging = block.bytes().subspan(i * memory_size(each), memory_size(each))};
    for (std::size_t i = 1; i < shares.size(); ++i)
        all.give(how.jobs, shares[i]);
    return all.finish(shares[0]);
}

} // namespace detail

STET_INLINE result<void> read_plans::read(const read_plan& plan, array_view<const wanted> all,
                                          source_ref source, const reading& how)
{
    const detail::read_steps steps(plan, all, how.least_direct);
    const auto               staged = steps.most_staged();
    if (!staged)
        return staged.error();
    return detail::read_jointly(steps, *staged, plan.memory_alignment(), source, how);
}

STET_INLINE result<void> read_plans::read(const read_plan& plan, array_view<const wanted> all,
                                          const file_source& file, const reading& how)
{
    const detail::read_steps steps(plan, all, how.least_direct);
    const auto               staged = steps.most_staged();
    if (!staged)
        return staged.error();
    constexpr unsigned  deepest = 256;
    const unsigned      depth = how.kernel_depth < deepest ? how.kernel_depth : deepest;
    detail::queued_read queue(steps, file, depth == 0 ? 0 : std::bit_ceil(depth), how.allocator);
    if (queue.is_open())
        return queue.run(*staged);
    return detail::read_jointly(steps, *staged, plan.memory_alignment(), file, how);
}

} // namespace STET_NAMESPACE
