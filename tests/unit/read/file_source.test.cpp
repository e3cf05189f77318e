// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"
#include "support/stored_file.hpp"

#include <stet/read/checkpoint_reader.hpp>
#include <stet/read/mapped_file.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

static_assert(stet::byte_source<stet::file_source>);

TEST_CASE("a file is read at any place")
{
    const support::scratch_directory scratch;
    scratch.put("a", "0123456789");
    auto opened = stet::file_source::open((scratch / "a").c_str());
    REQUIRE(opened);
    auto file = *std::move(opened);

    std::string buffer(3, '\0');
    CHECK(file.size() == 10);
    CHECK(support::failure(file.read(7, std::as_writable_bytes(std::span(buffer)))) == "none");
    CHECK(buffer == "789");
    CHECK(support::failure(file.read(0, std::as_writable_bytes(std::span(buffer)))) == "none");
    CHECK(buffer == "012");
}

TEST_CASE("a file that ends too early is reported")
{
    const support::scratch_directory scratch;
    scratch.put("a", "0123456789");
    auto file = stet::file_source::open((scratch / "a").c_str());
    REQUIRE(file);

    std::byte  buffer[4];
    const auto read = file->read(8, buffer);

    REQUIRE_FALSE(read);
    CHECK(stet::name(read.error().code) == "incomplete_data");
    CHECK(read.error().expected == 12);
    CHECK(read.error().actual == 10);
}

TEST_CASE("what is no file to read is reported with its path")
{
    const support::scratch_directory scratch;
    scratch.make_folder("folder");
    const auto outcome = [](const std::string& path) {
        const auto opened = stet::file_source::open(path.c_str());
        if (!opened)
            CHECK(opened.error().subject().ends_with(path.substr(path.size() - 4)));
        return support::failure(opened);
    };

    CHECK(outcome(scratch / "missing") == "file_missing");
#if !defined(_WIN32)
    CHECK(outcome(scratch / "folder") == "not_a_regular_file");
    CHECK(outcome(scratch / std::string(300, 'n')) == "file_name_too_long");
    scratch.put_link("loop", "loop");
    CHECK(outcome(scratch / "loop") == "too_many_links");
    REQUIRE(::mkfifo((scratch / "pipe").c_str(), 0600) == 0);
    CHECK(outcome(scratch / "pipe") == "not_a_regular_file");
#endif
}

TEST_CASE("a checkpoint on disk is opened and read")
{
    const support::scratch_directory scratch;
    scratch.put("a", support::stored_file(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", "xyz"));
    auto file = stet::file_source::open((scratch / "a").c_str());
    REQUIRE(file);

    const auto checkpoint = stet::open_checkpoint(*file);

    REQUIRE(checkpoint);
    std::string data(3, '\0');
    CHECK(support::failure(
              checkpoint->read(checkpoint->header()[0], std::as_writable_bytes(std::span(data)))) == "none");
    CHECK(data == "xyz");
}
