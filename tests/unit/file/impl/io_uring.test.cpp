// SPDX-License-Identifier: MIT
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/folder.hpp>
#include <stet/file/impl/io_uring.hpp>
#include <stet/file/native_file_system.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

TEST_CASE("a queue of depth zero is not opened")
{
    const stet::detail::io_uring none(0);
    CHECK_FALSE(none.is_open());
}

TEST_CASE("the kernel's queue writes every piece where it belongs and gives its tag back")
{
    const std::size_t before = support::open_descriptors();
    {
        stet::detail::io_uring ring(8);
        if (!ring.is_open()) {
            std::puts("this kernel offers no queue of writes to this program: nothing to test");
            return;
        }
        const support::scratch_directory here;
        const auto                       in = *stet::folder::open(stet::native_file_system(), here.path());
        const auto file = stet::native_file_system().create_file(nullptr, in.handle(), "x", 0666);
        REQUIRE(file.error == 0);
        std::string              expected;
        std::vector<std::string> pieces;
        for (int i = 0; i < 100; ++i) {
            pieces.push_back(
                std::string(static_cast<std::size_t>(i % 7 + 1), static_cast<char>('a' + i % 26)));
            expected += pieces.back();
        }
        std::vector<int> seen(pieces.size());
        std::uint64_t    offset = 0;
        std::size_t      ended = 0;
        const auto       wait = [&] {
            std::uint64_t tag = 1000;
            const auto    outcome = ring.wait(tag);
            REQUIRE(tag < pieces.size());
            CHECK(outcome.error == 0);
            CHECK(outcome.value == static_cast<std::int64_t>(pieces[tag].size()));
            ++seen[tag];
            ++ended;
        };
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            if (i - ended == 8)
                wait();
            REQUIRE(ring.submit(file.value, offset, pieces[i].data(), pieces[i].size(), i).error == 0);
            offset += pieces[i].size();
        }
        while (ended < pieces.size())
            wait();
        CHECK(seen == std::vector<int>(pieces.size(), 1));
        CHECK(here.content("x") == expected);

        REQUIRE(ring.submit(stet::file_handle{-1}, 0, "x", 1, 7).error == 0);
        std::uint64_t tag = 0;
        CHECK(ring.wait(tag).error == EBADF);
        CHECK(tag == 7);
        CHECK(stet::native_file_system().close(nullptr, file.value).error == 0);
    }
    CHECK(support::open_descriptors() == before);
}
