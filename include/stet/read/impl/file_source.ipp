// SPDX-License-Identifier: MIT
#include "../file_source.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<file_source> file_source::open(const char* path)
{
    auto file = detail::readable_file::open(path);
    if (!file)
        return file.error();
    return file_source(*std::move(file));
}

STET_INLINE result<void> file_source::read(std::uint64_t offset, std::span<std::byte> buffer) const noexcept
{
    return file_.read(offset, buffer);
}

} // namespace STET_NAMESPACE
