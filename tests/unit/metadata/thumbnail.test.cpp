// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/metadata/model_spec.hpp>
#include <stet/vocabulary/impl/memory_size.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

using stet::thumbnail_uri;
using stet::detail::is_image_uri;

namespace {

constexpr std::string_view jpeg = "\xFF\xD8\xFF\xE0";
constexpr std::string_view png = "\x89PNG\r\n\x1A\n\x01";
constexpr std::string_view webp{"RIFF\x04\0\0\0WEBPVP8 ", 16};

stet::result<std::string> uri_of(std::string_view image, std::string_view media_type,
                                 std::uint64_t limit = stet::detail::default_thumbnail_limit)
{
    return thumbnail_uri(std::as_bytes(std::span(image)), media_type, limit);
}

} // namespace

static_assert(stet::detail::default_thumbnail_limit == 524'288);
static_assert(stet::ceilings::exceeded(2 * stet::detail::default_thumbnail_limit).empty());

static_assert(is_image_uri("data:image/jpeg;base64,/9j/4A=="));
static_assert(is_image_uri("data:image/svg+xml;base64,Zg==") &&
              is_image_uri("data:image/x-icon;base64,Zg==") && is_image_uri("data:image/vnd.x2;base64,Zg=="));
static_assert(!is_image_uri("") && !is_image_uri("data:image/jpeg;base64,") &&
              !is_image_uri("data:image/jpeg,Zg=="));
static_assert(!is_image_uri("data:image/;base64,Zg==") && !is_image_uri("data:text/html;base64,Zg==") &&
              !is_image_uri("DATA:image/png;base64,Zg==") && !is_image_uri(" data:image/png;base64,Zg=="));
static_assert(!is_image_uri("data:image/png;base64,Zg") && !is_image_uri("data:image/png;base64,Zg==\n") &&
              !is_image_uri("data:image/png;base64,Zg==;base64,Zg=="));
static_assert(!is_image_uri("data:image/p ng;base64,Zg==") && !is_image_uri("data:image/PNG;base64,Zg==") &&
              !is_image_uri("data:image/a/b;base64,Zg==") && !is_image_uri("data:image/png;x=y;base64,Zg=="));
static_assert(!is_image_uri("/path/to/image.png") && !is_image_uri(";base64,Zg==") &&
              !is_image_uri("data:image/"));

TEST_CASE("an image becomes a data URI of its type")
{
    CHECK(*uri_of(jpeg, "image/jpeg") == "data:image/jpeg;base64,/9j/4A==");
    CHECK(*uri_of(png, "image/png") == "data:image/png;base64,iVBORw0KGgoB");
    CHECK(*uri_of(webp, "image/webp") == "data:image/webp;base64,UklGRgQAAABXRUJQVlA4IA==");
    CHECK(is_image_uri(*uri_of(jpeg, "image/jpeg")));
    CHECK(is_image_uri(*uri_of(png, "image/png")));
    CHECK(is_image_uri(*uri_of(webp, "image/webp")));
}

TEST_CASE("an image of another type than given is refused")
{
    CHECK(support::failure(uri_of(jpeg, "image/png")) == "invalid_metadata_value");
    CHECK(support::failure(uri_of(png, "image/webp")) == "invalid_metadata_value");
    CHECK(support::failure(uri_of(webp, "image/jpeg")) == "invalid_metadata_value");
    CHECK(support::failure(uri_of("RIFF\x04\1\1\1WAVEfmt ", "image/webp")) == "invalid_metadata_value");
    CHECK(support::failure(uri_of(jpeg, "image/gif")) == "invalid_metadata_value");
    CHECK(support::failure(uri_of(jpeg, "image/JPEG")) == "invalid_metadata_value");
    CHECK(support::failure(uri_of(jpeg, "")) == "invalid_metadata_value");
    CHECK(
        stet::message(uri_of(jpeg, "jpeg").error()) ==
        "metadata 'modelspec.thumbnail' must be a JPEG, PNG or WebP image, given with its own media type such as "
        "'image/jpeg'");
}

TEST_CASE("an image that ends within its first bytes is refused")
{
    for (std::size_t size = 0; size < 3; ++size)
        CHECK_FALSE(uri_of(jpeg.substr(0, size), "image/jpeg"));
    for (std::size_t size = 0; size < 8; ++size)
        CHECK_FALSE(uri_of(png.substr(0, size), "image/png"));
    for (std::size_t size = 0; size < 12; ++size)
        CHECK_FALSE(uri_of(webp.substr(0, size), "image/webp"));
    CHECK(uri_of(jpeg.substr(0, 3), "image/jpeg"));
    CHECK(uri_of(png.substr(0, 8), "image/png"));
    CHECK(uri_of(webp.substr(0, 12), "image/webp"));
}

TEST_CASE("an image whose URI passes the limit is refused with both sizes")
{
    const std::uint64_t size = std::string_view("data:image/jpeg;base64,/9j/4A==").size();
    CHECK(uri_of(jpeg, "image/jpeg", size));
    const auto refused = uri_of(jpeg, "image/jpeg", size - 1);
    REQUIRE_FALSE(refused);
    CHECK(stet::message(refused.error()) ==
          "metadata 'modelspec.thumbnail': 31 bytes, at most 30 are allowed; shorten it");
}

TEST_CASE("without a limit of one's own half the lowest ceiling holds")
{
    const std::uint64_t before = std::string_view("data:image/jpeg;base64,").size();
    const std::size_t   bytes =
        stet::detail::memory_size((stet::detail::default_thumbnail_limit - before) / 4 * 3);
    std::string image(jpeg);
    image.resize(bytes, 'x');
    const auto fits = thumbnail_uri(std::as_bytes(std::span(image)), "image/jpeg");
    REQUIRE(fits);
    CHECK(fits->size() <= stet::detail::default_thumbnail_limit);
    image += 'x';
    const auto too_large = thumbnail_uri(std::as_bytes(std::span(image)), "image/jpeg");
    CHECK(support::failure(too_large) == "metadata_too_large");
    CHECK(uri_of(image, "image/jpeg", UINT64_MAX));
}
