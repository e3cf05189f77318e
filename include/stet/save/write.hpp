// SPDX-License-Identifier: MIT
#ifndef STET_SAVE_WRITE_HPP
#define STET_SAVE_WRITE_HPP

#include "../header/header.hpp"
#include "../layout/layout.hpp"
#include "../plan/make_plan.hpp"
#include "../sink/sinks.hpp"
#include "../vocabulary/config.hpp"
#include "write_options.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace STET_NAMESPACE {

/// Writes the whole file to any sink, in order: length, header, tensors. Memory beyond the caller's: one staging block.
/// errors: the sink's; a producer's, produced_size_mismatch among them, naming the tensor; cancelled; out_of_memory
result<void> write(const header& head, sink_ref destination, const write_options& options = {});

/// What a save to a sink wrote.
struct written_checkpoint {
    std::uint64_t bytes = 0;        ///< of the whole file
    std::uint64_t header_bytes = 0; ///< of the header; some programs give up early, see ceilings::exceeded
    component_reports         components{};
    change_log                changes{heap()}; ///< what was left out, added, replaced or cast; owns its texts
    stet::hashes::file_hashes hashes{};        ///< those that were asked for
};

/// Everything that a save into a sink may be told.
struct sink_options {
    metadata_view                   metadata{};
    std::uint64_t                   header_room = 0;         ///< as in make_header
    file_order                      order = reference_order; ///< as in plan_options
    std::optional<stet::prediction> prediction{};
    stet::strictness                strictness = stet::strictness::strict;
    duplicate_names                 duplicates = duplicate_names::refuse;
    empty_components                empty = empty_components::refuse;
    selection::predicate            keep{};
    selection::predicate            leave_out{};
    casts::casting                  cast{};
    progress_callback               progress{};
    std::span<std::byte>            staging{};          ///< as in write_options
    prefetch_function               prefetch = nullptr; ///< as in write_options
    stet::hashes::request           hashes{};           ///< what is hashed on the way, see hashes/
    stet::allocator                 allocator = heap();
};

namespace detail {

/// A place in memory that a save can fill: a sink, or a named container of bytes that is no string.
template <class Destination>
concept save_destination =
    std::convertible_to<std::remove_reference_t<Destination>&, sink_ref> ||
    (std::is_lvalue_reference_v<Destination> && byte_container<std::remove_reference_t<Destination>> &&
     !text_like<std::remove_cvref_t<Destination>> &&
     requires(Destination container) { container.resize(container.size()); });

/// What of a save's options the plan needs.
template <class Options>
constexpr plan_options plan_part(const Options& options) noexcept
{
    return {.order = options.order,
            .prediction = options.prediction,
            .strictness = options.strictness,
            .duplicates = options.duplicates,
            .empty = options.empty,
            .keep = options.keep,
            .leave_out = options.leave_out,
            .cast = options.cast,
            .allocator = options.allocator};
}

/// What of a save's options writing needs.
template <class Options>
constexpr write_options write_part(const Options& options) noexcept
{
    return {.progress = options.progress, .staging = options.staging, .prefetch = options.prefetch};
}

/// The header of a save, once its metadata is known not to contradict the markers of quantised layers.
/// errors: in strict conduct those of metadata_view::fits; those of make_header
template <class Options>
result<header> header_of(const plan& tensors, const metadata_view& metadata, const Options& options)
{
    if (options.strictness == strictness::strict) {
        if (auto sound = metadata.fits(tensors); !sound)
            return sound.error();
    }
    return make_header(tensors, metadata, options.header_room);
}

result<written_checkpoint> write_plan(const plan& tensors, sink_ref destination, const sink_options& options);

} // namespace detail

/// Writes a plan made before to a sink of any kind, a temporary one too, or to the end of a named std::vector<std::byte>
/// or other container of bytes. A string would be taken for a path: `append_sink{text}`.
/// errors: in strict conduct quantised_companion for metadata that contradict a layer's marker; those of make_header and
///         write. A container that the file is appended to is left as it was then
template <detail::save_destination Destination>
result<written_checkpoint> save(const plan& tensors, Destination&& destination,
                                const sink_options& options = {})
{
    if constexpr (std::convertible_to<std::remove_reference_t<Destination>&, sink_ref>) {
        return detail::write_plan(tensors, destination, options);
    } else {
        const auto  before = destination.size();
        append_sink end(destination);
        auto        written = detail::write_plan(tensors, end, options);
        if (!written)
            destination.resize(before);
        return written;
    }
}

/// Writes a checkpoint to any sink in one call: plan, header, tensors.
/// errors: those of make_plan, make_header and write; nothing reaches the sink before all names and sizes are checked
template <checkpoint_kind Kind, class Layout, detail::save_destination Destination>
result<written_checkpoint> save(const Kind& checkpoint, const Layout& layout, Destination&& destination,
                                const sink_options& options = {})
{
    const auto tensors = make_plan(checkpoint, layout, detail::plan_part(options));
    return tensors ? save(*tensors, destination, options) : tensors.error();
}

/// Writes a state dict, its names as they are: `stet::save(dict, stet::append_sink{bytes})`.
/// errors: as for a checkpoint
template <detail::bare_dict Dict, detail::save_destination Destination>
result<written_checkpoint> save(const Dict& dict, Destination&& destination, const sink_options& options = {})
{
    const auto tensors = make_plan(dict, detail::plan_part(options));
    return tensors ? save(*tensors, destination, options) : tensors.error();
}

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/write.ipp"
#endif

#endif
