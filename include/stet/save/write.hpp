// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_WRITE_HPP
#define STET_SAVE_WRITE_HPP

#include "../header/header.hpp"
#include "../layout/layout.hpp"
#include "../plan/make_plan.hpp"
#include "../sink/staged_sink.hpp"
#include "progress.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace stet::inline v0_1 {

/// Bytes of the block in which small tensors are joined: at most this, less for a smaller file.
inline constexpr std::size_t staging_size = std::size_t{1} << 20U;

struct write_options {
    progress_callback on_progress{};
    std::span<std::byte>
        staging{}; ///< memory to stage in; when empty, staging_size bytes of the plan's allocator
};

namespace detail {

/// Counts what is written, tells the caller about it, and stops when the caller says so.
class reporting_sink {
public:
    reporting_sink(staged_sink& out, const header& head, progress_callback on_progress) noexcept
        : out_(&out), on_progress_(on_progress), done_(head.size()), total_(head.file_size())
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
        while (data.size() > interval) {
            if (auto written = write_piece(data.first(interval)); !written)
                return written;
            data = data.subspan(interval);
            if (auto reported = report(); !reported)
                return reported;
        }
        return write_piece(data);
    }

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

    result<void> write_piece(bytes data)
    {
        if (done_ - reported_ >= interval) { // a producer of small pieces
            if (auto reported = report(); !reported)
                return reported;
        }
        done_ += data.size();
        return out_->write(data);
    }

    staged_sink*      out_;
    progress_callback on_progress_;
    placed_name       tensor_{};
    std::uint64_t     done_;
    std::uint64_t     total_;
    std::uint64_t     reported_ = 0;
};

/// Writes header and tensors through the block.
inline result<void> write_staged(const header& head, sink_ref destination, std::span<std::byte> block,
                                 progress_callback on_progress)
{
    staged_sink out(destination, block);
    if (auto written = head.write(out); !written)
        return written;
    reporting_sink reporting(out, head, on_progress);
    for (const record& placed : head.tensors().records()) {
        if (auto begun = reporting.begin(placed.name); !begun)
            return begun;
        if (auto poured = pour(head.tensors().tensor(placed), reporting); !poured) {
            const bool names_it_already = !poured.error().subject.view().empty();
            return names_it_already ? poured.error()
                                    : poured.error().about(placed.name.prefix, placed.name.stem);
        }
    }
    if (auto flushed = out.flush(); !flushed)
        return flushed;
    return reporting.report();
}

} // namespace detail

/// Writes the whole file to any sink, in order: length, header, tensors. Memory beyond the caller's: one staging block.
/// errors: the sink's; a producer's, produced_size_mismatch among them, naming the tensor; cancelled; out_of_memory
inline result<void> write(const header& head, sink_ref destination, const write_options& options = {})
{
    if (!options.staging.empty())
        return detail::write_staged(head, destination, options.staging, options.on_progress);
    growing_array<std::byte> block(head.tensors().memory());
    const std::size_t size = head.file_size() < staging_size ? memory_size(head.file_size()) : staging_size;
    if (!block.resize(size))
        return error{.code = errc::out_of_memory, .expected = size};
    return detail::write_staged(head, destination, {block.data(), block.size()}, options.on_progress);
}

/// What a save to a sink wrote.
struct written_checkpoint {
    std::uint64_t     bytes = 0;        ///< of the whole file
    std::uint64_t     header_bytes = 0; ///< of the header; some programs give up early, see exceeded_ceilings
    component_reports components{};
    change_log        changes{heap()}; ///< what was left out, added or replaced
};

struct sink_options {
    metadata_view             metadata{};
    file_order                order = reference_order; ///< this and the next four: as in plan_options
    std::optional<prediction> predicts{};
    conduct                   how = conduct::strict;
    duplicate_names           duplicates = duplicate_names::refuse;
    empty_components          empty = empty_components::refuse;
    progress_callback         on_progress{};
    std::span<std::byte>      staging{}; ///< as in write_options
    allocator                 memory = heap();
};

namespace detail {

/// What of a save's options the plan needs.
template <class Options>
constexpr plan_options plan_part(const Options& options) noexcept
{
    return {.order = options.order,
            .predicts = options.predicts,
            .how = options.how,
            .duplicates = options.duplicates,
            .empty = options.empty,
            .memory = options.memory};
}

} // namespace detail

/// Writes a checkpoint to any sink in one call: plan, header, tensors.
/// errors: those of make_plan, make_header and write; nothing reaches the sink before all names and sizes are checked
template <checkpoint_kind Kind, class Layout, sink Sink>
result<written_checkpoint> save(const Kind& checkpoint, const Layout& layout, Sink& destination,
                                const sink_options& options = {})
{
    auto tensors = make_plan(checkpoint, layout, detail::plan_part(options));
    if (!tensors)
        return tensors.error();
    const auto head = make_header(*tensors, options.metadata);
    if (!head)
        return head.error();
    const auto written =
        write(*head, destination, {.on_progress = options.on_progress, .staging = options.staging});
    if (!written)
        return written.error();
    return written_checkpoint{.bytes = head->file_size(),
                              .header_bytes = head->size() - header::length_field,
                              .components = tensors->components(),
                              .changes = (*std::move(tensors)).take_changes()};
}

} // namespace stet::inline v0_1

#endif
