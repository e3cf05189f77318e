// SPDX-License-Identifier: MIT
#include <stet/read/impl/file_beginnings.hpp>
#include <stet/read/read_header.hpp>

#include <catch2/catch_test_macros.hpp>

#include <span>
#include <string>
#include <string_view>

using stet::detail::other_format;

namespace {

std::string_view format_of(std::string_view text)
{
    return other_format(std::as_bytes(std::span(text)));
}

} // namespace

TEST_CASE("what is often taken for a checkpoint is known by its first bytes")
{
    CHECK(format_of("version https://git-lfs.github.com/spec/v1\n").starts_with("a Git LFS pointer"));
    CHECK(format_of("/annex/objects/SHA256E-s12").starts_with("a git-annex pointer"));
    CHECK(format_of({"PK\x03\x04\x00\x00\x08\x08", 8}).starts_with("a zip archive"));
    CHECK(format_of("\x80\x02\x8a\x0al\xfc\x9c\x46").starts_with("a Python pickle"));
    CHECK(format_of({"GGUF\x03\x00\x00\x00", 8}).starts_with("a GGUF file"));
    CHECK(format_of("\x89HDF\r\n\x1a\n").starts_with("an HDF5 file"));
    CHECK(format_of("<!DOCTYPE html>").starts_with("a web page"));
    CHECK(format_of("<html><body>").starts_with("a web page"));
    CHECK(format_of("{\"error\":\"no\"}").starts_with("a JSON text"));
}

TEST_CASE("what begins otherwise, or is cut before it could be told, is no format of another kind")
{
    CHECK(format_of("").empty());
    CHECK(format_of("versio").empty());
    CHECK(format_of({"\x10\x00\x00\x00\x00\x00\x00\x00{\"a\":1}", 15}).empty());
    CHECK(format_of("\x80\x06\xff\xff\xff\xff\xff\xff").empty());
}

TEST_CASE("as a header's length each of them is more than the format allows")
{
    for (const stet::detail::file_beginning& known : stet::detail::file_beginnings) {
        CHECK(known.bytes.size() <= 8);
        std::string file(known.bytes);
        file.resize(8, ' ');
        const auto extent = stet::header_extent(std::as_bytes(std::span(file)), 1000);
        REQUIRE_FALSE(extent);
        CHECK(extent.error().code == stet::errc::header_length_too_large);
        CHECK(extent.error().first_party() == known.means);
    }
}
