// SPDX-License-Identifier: MIT
#include <stet/file/impl/windows_file_system.hpp>

#if !defined(_WIN32)

namespace STET_NAMESPACE::detail {

// The header is empty here: with its namespace this would not compile.
struct windows {
    int value;
};

} // namespace STET_NAMESPACE::detail

static_assert(sizeof(stet::detail::windows) == sizeof(int), "elsewhere than on Windows the header is empty");

#else

#include "support/scratch_directory.hpp"

#include <stet/file/folder.hpp>
#include <stet/file/native_file_system.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <thread>
#include <vector>

using stet::file_handle;
using stet::folder;
using stet::native_file_system;
using support::scratch_directory;

namespace {

using names = std::vector<std::string>;

} // namespace

TEST_CASE("a file that is open to be changed is changed and read, and keeps its name")
{
    const scratch_directory here;
    here.put("x", "content");
    const stet::file_system& calls = native_file_system();
    const auto               in = folder::open(calls, here.path());
    REQUIRE(in);
    const auto opened = calls.open_file(calls.context, in->handle(), "x", stet::detail::file_use::change);
    REQUIRE(opened.error == 0);
    const auto file = static_cast<file_handle>(opened.value);
    here.rename("x", "y");
    here.remove("x");
    CHECK(here.entries() == names{"x"});
    CHECK(calls.write_at(calls.context, file, 3, "TEN", 3).value == 3);
    CHECK(calls.sync(calls.context, file).error == 0);
    CHECK(here.content("x") == "conTENt");
    CHECK(calls.close(calls.context, file).error == 0);
    here.rename("x", "y");
    CHECK(here.entries() == names{"y"});
}

TEST_CASE("threads write at places of one file, and appending goes on where it was", "[thread]")
{
    constexpr unsigned       thread_count = 4, pieces = 200;
    const scratch_directory  here;
    const stet::file_system& calls = native_file_system();
    const auto               in = folder::open(calls, here.path());
    REQUIRE(in);
    const auto created = calls.create_file(calls.context, in->handle(), "x", 0666);
    REQUIRE(created.error == 0);
    const auto  file = static_cast<file_handle>(created.value);
    std::string expected(pieces, '.');
    {
        std::vector<std::thread> threads;
        for (unsigned t = 0; t < thread_count; ++t) {
            const char letter = static_cast<char>('a' + t);
            threads.emplace_back([&calls, file, letter, t] {
                for (unsigned i = 0; i < pieces; ++i)
                    calls.write_at(calls.context, file, pieces * (t + 1) + i, &letter, 1);
            });
            expected.append(pieces, letter);
        }
        for (unsigned i = 0; i < pieces; ++i)
            CHECK(calls.write(calls.context, file, ".", 1).value == 1);
        for (std::thread& thread : threads)
            thread.join();
    }
    CHECK(calls.close(calls.context, file).error == 0);
    CHECK(here.content("x") == expected);
}

#endif
