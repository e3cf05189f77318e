// SPDX-License-Identifier: MIT
#include "../file_source.hpp"

#include <utility>

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
