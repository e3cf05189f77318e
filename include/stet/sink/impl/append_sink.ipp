// SPDX-License-Identifier: MIT
#include "../append_sink.hpp"

#include <cstring>

namespace STET_NAMESPACE {

STET_INLINE result<void> span_sink::write(bytes data) noexcept
{
    if (data.size() > memory_.size() - size_)
        return error{.code = errc::sink_full, .expected = size_ + data.size(), .actual = memory_.size()};
    std::byte* const place = memory_.data() + size_;
    if (!data.empty() && data.data() != place)         // what was lent lies there already
        std::memmove(place, data.data(), data.size()); // it may lie elsewhere in what was lent
    size_ += data.size();
    return {};
}

} // namespace STET_NAMESPACE
