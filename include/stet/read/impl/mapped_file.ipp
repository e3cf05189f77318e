// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../mapped_file.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace STET_NAMESPACE {

namespace detail {

/// Calls `open` with a path that ends with NUL. No file has a name with a NUL inside.
template <class File, class... Options>
result<File> open_named(const std::string& path, const Options&... options)
{
    if (path.find('\0') != std::string::npos)
        return error{.code = errc::file_missing}.about(path);
    return File::open(path.c_str(), options...);
}

} // namespace detail

STET_INLINE result<mapped_file> mapped_file::open(const std::string& path)
{
    return detail::open_named<mapped_file>(path);
}

STET_INLINE result<mapped_checkpoint> mapped_checkpoint::open(const std::string&  path,
                                                              const read_options& options)
{
    return detail::open_named<mapped_checkpoint>(path, options);
}

STET_INLINE result<file_source> file_source::open(const std::string& path)
{
    return detail::open_named<file_source>(path);
}

STET_INLINE result<file_checkpoint> file_checkpoint::open(const std::string&  path,
                                                          const read_options& options)
{
    return detail::open_named<file_checkpoint>(path, options);
}

STET_INLINE result<mapped_file> mapped_file::open(const char* path)
{
    auto file = detail::readable_file::open(path);
    if (!file)
        return file.error();
    if (file->size() > SIZE_MAX / 2)
        return error{.code = errc::file_too_large, .expected = file->size()}.about(path);
    if (file->size() == 0)
        return mapped_file(*std::move(file), nullptr, 0); // nothing can be mapped, nothing is needed
    const auto length = detail::memory_size(file->size());
    const auto mapped = file->map(length);
    if (mapped.error != 0)
        return detail::os_error(mapped.error, detail::system_step::map, path);
    return mapped_file(*std::move(file), mapped.memory, length);
}

STET_INLINE mapped_file::mapped_file(mapped_file&& other) noexcept
    : file_(std::move(other.file_)), memory_(std::exchange(other.memory_, nullptr)),
      size_(std::exchange(other.size_, 0))
{
}

STET_INLINE mapped_file& mapped_file::operator=(mapped_file&& other) noexcept
{
    std::swap(file_, other.file_);
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    return *this;
}

STET_INLINE mapped_file::~mapped_file()
{
    if (memory_ != nullptr)
        detail::readable_file::unmap(memory_, size_);
}

STET_INLINE std::span<const std::byte> mapped_file::bytes() const& noexcept STET_LIFETIME_BOUND
{
    return {static_cast<const std::byte*>(memory_), size_};
}

STET_INLINE mapped_file::mapped_file(detail::readable_file file, void* memory, std::size_t size) noexcept
    : file_(std::move(file)), memory_(memory), size_(size)
{
#if defined(_WIN32)
    file_.close();
#else
    if (memory == nullptr)
        file_.close();
#endif
}

STET_INLINE void populate_pages(std::span<const std::byte> soon_read) noexcept
{
    if (!soon_read.empty())
        detail::readable_file::populate(soon_read);
}

STET_INLINE mapped_checkpoint::mapped_checkpoint(mapped_file file, checkpoint_view view) noexcept
    : checkpoint_view(std::move(view)), file_(std::move(file))
{
}

STET_INLINE result<mapped_checkpoint> mapped_checkpoint::open(const char* path, const read_options& options)
{
    auto file = mapped_file::open(path);
    if (!file)
        return file.error();
    auto view = read_checkpoint(file->bytes(), options);
    if (!view)
        return view.error();
    return mapped_checkpoint(*std::move(file), *std::move(view));
}

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

STET_INLINE file_checkpoint::file_checkpoint(file_source file, checkpoint_reader reader) noexcept
    : checkpoint_reader(std::move(reader)), file_(std::move(file))
{
    source_[0] = file_; // it was read from where the file lay before
}

STET_INLINE file_checkpoint::file_checkpoint(file_checkpoint&& other) noexcept
    : file_checkpoint(std::move(other.file_), std::move(static_cast<checkpoint_reader&>(other)))
{
}

STET_INLINE file_checkpoint& file_checkpoint::operator=(file_checkpoint&& other) noexcept
{
    if (this != &other) {
        checkpoint_reader::operator=(std::move(other));
        file_ = std::move(other.file_); // NOLINT(bugprone-use-after-move): only the base was moved
        source_[0] = file_;
    }
    return *this;
}

STET_INLINE result<file_checkpoint> file_checkpoint::open(const char* path, const read_options& options)
{
    auto file = file_source::open(path);
    if (!file)
        return file.error();
    auto reader = open_checkpoint(*file, options);
    if (!reader)
        return reader.error();
    return file_checkpoint(*std::move(file), *std::move(reader));
}

} // namespace STET_NAMESPACE
