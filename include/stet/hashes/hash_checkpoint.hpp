// SPDX-License-Identifier: MIT
// Hashes of a checkpoint that is there already, as a file or in memory.
#ifndef STET_HASHES_HASH_CHECKPOINT_HPP
#define STET_HASHES_HASH_CHECKPOINT_HPP

#include "../read/checkpoint_reader.hpp"
#include "../save/hashing.hpp"
#include "../state/component.hpp"
#include "../state/role.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/function_ref.hpp"
#include "digests.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

/// SHA-256 of tensors one after the other.
class sequence_hasher {
public:
    /// errors: the tensor's own and its producer's, with the name
    result<void> add(std::string_view name, const result<tensor_view>& tensor);

    hashes::digest finish() const noexcept;

private:
    hashes::sha256 whole_{};
    std::uint64_t  covers_ = 0;
};

} // namespace detail

namespace hashes {

/// Every hash of a file as a whole; those of its tensors, one by one, are asked for by `tensors`.
inline constexpr kinds all_kinds{.sha256 = true,
                                 .autov1 = true,
                                 .data = true,
                                 .sshs = true,
                                 .crc32 = true,
                                 .blake3 = true,
                                 .content = true};

/// Hashes a checkpoint in one pass: `hash_checkpoint(*stet::file_source::open("model.safetensors"))`; bytes in memory
/// are a span_source. Kohya's hashes of a file whose tensors do not stand in the reference's order take a second pass.
/// memory: the header's index, and a block of 1 MiB; where tensors are hashed by themselves what tensor_digests says
/// errors: those of open_checkpoint; the source's own; out_of_memory
result<file_hashes> hash_checkpoint(source_ref file, const kinds& wanted = all_kinds,
                                    const read_options& options = {});

/// SHA-256 and the part in the content digest of one tensor's bytes.
struct tensor_hashes {
    digest sha256{};  ///< of the tensor's bytes
    digest content{}; ///< BLAKE3 of name, dtype, shape and data
};

/// Sees one tensor's hashes; an error ends the pass.
using tensor_visitor = function_ref<result<void>(const stored_tensor& tensor, const tensor_hashes& found)>;

/// Hashes each tensor of a checkpoint by itself, in the order of the data.
/// errors: those of open_checkpoint; the source's and the visitor's own; out_of_memory
result<void> hash_tensors(source_ref file, tensor_visitor visit, const read_options& options = {});

/// SHA-256 of the tensors of a dict one after the other, in the dict's own order: what a function of kohya's trainer, which
/// it does not use, calls modelspec.hash_sha256.
/// errors: a tensor's own, with its name; a producer's
template <state_dict Dict>
result<digest> hash_in_given_order(const Dict& dict)
{
    detail::sequence_hasher      whole;
    const component<role::extra> entries(dict);
    const auto                   visited = entries.each(
        [&](std::string_view name, const result<tensor_view>& tensor) { return whole.add(name, tensor); });
    return visited ? whole.finish() : result<digest>(visited.error());
}

/// What InvokeAI gives a folder of weight files: BLAKE3 of their BLAKE3 digests' letters, one after the other.
/// files: of each file, in the order of their paths
digest invokeai_folder(std::span<const digest> files) noexcept;

} // namespace hashes

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/hash_checkpoint.ipp"
#endif

#endif
