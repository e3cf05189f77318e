// SPDX-License-Identifier: MIT
#include "../sink.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<std::span<std::byte>> sink_ref::lend(std::size_t wanted) const
{
    return calls_->lend(object_, wanted);
}

} // namespace STET_NAMESPACE
