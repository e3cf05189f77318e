// SPDX-License-Identifier: MIT
#include "../../save/write.hpp"
#include "joint_write.hpp"

namespace STET_NAMESPACE::detail {

STET_INLINE joint_write::joint_write(const header& head, progress_callback on_progress,
                                     std::uint64_t begun) noexcept
    : head_(&head), on_progress_(on_progress), progress_(on_progress, head.file_size(), begun)
{
}

STET_INLINE joint_write::~joint_write()
{
    progress_.stop();
    pending_.wait();
}

STET_INLINE result<void> joint_write::finish(const result<void>& own)
{
    progress_.end(own);
    pending_.wait();
    if (auto outcome = progress_.outcome(); !outcome)
        return outcome;
    return report_end(*head_, on_progress_);
}

} // namespace STET_NAMESPACE::detail
