// SPDX-License-Identifier: MIT
// A file whose header is read, and whose tensors are when they are asked for.
#ifndef REFERENCE_MODULE_OPENED_FILE_HPP
#define REFERENCE_MODULE_OPENED_FILE_HPP

#include "errors.hpp"
#include "framework.hpp"
#include "python.hpp"

#include <stet/read.hpp>
#include <stet/read_plan.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace reference_module {

/// A part of a tensor: first and one past the last index along each axis.
struct box {
    std::vector<std::uint64_t> begin{};
    std::vector<std::uint64_t> end{};

    std::vector<std::uint64_t> shape() const
    {
        std::vector<std::uint64_t> sizes(begin.size());
        for (std::size_t axis = 0; axis < sizes.size(); ++axis)
            sizes[axis] = end[axis] - begin[axis];
        return sizes;
    }
};

/// A file that is mapped, or read by the system's calls; a byte_source either way.
/// lifetime: the header borrows from it, so it stays where it is
class opened_file {
public:
    opened_file(const opened_file&) = delete;
    opened_file& operator=(const opened_file&) = delete;

    /// backend: "mmap" or "pread"
    static std::shared_ptr<opened_file> open(const std::string& path, const std::string& backend)
    {
        std::shared_ptr<opened_file> file(new opened_file(path));
        if (backend != "mmap" && backend != "pread") {
            raise("backend \"" + backend + R"(" is invalid (expected one of: "mmap", "pread"))");
            return nullptr;
        }
        const stet::result<void> opened = [&] {
            const without_lock others_run;
            return backend == "mmap" ? file->start(file->mapped_) : file->start(file->file_);
        }();
        if (opened)
            return file;
        raise_reading(opened.error(), path, "deserializing header");
        return nullptr;
    }

    std::uint64_t size() const noexcept { return mapped_ ? mapped_->bytes().size() : file_->size(); }

    stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer) const
    {
        if (!mapped_)
            return file_->read(offset, buffer);
        const auto bytes = mapped_->bytes().subspan(offset, buffer.size());
        if (bytes.size() >= std::size_t{1} << 20U)
            stet::populate_pages(bytes);
        std::memcpy(buffer.data(), bytes.data(), bytes.size());
        return {};
    }

    const stet::checkpoint_header& header() const noexcept { return reader_->header(); }

    /// The tensor of that name. Nothing with an exception where there is none.
    std::optional<stet::stored_tensor> find(const std::string& name) const
    {
        const auto found = header().find(name);
        if (!found)
            raise("File does not contain tensor " + name);
        return found;
    }

    /// The whole tensor, in the framework's kind.
    owned tensor(const framework& in, const stet::stored_tensor& stored) const
    {
        return made(in, stored.type, {stored.shape.begin(), stored.shape.end()},
                    stet::read_plans::whole(header(), stored));
    }

    /// A part of a tensor, in the framework's kind; no more of the file is read.
    owned tensor(const framework& in, const stet::stored_tensor& stored, const box& part) const
    {
        stet::read_plans::wanted wanted = stet::read_plans::whole(header(), stored);
        wanted.begin = part.begin;
        wanted.end = part.end;
        return made(in, stored.type, part.shape(), wanted);
    }

private:
    explicit opened_file(std::string path) : path_(std::move(path)) {}

    template <class Opened>
    stet::result<void> start(std::optional<Opened>& as)
    {
        auto opened = Opened::open(path_.c_str());
        if (!opened)
            return opened.error();
        as.emplace(std::move(*opened));
        auto reader = stet::open_checkpoint(*this);
        if (!reader)
            return reader.error();
        reader_.emplace(std::move(*reader));
        return {};
    }

    owned made(const framework& in, stet::dtype type, const std::vector<std::uint64_t>& shape,
               stet::read_plans::wanted wanted) const
    {
        if (!in.dtype(type))
            return {};
        const auto size = stet::read_plans::size_of(wanted);
        if (!size)
            return owned(raise_reading(size.error(), path_, "reading"));
        owned bytes(PyByteArray_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(*size)));
        if (!bytes)
            return {};
        wanted.to = std::as_writable_bytes(
            std::span(PyByteArray_AS_STRING(bytes.get()), static_cast<std::size_t>(*size)));
        const stet::result<void> filled = [&] {
            const without_lock others_run;
            return fill(wanted);
        }();
        if (!filled)
            return owned(raise_reading(filled.error(), path_, "reading"));
        return in.tensor(type, shape, bytes);
    }

    /// Reads what is wanted to where it goes. From a mapping no byte is read in passing.
    stet::result<void> fill(const stet::read_plans::wanted& wanted) const
    {
        const auto plan =
            stet::read_plans::make_read_plan({&wanted, 1}, size(), {.max_gap = mapped_ ? 0U : 4096U});
        if (!plan)
            return plan.error();
        return stet::read_plans::read(*plan, {&wanted, 1}, *this, {.least_direct = mapped_ ? 1U : 65536U});
    }

    std::string                            path_;
    std::optional<stet::mapped_file>       mapped_{};
    std::optional<stet::file_source>       file_{};
    std::optional<stet::checkpoint_reader> reader_{};
};

} // namespace reference_module

#endif
