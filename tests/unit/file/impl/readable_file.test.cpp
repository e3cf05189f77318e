// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/impl/readable_file.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

using stet::detail::opening_error;
using stet::detail::readable_file;

TEST_CASE("a path that can name no file is a missing file")
{
    for (const int os_code : {ENOENT, ENOTDIR, EILSEQ, EINVAL}) {
        const stet::error failed = opening_error(os_code, "a/b");
        CHECK(failed.code == stet::errc::file_missing);
        CHECK(failed.os_code == os_code);
        CHECK(failed.subject() == "a/b");
    }
    CHECK(opening_error(EACCES, "a").code == stet::errc::permission_denied);
    CHECK(opening_error(EISDIR, "a").code == stet::errc::not_a_regular_file);
}

TEST_CASE("an open file keeps its size and gives its bytes after it moved")
{
    const support::scratch_directory scratch;
    scratch.put("a", "0123456789");
    scratch.put("b", "xy");
    auto first = readable_file::open((scratch / "a").c_str());
    auto second = readable_file::open((scratch / "b").c_str());
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->size() == 10);

    *second = *std::move(first);

    std::string buffer(4, '\0');
    CHECK(second->size() == 10);
    CHECK(support::failure(second->read(6, std::as_writable_bytes(std::span(buffer)))) == "none");
    CHECK(buffer == "6789");
}

TEST_CASE("an empty buffer is filled wherever it is")
{
    const support::scratch_directory scratch;
    scratch.put("a", "0");
    const auto file = readable_file::open((scratch / "a").c_str());
    REQUIRE(file);
    CHECK(support::failure(file->read(UINT64_MAX, {})) == "none");
}

TEST_CASE("an offset that no file reaches is refused")
{
    const support::scratch_directory scratch;
    scratch.put("a", "0");
    const auto file = readable_file::open((scratch / "a").c_str());
    REQUIRE(file);
    std::array<std::byte, 1> buffer{};
    for (const std::uint64_t offset : {std::uint64_t{1}, std::uint64_t{1} << 40U})
        CHECK(support::failure(file->read(offset, buffer)) == "incomplete_data");
    CHECK(support::failure(file->read(UINT64_MAX, buffer)) != "none");
}

TEST_CASE("bytes that are mapped stay when the file is closed")
{
    const support::scratch_directory scratch;
    scratch.put("a", "0123456789");
    readable_file::mapping mapped;
    {
        const auto file = readable_file::open((scratch / "a").c_str());
        REQUIRE(file);
        mapped = file->map(10);
    }
    REQUIRE(mapped.error == 0);
    CHECK(std::memcmp(mapped.memory, "0123456789", 10) == 0);
    readable_file::unmap(mapped.memory, 10);
}

TEST_CASE("a file below another file is missing")
{
    const support::scratch_directory scratch;
    scratch.put("a", "0");
    CHECK(support::failure(readable_file::open((scratch / "a/b").c_str())) == "file_missing");
}

TEST_CASE("a closed file has no handle")
{
    const support::scratch_directory scratch;
    scratch.put("a", "0123456789");
    auto file = readable_file::open((scratch / "a").c_str());
    REQUIRE(file);
    CHECK(file->handle() != stet::no_handle);
    file->close();
    CHECK(file->handle() == stet::no_handle);
}

#if defined(__linux__)
TEST_CASE("a read that fails tells the system's number")
{
    const auto memory = readable_file::open("/proc/self/mem"); // its first page belongs to nobody
    REQUIRE(memory);
    std::array<std::byte, 8> buffer{};
    const auto               read = memory->read(0, buffer);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == stet::errc::io_failure);
    CHECK(read.error().os_code == EIO);
}
#endif
