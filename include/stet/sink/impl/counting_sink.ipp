// SPDX-License-Identifier: MIT
#include "../counting_sink.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<void> counting_sink::write(bytes data) noexcept
{
    size_ += data.size();
    return {};
}

} // namespace STET_NAMESPACE
