// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../byte_source.hpp"

#include <cstring>

namespace STET_NAMESPACE {

STET_INLINE result<void> source_ref::read(std::uint64_t offset, std::span<std::byte> buffer) const
{
    return read_(object_, offset, buffer);
}

STET_INLINE result<void> span_source::read(std::uint64_t offset, std::span<std::byte> buffer) const noexcept
{
    if (offset > content_.size() || buffer.size() > content_.size() - offset)
        return error{
            .code = errc::incomplete_data, .expected = offset + buffer.size(), .actual = content_.size()};
    if (!buffer.empty())
        std::memcpy(buffer.data(), content_.data() + detail::memory_size(offset), buffer.size());
    return {};
}

STET_INLINE result<void> callback_source::read(std::uint64_t offset, std::span<std::byte> buffer) const
{
    const int code = fill_(context_, offset, buffer.data(), buffer.size());
    if (code != 0)
        return error{
            .code = errc::source_refused, .os_code = code, .expected = buffer.size(), .actual = offset};
    return {};
}

} // namespace STET_NAMESPACE
