// SPDX-License-Identifier: MIT
#include <stet/file/impl/posix_calls.hpp>

#if !defined(_WIN32)

#include "support/scratch_directory.hpp"

#include <stet/file/impl/readable_file.hpp>
#include <stet/file/native_file_system.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace posix = stet::detail::posix;

static_assert(sizeof(posix::file_offset) == 8 && sizeof(posix::file_status{}.st_size) == 8 &&
                  sizeof(posix::file_status{}.st_ino) == 8,
              "on 32-bit machines, too");

TEST_CASE("what lies behind four gigabytes of a file is written, measured and read on every machine")
{
    const support::scratch_directory here;
    const auto                       calls = stet::native_file_system();
    const std::string                path = here.path() + "/large";
    const auto folder = calls.open_folder(nullptr, stet::no_handle, here.path().c_str(), stet::links::follow);
    REQUIRE(folder.error == 0);
    const auto created =
        calls.create_file(nullptr, static_cast<stet::file_handle>(folder.value), "large", 0666);
    REQUIRE(created.error == 0);
    const auto              file = static_cast<stet::file_handle>(created.value);
    constexpr std::uint64_t place = (std::uint64_t{1} << 32U) + 1; // the rest is a hole
    CHECK(calls.write_at(nullptr, file, place, "end", 3).value == 3);
    CHECK(calls.close(nullptr, file).error == 0);

    stet::entry_facts facts;
    CHECK(calls
              .inspect(nullptr, static_cast<stet::file_handle>(folder.value), "large", stet::links::refuse,
                       facts)
              .error == 0);
    CHECK(calls.close(nullptr, static_cast<stet::file_handle>(folder.value)).error == 0);
    const auto readable = stet::detail::readable_file::open(path.c_str());
    REQUIRE(readable);
    CHECK(readable->size() == place + 3);
    std::array<std::byte, 3> end{};
    CHECK(readable->read(place, end));
    CHECK(end == std::array{std::byte{'e'}, std::byte{'n'}, std::byte{'d'}});
}

#endif
