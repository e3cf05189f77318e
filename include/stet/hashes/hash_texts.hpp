// SPDX-License-Identifier: MIT
// How programs spell the hashes of a checkpoint.
#ifndef STET_HASHES_HASH_TEXTS_HPP
#define STET_HASHES_HASH_TEXTS_HPP

#include "../save/hashing.hpp"
#include "../vocabulary/config.hpp"

#include <array>
#include <cstddef>
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

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/hash_texts.ipp"
#endif

#endif
