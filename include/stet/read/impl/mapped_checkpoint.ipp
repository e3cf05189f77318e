// SPDX-License-Identifier: MIT
#include "../mapped_checkpoint.hpp"

#include <utility>

namespace STET_NAMESPACE {

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

} // namespace STET_NAMESPACE
