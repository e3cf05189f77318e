// SPDX-License-Identifier: MIT
#include "write_tensors.hpp"

namespace STET_NAMESPACE {

namespace detail {

STET_INLINE tensor_run whole_run(const plan& tensors) noexcept
{
    return {.first = 0, .last = tensors.records().size(), .begin = 0, .end = tensors.data_size()};
}

STET_INLINE result<void> report_end(const header& head, progress_callback on_progress)
{
    const std::uint64_t total = head.file_size();
    placed_name         last;
    if (const auto records = head.tensors().records(); !records.empty())
        last = records.back().name;
    if (!on_progress || on_progress({.bytes_done = total, .bytes_total = total, .tensor = last}))
        return {};
    return error{.code = errc::cancelled, .expected = total, .actual = total}.about(last.prefix, last.stem);
}

STET_INLINE result<void> write_staged(const header& head, sink_ref destination, std::span<std::byte> block,
                                      const write_options& options)
{
    staged_sink out(destination, block);
    if (auto written = head.write(out); !written)
        return written;
    if (auto written = write_tensors(head, whole_run(head.tensors()), out, head.size(), options); !written)
        return written;
    if (auto flushed = out.flush(); !flushed)
        return flushed;
    return report_end(head, options.progress);
}

} // namespace detail

} // namespace STET_NAMESPACE
