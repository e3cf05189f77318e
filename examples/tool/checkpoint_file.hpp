// SPDX-License-Identifier: MIT
// A checkpoint on disk as a state dict: its header is in memory, its tensors are read in blocks while they are
// written elsewhere.
#ifndef EXAMPLE_CHECKPOINT_FILE_HPP
#define EXAMPLE_CHECKPOINT_FILE_HPP

#include "looks_like.hpp"
#include "opened_source.hpp"
#include "readable.hpp"

#include <stet/read/checkpoint_reader.hpp>
#include <stet/tensor/tensor_like.hpp>
#include <stet/tensor/views.hpp>
#include <stet/vocabulary/message.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// Bytes read at a time.
inline constexpr std::size_t block_size = std::size_t{1} << 20U;

/// A tensor in a file.
struct file_tensor {
    const stet::checkpoint_reader* file = nullptr;
    stet::stored_tensor            stored{};
    std::vector<std::byte>*        block = nullptr; ///< block_size bytes, shared by all tensors of a file

    stet::result<void> write(stet::sink_ref destination) const
    {
        for (std::uint64_t done = 0; done != stored.size();) {
            const auto count =
                static_cast<std::size_t>(std::min<std::uint64_t>(block->size(), stored.size() - done));
            const auto piece = std::span(*block).first(count);
            if (auto read = file->read(stored, {.offset = done, .size = count}, piece); !read)
                return read;
            if (auto written = destination.write(piece); !written)
                return written;
            done += count;
        }
        return {};
    }
};

struct file_entry {
    std::string_view name{};
    file_tensor      tensor{};
};

/// A file that is open, with a header that was found sound.
/// lifetime: its entries borrow from it; it may be moved
class checkpoint_file {
public:
    /// path: "-" for standard input
    /// Returns why it cannot be read, as a sentence that names the file, or nothing.
    std::string open(const std::string& path, const stet::read_options& options = {})
    {
        path_ = shown_path(path);
        source_ = std::make_unique<opened_source>();
        if (std::string complaint = source_->open(path); !complaint.empty())
            return complaint;
        size_ = source_->size();
        auto reader = stet::open_checkpoint(*source_, options);
        if (!reader)
            return why_unreadable(path_, *source_, reader.error());
        reader_ = std::make_unique<stet::checkpoint_reader>(*std::move(reader));
        block_ = std::make_unique<std::vector<std::byte>>(block_size);
        for (const stet::stored_tensor tensor : header())
            entries_.push_back({.name = tensor.name,
                                .tensor = {.file = reader_.get(), .stored = tensor, .block = block_.get()}});
        return {};
    }

    /// Lets go of the file. What its header says stays; its tensors can no longer be read.
    void close() { source_.reset(); }

    const std::string&             path() const { return path_; }
    std::uint64_t                  size() const { return size_; }
    const stet::checkpoint_reader& reader() const { return *reader_; }
    const stet::checkpoint_header& header() const { return reader_->header(); }

    /// Its tensors as a state dict, in the order of the data.
    const std::vector<file_entry>& tensors() const { return entries_; }

    /// What every tensor's place in the file is a multiple of.
    std::size_t alignment() const
    {
        std::size_t least = 4096;
        for (const stet::stored_tensor tensor : header())
            least = std::min(least, header().alignment(tensor));
        return least;
    }

private:
    std::string                              path_{};
    std::uint64_t                            size_ = 0;
    std::unique_ptr<opened_source>           source_{}; // the reader borrows it
    std::unique_ptr<stet::checkpoint_reader> reader_{};
    std::unique_ptr<std::vector<std::byte>>  block_{};
    std::vector<file_entry>                  entries_{};
};

} // namespace example

template <>
struct stet::tensor_traits<example::file_tensor> {
    static stet::result<stet::tensor_view> view(const example::file_tensor& tensor) noexcept
    {
        return stet::produced_view(
            tensor.stored.type, tensor.stored.shape, tensor,
            [](const example::file_tensor& t, stet::sink_ref to) { return t.write(to); });
    }
};

#endif
