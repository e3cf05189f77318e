// SPDX-License-Identifier: MIT
#include "../readable_file.hpp"

#include <utility>

namespace STET_NAMESPACE::detail {

STET_INLINE error opening_error(int os_code, std::string_view path) noexcept
{
    const bool is_missing = os_code == ENOENT || os_code == ENOTDIR || os_code == EILSEQ || os_code == EINVAL;
    const errc code = is_missing ? errc::file_missing : errc_of(os_code);
    return error{.code = code, .os_code = os_code}.about(path);
}

STET_INLINE result<readable_file> readable_file::open(const char* path)
{
    readable_file file;
    if (const int failed = file.acquire(path); failed != 0)
        return opening_error(failed, path);
    return result<readable_file>(std::move(file));
}

STET_INLINE readable_file::readable_file(readable_file&& other) noexcept
    : handle_(std::exchange(other.handle_, closed)), size_(other.size_)
{
}

STET_INLINE readable_file& readable_file::operator=(readable_file&& other) noexcept
{
    std::swap(handle_, other.handle_);
    std::swap(size_, other.size_);
    return *this;
}

STET_INLINE file_handle readable_file::handle() const noexcept
{
    if (handle_ == closed)
        return no_handle;
#if defined(_WIN32)
    return reinterpret_cast<file_handle>(handle_);
#else
    return handle_;
#endif
}

STET_INLINE void readable_file::close() noexcept
{
    release();
    handle_ = closed;
}

STET_INLINE result<void> readable_file::read(std::uint64_t offset, std::span<std::byte> buffer) const noexcept
{
    constexpr std::size_t most = std::size_t{1} << 30U; // below what every system refuses
    const std::uint64_t   wanted = offset + buffer.size();
    while (!buffer.empty()) {
        const std::size_t asked = buffer.size() < most ? buffer.size() : most;
        const os_result   got = read_some(offset, buffer.first(asked));
        if (got.error == EINTR)
            continue;
        if (got.error != 0)
            return os_error(got.error, {});
        if (got.value == 0)
            return error{.code = errc::incomplete_data, .expected = wanted, .actual = offset};
        buffer = buffer.subspan(static_cast<std::size_t>(got.value));
        offset += static_cast<std::uint64_t>(got.value);
    }
    return {};
}

} // namespace STET_NAMESPACE::detail
