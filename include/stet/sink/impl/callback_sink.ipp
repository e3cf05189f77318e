// SPDX-License-Identifier: MIT
#include "../callback_sink.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<void> callback_sink::write(bytes data)
{
    const int code = take_(context_, data.data(), data.size());
    if (code != 0)
        return error{.code = errc::sink_refused, .os_code = code, .expected = data.size()};
    return {};
}

STET_INLINE result<void> counting_sink::write(bytes data) noexcept
{
    size_ += data.size();
    return {};
}

} // namespace STET_NAMESPACE
