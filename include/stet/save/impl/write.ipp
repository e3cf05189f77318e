// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../../vocabulary/impl/staging_block.hpp"
#include "../write.hpp"
#include "write_tensors.hpp"

#include <utility>

namespace STET_NAMESPACE {

STET_INLINE result<void> write(const header& head, sink_ref destination, const write_options& options)
{
    if (!options.staging.empty())
        return detail::write_staged(head, destination, options.staging, options);
    const std::size_t size = head.file_size() < detail::staging_size ? detail::memory_size(head.file_size())
                                                                     : detail::staging_size;
    auto              block = detail::staging_block::make(size, head.tensors().memory());
    return block ? detail::write_staged(head, destination, block->bytes(), options) : block.error();
}

STET_INLINE result<written_checkpoint> detail::write_plan(const plan& tensors, sink_ref destination,
                                                          const sink_options& options)
{
    const auto head = header_of(tensors, options.metadata, options);
    if (!head)
        return head.error();
    auto changes = tensors.kept_changes();
    if (!changes)
        return changes.error();
    hashes::hashed_file done{.bytes = head->file_size(),
                             .header_bytes = head->size() - header::length_field,
                             .hashes = {.tensors = hashes::tensor_digests(options.allocator)}};
    hashes::request     wanted = options.hashes;
    wanted.header_room = options.header_room;
    const auto written = wanted.calls == nullptr
                             ? write(*head, destination, write_part(options))
                             : wanted.calls->write_sink(wanted, *head, destination, options, done);
    if (!written)
        return written.error();
    tensors.count_casts(*changes);
    return written_checkpoint{.bytes = done.bytes,
                              .header_bytes = done.header_bytes,
                              .components = tensors.components(),
                              .changes = *std::move(changes),
                              .hashes = std::move(done.hashes)};
}

} // namespace STET_NAMESPACE
