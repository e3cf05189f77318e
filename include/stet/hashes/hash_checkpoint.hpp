// SPDX-License-Identifier: MIT
// Hashes of a checkpoint that is there already, as a file or in memory, and how programs spell them.
#ifndef STET_HASHES_HASH_CHECKPOINT_HPP
#define STET_HASHES_HASH_CHECKPOINT_HPP

#include "../read/checkpoint_reader.hpp"
#include "../save/write_options.hpp"
#include "../state/component.hpp"
#include "../state/model.hpp"
#include "../vocabulary/borrowed.hpp"
#include "../vocabulary/config.hpp"
#include "digests.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace STET_NAMESPACE {

namespace hashes {

/// A short text that owns its letters; empty where a hash is not known.
class text {
public:
    constexpr text() noexcept = default;

    /// The letters.
    std::string_view view() const noexcept STET_LIFETIME_BOUND { return {letters_.data(), size_}; }

    bool empty() const noexcept { return size_ == 0; }

    /// Adds as much as fits, 72 letters in all.
    void append(std::string_view more) noexcept;

private:
    std::array<char, 72> letters_{};
    std::size_t          size_ = 0;
};

/// How the digest of no bytes is spelled.
enum class of_nothing : unsigned char {
    none,   ///< `none`: it is the same for every such file, and registers of models have one under it
    digits, ///< as other programs do, its digits
};

/// Which letters hexadecimal digits have.
enum class letter_case : unsigned char { lower, upper };

/// The first digits of a digest, in hexadecimal.
text digits_of(const digest& of, std::size_t count = 64, letter_case letters = letter_case::lower,
               of_nothing nothing = of_nothing::digits) noexcept;

/// As Civitai lists a file's hashes, in upper case. AutoV1 is there from 2 MiB on.
/// source: civitai's model-scanner, afd1e03
struct civitai_texts {
    text autov1{}; ///< 8 digits
    text autov2{}; ///< 10 digits
    text autov3{}; ///< 12 digits
    text sha256{}; ///< 64 digits
    text crc32{};  ///< its four bytes lowest first
    text blake3{}; ///< 64 digits
};

/// All of a file's hashes, spelled. Empty is what is not known.
struct hash_texts {
    text          sha256{};           ///< 64 digits
    text          autov1{};           ///< 8 digits
    text          autov2{};           ///< 10 digits
    text          autov3{};           ///< 12 digits
    text          modelspec_sha256{}; ///< `0x` and 64 digits
    text          sshs_model{};       ///< `sshs_model_hash`, 64 digits
    text          sshs_legacy{};      ///< `sshs_legacy_hash`, 8 digits
    text          crc32{};            ///< 8 digits
    text          blake3{};           ///< 64 digits
    text          invokeai{};         ///< `blake3:` and 64 digits
    text          content{};          ///< 64 digits
    civitai_texts civitai{};          ///< in the words of Civitai's API
};

/// All texts of a file's hashes; those that were not taken are empty.
hash_texts texts_of(const file_hashes& found, of_nothing nothing = of_nothing::none) noexcept;

} // namespace hashes

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
