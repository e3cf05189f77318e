// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"
#include "support/stored_file.hpp"

#include <stet/read/checkpoint_view.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#if !defined(_WIN32)
#include <unistd.h>
#endif

TEST_CASE("a mapped checkpoint is read where it lies and aligned as its header says")
{
    const support::scratch_directory scratch;
    const std::string                header = R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})";
    scratch.put("a", support::stored_file(header + std::string(64 - 8 - header.size(), ' '), "xyz"));
    auto opened = stet::mapped_file::open((scratch / "a").c_str());
    REQUIRE(opened);
    const stet::mapped_file file = *std::move(opened);

    const auto checkpoint = stet::read_checkpoint(file.bytes());

    REQUIRE(checkpoint);
    const auto tensor = checkpoint->header()[0];
    CHECK(checkpoint->data(tensor).data() == file.bytes().data() + 64);
    CHECK(checkpoint->data(tensor)[2] == std::byte{'z'});
    CHECK(checkpoint->header().alignment(tensor) == 64);
    CHECK(checkpoint->alignment(tensor) == 64);
}

TEST_CASE("an empty file maps to no bytes")
{
    const support::scratch_directory scratch;
    scratch.put("a");
    const auto file = stet::mapped_file::open((scratch / "a").c_str());

    REQUIRE(file);
    CHECK(file->bytes().empty());
    CHECK(support::failure(stet::read_checkpoint(file->bytes())) == "header_too_small");
}

TEST_CASE("what cannot be mapped is reported with its path")
{
    const support::scratch_directory scratch;
    scratch.make_folder("folder");

    const auto missing = stet::mapped_file::open((scratch / "missing").c_str());
    CHECK(support::failure(missing) == "file_missing");
    CHECK(support::failure(stet::mapped_file::open((scratch / "folder").c_str())) == "not_a_regular_file");
}

TEST_CASE("a path may be a string, whose every byte counts")
{
    const support::scratch_directory scratch;
    scratch.put("a", support::stored_file(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x"));
    const std::string path = scratch / "a";
    CHECK(stet::mapped_file::open(path));
    CHECK(stet::file_source::open(path));
    CHECK(stet::mapped_checkpoint::open(path, {.strict = true}));
    CHECK(stet::file_checkpoint::open(path));

    const std::string longer = path + std::string(1, '\0') + "b";
    CHECK(support::failure(stet::mapped_file::open(longer)) == "file_missing");
    CHECK(support::failure(stet::file_source::open(longer)) == "file_missing");
    CHECK(support::failure(stet::file_checkpoint::open(longer)) == "file_missing");
    const auto missing = stet::mapped_checkpoint::open(longer);
    CHECK(support::failure(missing) == "file_missing");
    CHECK(stet::message(missing.error()).ends_with("a\\x00b': no such file"));
}

TEST_CASE("a mapping that is replaced by another is given back")
{
    const support::scratch_directory scratch;
    scratch.put("a", "first");
    scratch.put("b", "second");
    auto first = stet::mapped_file::open((scratch / "a").c_str());
    auto second = stet::mapped_file::open((scratch / "b").c_str());
    REQUIRE(first);
    REQUIRE(second);

    *first = *std::move(second);

    CHECK(first->bytes().size() == 6);
    CHECK(first->bytes()[0] == std::byte{'s'});
}

TEST_CASE("pages that are asked for are read as they are, whatever memory they belong to")
{
    const support::scratch_directory scratch;
    scratch.put("a", std::string(10'000, 'a') + "end");
    const auto file = stet::mapped_file::open((scratch / "a").c_str());
    REQUIRE(file);
    stet::populate_pages(file->bytes());
    stet::populate_pages(file->bytes().subspan(5000, 17));
    CHECK(file->bytes()[10'000] == std::byte{'e'});

    std::string plain(100, 'x');
    stet::populate_pages(std::as_bytes(std::span(plain)));
    stet::populate_pages({});
    CHECK(plain == std::string(100, 'x'));
}

#if !defined(_WIN32)
TEST_CASE("asking for pages of a file that was cut meanwhile does no harm")
{
    const support::scratch_directory scratch;
    scratch.put("a", std::string(100'000, 'a'));
    const auto file = stet::mapped_file::open((scratch / "a").c_str());
    REQUIRE(file);
    REQUIRE(::truncate((scratch / "a").c_str(), 10) == 0);
    stet::populate_pages(file->bytes());
    CHECK(file->bytes().size() == 100'000);
    CHECK(file->bytes()[9] == std::byte{'a'});
}
#endif
