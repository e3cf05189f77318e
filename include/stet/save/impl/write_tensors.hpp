// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_IMPL_WRITE_TENSORS_HPP
#define STET_SAVE_IMPL_WRITE_TENSORS_HPP

#include "../../header/header.hpp"
#include "../../sink/sinks.hpp"
#include "../../vocabulary/config.hpp"
#include "../../vocabulary/impl/memory_size.hpp"
#include "../write_options.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace STET_NAMESPACE {

namespace detail {

tensor_run whole_run(const plan& tensors) noexcept;

/// A sink that can be told of bytes which stay where they are until the save is over.
template <class Out>
concept takes_borrowed = requires(Out& out, bytes data) { out.write_borrowed(data); };

/// Counts what is written, tells the caller about it, and stops when the caller says so.
template <class Out>
class reporting_sink {
public:
    reporting_sink(Out& out, std::uint64_t done, std::uint64_t total, const write_options& options) noexcept
        : out_(&out), on_progress_(options.progress), prefetch_(options.prefetch), done_(done), total_(total)
    {
    }

    /// errors: cancelled
    result<void> begin(const placed_name& tensor)
    {
        tensor_ = tensor;
        return report();
    }

    result<void> write(bytes data)
    {
        return in_pieces(data, [this](bytes piece) { return out_->write(piece); });
    }

    /// The bytes of a packed tensor.
    result<void> write_borrowed(bytes data)
    {
        return in_pieces(data, [this](bytes piece) {
            if (prefetch_ != nullptr)
                prefetch_(piece);
            if constexpr (takes_borrowed<Out>)
                return out_->write_borrowed(piece);
            else
                return out_->write(piece);
        });
    }

    result<std::span<std::byte>> lend(std::size_t wanted) { return out_->lend(wanted); }

    /// errors: cancelled
    result<void> report()
    {
        reported_ = done_;
        if (!on_progress_ || on_progress_({.bytes_done = done_, .bytes_total = total_, .tensor = tensor_}))
            return {};
        return error{.code = errc::cancelled, .expected = total_, .actual = done_}.about(tensor_.prefix,
                                                                                         tensor_.stem);
    }

private:
    static constexpr std::size_t interval = std::size_t{16} << 20U;

    template <class Write>
    result<void> in_pieces(bytes data, Write write)
    {
        for (;;) {
            if (done_ - reported_ >= interval) {
                if (auto reported = report(); !reported)
                    return reported;
            }
            const bytes piece = data.first(data.size() < interval ? data.size() : interval);
            done_ += piece.size();
            if (auto written = write(piece); !written || piece.size() == data.size())
                return written;
            data = data.subspan(piece.size());
        }
    }

    Out*              out_;
    progress_callback on_progress_;
    prefetch_function prefetch_;
    placed_name       tensor_{};
    std::uint64_t     done_;
    std::uint64_t     total_;
    std::uint64_t     reported_ = 0;
};

/// Writes what of the tensor lies in the run.
template <class Out>
result<void> write_tensor(const tensor_view& tensor, const record& placed, const tensor_run& run,
                          reporting_sink<Out>& out)
{
    if (!tensor.is_packed())
        return pour(tensor, out);
    const std::uint64_t begin = placed.begin < run.begin ? run.begin : placed.begin;
    const std::uint64_t end = placed.end() < run.end ? placed.end() : run.end;
    return out.write_borrowed(
        tensor.packed().subspan(memory_size(begin - placed.begin), memory_size(end - begin)));
}

/// Writes a run of tensors to anything that takes bytes in file order. done: bytes of the file before the first
template <class Out>
result<void> write_tensors(const header& head, const tensor_run& run, Out& out, std::uint64_t done,
                           const write_options& options)
{
    const plan&         tensors = head.tensors();
    reporting_sink<Out> reporting(out, done, head.file_size(), options);
    for (const record& placed : tensors.records().subspan(run.first, run.last - run.first)) {
        if (auto begun = reporting.begin(placed.name); !begun)
            return begun;
        if (auto written = write_tensor(tensors.tensor(placed), placed, run, reporting); !written) {
            const bool names_it_already = !written.error().subject().empty();
            return names_it_already ? written.error()
                                    : written.error().about(placed.name.prefix, placed.name.stem);
        }
    }
    return {};
}

/// Tells the caller that everything is written.
/// errors: cancelled
result<void> report_end(const header& head, progress_callback on_progress);

/// Writes the whole file to a stream with an end of its own: a sink with finish().
template <class Stream>
result<void> write_to_end(const header& head, Stream& stream, const write_options& options)
{
    std::array<std::byte, 4096> text;
    staged_sink                 out(stream, text);
    if (auto written = head.write(out); !written)
        return written;
    if (auto flushed = out.flush(); !flushed)
        return flushed;
    if (auto written = write_tensors(head, whole_run(head.tensors()), stream, head.size(), options); !written)
        return written;
    if (auto finished = stream.finish(); !finished)
        return finished;
    return report_end(head, options.progress);
}

/// Writes header and tensors through the block.
result<void> write_staged(const header& head, sink_ref destination, std::span<std::byte> block,
                          const write_options& options);

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "write_tensors.ipp"
#endif

#endif
