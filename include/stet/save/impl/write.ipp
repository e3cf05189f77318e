// SPDX-License-Identifier: MIT
#include "../write.hpp"

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

STET_INLINE result<void> write(const header& head, sink_ref destination, const write_options& options)
{
    if (!options.staging.empty())
        return detail::write_staged(head, destination, options.staging, options);
    const std::size_t size =
        head.file_size() < staging_size ? detail::memory_size(head.file_size()) : staging_size;
    auto block = detail::staging_block::make(size, head.tensors().memory());
    return block ? detail::write_staged(head, destination, block->bytes(), options) : block.error();
}

} // namespace STET_NAMESPACE
