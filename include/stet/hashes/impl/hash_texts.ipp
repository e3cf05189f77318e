// SPDX-License-Identifier: MIT
#include "../../vocabulary/impl/memory_size.hpp"
#include "../hash_texts.hpp"

namespace STET_NAMESPACE {

namespace hashes {

STET_INLINE void text::append(std::string_view more) noexcept
{
    size_ += more.copy(letters_.data() + size_, letters_.size() - size_);
}

} // namespace hashes

namespace detail {

/// How many bytes a file has at least of which Civitai gives AutoV1.
inline constexpr std::uint64_t civitai_autov1_size = std::uint64_t{2} << 20U;

inline void append_byte(hashes::text& to, std::byte byte, hashes::letter_case letters) noexcept
{
    const std::string_view digits =
        letters == hashes::letter_case::lower ? "0123456789abcdef" : "0123456789ABCDEF";
    to.append(digits.substr(std::to_integer<std::size_t>(byte >> 4U), 1));
    to.append(digits.substr(std::to_integer<std::size_t>(byte & std::byte{0xF}), 1));
}

/// A number of four bytes, the highest or the lowest first.
inline hashes::text spelled(const hashes::checksum& of, hashes::letter_case letters,
                            bool lowest_first) noexcept
{
    hashes::text digits;
    for (unsigned i = 0; of.is_known && i < 4; ++i) {
        const unsigned shift = lowest_first ? 8 * i : 24 - 8 * i;
        append_byte(digits, static_cast<std::byte>(of.value >> shift & 0xFFU), letters);
    }
    return digits;
}

/// What stands before a digest, if there is one.
inline hashes::text prefixed(std::string_view prefix, const hashes::digest& of, const hashes::text& digits,
                             hashes::of_nothing nothing) noexcept
{
    hashes::text whole;
    if (of.is_known && (of.covers != 0 || nothing == hashes::of_nothing::digits))
        whole.append(prefix);
    whole.append(digits.view());
    return whole;
}

} // namespace detail

namespace hashes {

STET_INLINE text digits_of(const digest& of, std::size_t count, letter_case letters,
                           of_nothing nothing) noexcept
{
    text digits;
    if (of.is_known && of.covers == 0 && nothing == of_nothing::none)
        digits.append("none");
    else if (of.is_known)
        for (std::size_t i = 0; i < detail::smaller_size(count / 2, of.bytes.size()); ++i)
            detail::append_byte(digits, of.bytes[i], letters);
    return digits;
}

STET_INLINE hash_texts texts_of(const file_hashes& found, of_nothing nothing) noexcept
{
    const auto lower = [&](const digest& of, std::size_t count) {
        return digits_of(of, count, letter_case::lower, nothing);
    };
    const auto upper = [&](const digest& of, std::size_t count) {
        return digits_of(of, count, letter_case::upper, nothing);
    };
    return {.sha256 = lower(found.sha256, 64),
            .autov1 = lower(found.autov1, 8),
            .autov2 = lower(found.sha256, 10),
            .autov3 = lower(found.data, 12),
            .modelspec_sha256 = detail::prefixed("0x", found.data, lower(found.data, 64), nothing),
            .sshs_model = lower(found.sshs_model, 64),
            .sshs_legacy = lower(found.sshs_legacy, 8),
            .crc32 = detail::spelled(found.crc32, letter_case::lower, false),
            .blake3 = lower(found.blake3, 64),
            .invokeai = detail::prefixed("blake3:", found.blake3, lower(found.blake3, 64), nothing),
            .content = lower(found.content, 64),
            .civitai = {.autov1 = found.bytes < detail::civitai_autov1_size ? text() : upper(found.autov1, 8),
                        .autov2 = upper(found.sha256, 10),
                        .autov3 = upper(found.data, 12),
                        .sha256 = upper(found.sha256, 64),
                        .crc32 = detail::spelled(found.crc32, letter_case::upper, true),
                        .blake3 = upper(found.blake3, 64)}};
}

} // namespace hashes

} // namespace STET_NAMESPACE
