// SPDX-License-Identifier: MIT
#include "../thumbnail.hpp"

namespace STET_NAMESPACE {

STET_INLINE result<std::string> thumbnail_uri(std::span<const std::byte> image, std::string_view media_type,
                                              std::uint64_t limit)
{
    const error about_thumbnail = error{}.about("modelspec.thumbnail");
    if (!detail::begins_as(media_type, image)) {
        error refused = about_thumbnail;
        refused.code = errc::invalid_metadata_value;
        return refused.with("a JPEG, PNG or WebP image, given with its own media type such as 'image/jpeg'");
    }
    std::string uri = "data:";
    uri += media_type;
    uri += ";base64,";
    const std::uint64_t size = uri.size() + detail::base64_size(image.size());
    if (size > limit) {
        error refused = about_thumbnail;
        refused.code = errc::metadata_too_large;
        refused.expected = limit;
        refused.actual = size;
        return refused;
    }
    detail::append_base64(uri, image);
    return uri;
}

} // namespace STET_NAMESPACE
