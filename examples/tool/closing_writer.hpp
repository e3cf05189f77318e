// SPDX-License-Identifier: MIT
// For a save that may replace a file its tensors come from: Windows replaces none that is open.
#ifndef EXAMPLE_CLOSING_WRITER_HPP
#define EXAMPLE_CLOSING_WRITER_HPP

#include "checkpoint_file.hpp"

#include <stet/file/part_file.hpp>
#include <stet/save/save.hpp>

#include <utility>
#include <vector>

namespace example {

/// Writes as a save does by itself; then, before the new file takes its place, closes the files it was made of. For
/// exact paths: a numbered save may have to write once more.
class closing_writer {
public:
    explicit closing_writer(std::vector<checkpoint_file*> sources) : sources_(std::move(sources)) {}

    /// lifetime: borrows this object
    stet::file_writer writer() const { return {.write = write, .settings = this}; }

private:
    static stet::result<void> write(const void* self, const stet::header& head, stet::part_file& file,
                                    const stet::save_options& options)
    {
        auto written = stet::write(
            head, file,
            {.progress = options.progress, .staging = options.staging, .prefetch = options.prefetch});
        if (!written)
            return written;
        for (checkpoint_file* const source : static_cast<const closing_writer*>(self)->sources_)
            source->close();
        return {};
    }

    std::vector<checkpoint_file*> sources_;
};

} // namespace example

#endif
