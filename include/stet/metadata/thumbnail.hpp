// SPDX-License-Identifier: MIT
#ifndef STET_METADATA_THUMBNAIL_HPP
#define STET_METADATA_THUMBNAIL_HPP

#include "../comfyui/ceilings.hpp"
#include "../vocabulary/config.hpp"
#include "../vocabulary/result.hpp"
#include "impl/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace STET_NAMESPACE {

namespace detail {

/// Half of the lowest ceiling that other programs have for a header: the other half is left to the tensors' names.
inline constexpr std::uint64_t default_thumbnail_limit = ceilings.front().longest / 2;

/// Whether the bytes begin as files of that media type do; false for any other type.
constexpr bool begins_as(std::string_view media_type, std::span<const std::byte> image) noexcept
{
    struct signature {
        std::string_view media_type;
        std::size_t      offset;
        std::string_view bytes;
    };
    constexpr std::array<signature, 4> signatures{{
        {"image/jpeg", 0, "\xFF\xD8\xFF"},
        {"image/png", 0, "\x89PNG\r\n\x1A\n"},
        {"image/webp", 0, "RIFF"},
        {"image/webp", 8, "WEBP"},
    }};
    bool                               is_known = false;
    for (const signature& expected : signatures) {
        if (expected.media_type != media_type)
            continue;
        is_known = true;
        if (image.size() < expected.offset + expected.bytes.size())
            return false;
        for (std::size_t i = 0; i < expected.bytes.size(); ++i) {
            if (image[expected.offset + i] != static_cast<std::byte>(expected.bytes[i]))
                return false;
        }
    }
    return is_known;
}

} // namespace detail

/// An encoded image as a data URI, for `model_spec::thumbnail`. A JPEG of 256 x 256 pixels is what the standard
/// recommends.
/// image:      the bytes of an image file
/// media_type: "image/jpeg", "image/png" or "image/webp"
/// limit:      bytes the URI may have
/// errors:     invalid_metadata_value for another media type, or bytes that do not begin as it does;
///             metadata_too_large
result<std::string> thumbnail_uri(std::span<const std::byte> image, std::string_view media_type,
                                  std::uint64_t limit = detail::default_thumbnail_limit);

namespace detail {

/// Whether a text is a data URI of an image in base64.
constexpr bool is_image_uri(std::string_view text) noexcept
{
    constexpr std::string_view scheme = "data:image/";
    constexpr std::string_view encoding = ";base64,";
    const std::size_t          at = text.find(encoding);
    if (!text.starts_with(scheme) || at == std::string_view::npos || at <= scheme.size())
        return false;
    for (const char c : text.substr(scheme.size(), at - scheme.size())) {
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.')
            return false;
    }
    const std::string_view data = text.substr(at + encoding.size());
    return !data.empty() && detail::is_base64(data);
}

} // namespace detail

} // namespace STET_NAMESPACE

#if STET_BODIES
#include "impl/thumbnail.ipp"
#endif

#endif
