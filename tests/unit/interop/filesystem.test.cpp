// SPDX-License-Identifier: MIT
#include "support/sample_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/interop/filesystem.hpp>

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <string>
#include <string_view>

using stet::filesystem_path;
using stet::utf8_path;
using support::sample_checkpoint;
using support::scratch_directory;

namespace {

constexpr std::string_view odd_name = "\xE6\xA8\xA1\xE5\x9E\x8B \xF0\x9F\x98\x80.safetensors";

} // namespace

static_assert(stet::save_target<std::filesystem::path>);
static_assert(!stet::save_target<std::string> && !stet::save_target<const char*>,
              "whose encoding nobody knows");

TEST_CASE("a path goes to the library's text and back")
{
    CHECK(utf8_path(std::filesystem::path("a") / "b.safetensors").ends_with("b.safetensors"));
    CHECK(utf8_path(filesystem_path(odd_name)) == odd_name);
    CHECK(utf8_path({}).empty());
    CHECK(filesystem_path("").empty());
}

TEST_CASE("the units of a path are one text on every system")
{
    CHECK(stet::detail::utf8_of_native(std::string_view("\xC3\xA4\xFF")) == "\xC3\xA4\xFF");
    CHECK(stet::detail::utf8_of_native(std::wstring_view(L"C:\\\x6A21\\a")) == "C:\\\xE6\xA8\xA1\\a");
    CHECK(stet::detail::utf8_of_native(std::wstring_view(L"\xD83D\xDE00!")) == "\xF0\x9F\x98\x80!");
    const std::string lone = stet::detail::utf8_of_native(std::wstring_view(L"a\xD83D"));
    CHECK(lone == "a\xED\xA0\xBD");
    CHECK_FALSE(stet::detail::is_utf8(lone));
}

TEST_CASE("a plan and a checkpoint are saved under a path")
{
    const scratch_directory     home;
    const sample_checkpoint     sample;
    const std::filesystem::path path = filesystem_path(home / odd_name);

    const auto saved = sample.save(path);
    REQUIRE(saved);
    CHECK(sample.is_in(home.content(odd_name)));
    CHECK(std::filesystem::is_regular_file(path));
    CHECK(std::filesystem::file_size(path) == saved->bytes);
    CHECK(filesystem_path(saved->path) == path);

    const auto tensors = stet::make_plan(sample.view(), stet::layouts::generic{});
    REQUIRE(tensors);
    const auto again = stet::save(*tensors, path);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == stet::errc::name_taken);
    CHECK(stet::save(*tensors, stet::exact_path{utf8_path(path), stet::existing_file::replace}));
}

TEST_CASE("the root of a numbered save may be a path")
{
    const scratch_directory     home;
    const sample_checkpoint     sample;
    const std::filesystem::path root = filesystem_path(home / "out");
    const auto                  saved = sample.save(stet::numbered{.root = utf8_path(root), .prefix = "a/b"});
    REQUIRE(saved);
    CHECK(std::filesystem::is_regular_file(root / "a" / "b_00001_.safetensors"));
}
