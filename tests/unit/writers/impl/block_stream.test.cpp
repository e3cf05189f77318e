// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/dice.hpp"
#include "support/faulty_file_system.hpp"
#include "support/scratch_directory.hpp"

#include <stet/writers/impl/block_stream.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

using stet::errc;
using stet::detail::block_shape;
using stet::detail::block_stream;
using support::faulty_file_system;
using support::file_call;

namespace {

/// A part file with, where the file system has it, a second handle past the cache.
class opened_part {
public:
    explicit opened_part(const stet::file_system& calls)
        : in_(*stet::folder::open(calls, here.path())), part(*stet::part_file::create(in_, "x.part", "path")),
          direct(part.open_direct())
    {
    }
    opened_part(const opened_part&) = delete;
    opened_part& operator=(const opened_part&) = delete;
    ~opened_part()
    {
        if (direct.error == 0)
            part.calls().close(part.calls().context, direct.value);
    }

    std::string content() const { return here.content("x.part"); }

    support::scratch_directory here{};

private:
    stet::folder in_;

public:
    stet::part_file part;
    stet::os_result direct;
};

/// Bytes that differ, at an aligned address and beyond.
std::vector<std::byte> noise(std::size_t size)
{
    std::mt19937           random(5);
    std::vector<std::byte> all(size);
    for (std::byte& each : all)
        each = static_cast<std::byte>(random());
    return all;
}

std::string text_of(const std::vector<std::byte>& all, std::size_t from, std::size_t size)
{
    return std::string(reinterpret_cast<const char*>(all.data()) + from, size);
}

block_shape small_blocks(stet::file_handle file, std::size_t alignment)
{
    return {.file = file, .alignment = alignment, .block_size = 8192, .blocks = 3, .uncopied = 4096};
}

} // namespace

TEST_CASE("a stream of blocks writes random pieces, borrowed and passing, in order", "[thread]")
{
    const std::vector<std::byte> from = noise(200'000);
    std::mt19937                 random(11);
    std::size_t                  by_direct = 0;
    for (int round = 0; round < 60; ++round) {
        opened_part file(stet::native_file_system());
        const bool  is_direct = round % 2 == 0 && file.direct.error == 0;
        by_direct += is_direct ? 1 : 0;
        const auto          shape = is_direct ? small_blocks(file.direct.value, stet::direct_alignment)
                                              : small_blocks(file.part.handle(), 1);
        const std::uint64_t begin = round % 3 == 0 ? 0 : random() % 10'000;
        std::string         expected(begin, '\0');
        block_stream stream(file.part, shape, begin, {.kernel = round % 4 < 2, .threads = 2}, stet::heap());
        REQUIRE(stream.reserve());
        std::vector<std::byte> passing;
        for (int piece = 0; piece < 20; ++piece) {
            const std::size_t size = random() % (piece % 3 == 0 ? 40'000 : 300);
            // Half of the pieces lie in memory just as they lie in the file.
            const std::size_t at =
                piece % 2 == 0
                    ? random() % 50'000
                    : (4096 - reinterpret_cast<std::uintptr_t>(from.data()) % 4096 + expected.size()) % 4096;
            expected += text_of(from, at, size);
            if (piece % 4 < 2) {
                CHECK(stream.write_borrowed(stet::bytes(from).subspan(at, size)));
                continue;
            }
            passing.assign(from.begin() + static_cast<std::ptrdiff_t>(at),
                           from.begin() + static_cast<std::ptrdiff_t>(at + size));
            CHECK(stream.write(passing));
            std::fill(passing.begin(), passing.end(), std::byte{0}); // the stream must not need it any more
        }
        CHECK(stream.finish());
        CAPTURE(round, begin, is_direct);
        CHECK(file.content() == expected);
    }
    std::printf("%zu of 60 streams went past the system's cache\n", by_direct);
}

TEST_CASE("borrowed bytes that fit their place are not copied", "[thread]")
{
    const std::vector<std::byte> from = noise(100'000);
    faulty_file_system           faulty;
    opened_part                  file(faulty.calls());
    stet::file_system            spied = faulty.calls();
    static const std::byte*      seen = nullptr;
    spied.write_at = [](void* context, stet::file_handle handle, std::uint64_t offset, const void* data,
                        std::size_t size) {
        seen = seen == nullptr ? static_cast<const std::byte*>(data) : seen;
        static_cast<void>(context);
        return stet::native_file_system().write_at(nullptr, handle, offset, data, size);
    };
    const auto in = *stet::folder::open(spied, file.here.path());
    auto       part = *stet::part_file::create(in, "y.part", "y");

    block_stream stream(part, small_blocks(part.handle(), 1), 0, {.threads = 1}, stet::heap());
    REQUIRE(stream.reserve());
    CHECK(stream.write_borrowed(from));
    CHECK(stream.finish());
    CHECK(seen == from.data());
    CHECK(file.here.content("y.part") == text_of(from, 0, from.size()));
}

TEST_CASE("a stream lends a whole block wherever it stands, and takes what was put there without a copy",
          "[thread]")
{
    const std::vector<std::byte> from = noise(100'000);
    for (const std::size_t alignment : {std::size_t{1}, stet::direct_alignment}) {
        opened_part  file(stet::native_file_system());
        block_stream stream(file.part, small_blocks(file.part.handle(), alignment), 0, {.threads = 2},
                            stet::heap());
        REQUIRE(stream.reserve());
        std::string expected;
        for (std::size_t at = 0; at + 9000 < from.size(); at += 5000) {
            const auto lent = stream.lend(8192);
            REQUIRE(lent);
            REQUIRE(lent->size() >= 8192);
            const std::size_t size = at % 8193;
            std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), size, lent->begin());
            CHECK(stream.write(lent->first(size)));
            CHECK(stream.write(stet::bytes(from).subspan(at, 7)));
            expected += text_of(from, at, size) + text_of(from, at, 7);
        }
        CHECK(stream.finish());
        CHECK(file.content() == expected);
    }
}

TEST_CASE("a stream takes any part of what it lent", "[thread]")
{
    const std::vector<std::byte> from = noise(9000);
    for (const std::size_t alignment : {std::size_t{1}, stet::direct_alignment}) {
        for (const std::size_t skipped : {1U, 3U, 16U, 63U, 64U, 1000U, 4095U, 8191U}) {
            opened_part  file(stet::native_file_system());
            block_stream stream(file.part, small_blocks(file.part.handle(), alignment), 0, {.threads = 2},
                                stet::heap());
            REQUIRE(stream.reserve());
            std::string expected;
            for (int round = 0; round < 9; ++round) {
                const auto lent = stream.lend(8192);
                REQUIRE(lent);
                std::copy_n(from.begin(), lent->size(), lent->begin());
                CHECK(stream.write(lent->subspan(skipped)));
                expected += text_of(from, skipped, lent->size() - skipped);
            }
            CHECK(stream.finish());
            CAPTURE(alignment, skipped);
            CHECK(file.content() == expected);
        }
    }
}

TEST_CASE("a file system that refuses unaligned or direct writes after all gets the same bytes", "[thread]")
{
    const std::vector<std::byte> from = noise(100'001);
    for (const int os_code : {EINVAL, ENOTSUP, EAGAIN}) {
        faulty_file_system faulty;
        opened_part        file(faulty.calls());
        faulty.fail(file_call::write_at, 1, os_code);
        block_stream stream(file.part, small_blocks(file.part.handle(), 4096), 0, {.threads = 2},
                            stet::heap());
        REQUIRE(stream.reserve());
        CHECK(stream.write(from));
        CHECK(stream.finish());
        CHECK(file.content() == text_of(from, 0, from.size()));
    }
}

TEST_CASE("writes that take less than they are given are completed", "[thread]")
{
    const std::vector<std::byte> from = noise(50'000);
    faulty_file_system           faulty;
    faulty.shorten_writes(1000);
    opened_part  file(faulty.calls());
    block_stream stream(file.part, small_blocks(file.part.handle(), 1), 0, {.threads = 3}, stet::heap());
    REQUIRE(stream.reserve());
    CHECK(stream.write(from));
    CHECK(stream.finish());
    CHECK(file.content() == text_of(from, 0, from.size()));
}

TEST_CASE("a write that fails, or says it took more than it was given, ends the stream with the file's path",
          "[thread]")
{
    const std::vector<std::byte> from = noise(100'000);
    for (std::size_t nth = 1; nth < 10; ++nth) {
        faulty_file_system faulty;
        opened_part        file(faulty.calls());
        faulty.fail(file_call::write_at, nth, ENOSPC);
        block_stream stream(file.part, small_blocks(file.part.handle(), 1), 0, {.threads = 2}, stet::heap());
        REQUIRE(stream.reserve());
        auto outcome = stream.write(from);
        if (outcome)
            outcome = stream.finish();
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == errc::disk_full);
        CHECK(outcome.error().subject() == "path");
    }
    faulty_file_system faulty;
    opened_part        file(faulty.calls());
    faulty.claim_written(1'000'000);
    block_stream stream(file.part, small_blocks(file.part.handle(), 1), 0, {.threads = 1}, stet::heap());
    REQUIRE(stream.reserve());
    auto outcome = stream.write(from);
    if (outcome)
        outcome = stream.finish();
    CHECK_FALSE(outcome);
}

TEST_CASE("a stream's memory is its ring, and none is an error")
{
    opened_part            file(stet::native_file_system());
    support::counting_heap heap;
    {
        block_stream stream(file.part, small_blocks(file.part.handle(), 4096), 0, {.threads = 0},
                            heap.allocator());
        CHECK(stream.reserve());
        CHECK(heap.live_bytes() == 3 * (8192 + 4096) + 4096);
    }
    CHECK(heap.live_blocks() == 0);
    heap.fail_from(0);
    block_stream stream(file.part, small_blocks(file.part.handle(), 1), 0, {.threads = 0}, heap.allocator());
    const auto   reserved = stream.reserve();
    REQUIRE_FALSE(reserved);
    CHECK(reserved.error().code == errc::out_of_memory);
}

TEST_CASE("more than a block is never lent, not even by an empty one")
{
    opened_part  file(stet::native_file_system());
    block_stream stream(file.part, small_blocks(file.part.handle(), 1), 0, {.threads = 0}, stet::heap());
    REQUIRE(stream.reserve());
    const auto lent = stream.lend(100'000);
    REQUIRE(lent);
    CHECK(lent->size() == 8192);
}

TEST_CASE("whatever stands before borrowed bytes may fail, and finishing tells it once more")
{
    const std::vector<std::byte> from = noise(100'000);
    const auto                   address = reinterpret_cast<std::uintptr_t>(from.data());
    for (const std::size_t blocks_before : {0U, 1U, 2U, 3U}) {
        for (const std::size_t bytes_before : {0U, 100U}) {
            faulty_file_system faulty;
            faulty.fail_each(file_call::write_at, ENOSPC);
            opened_part  file(faulty.calls());
            block_stream stream(file.part, small_blocks(file.part.handle(), 4096), 0, {.threads = 0},
                                stet::heap());
            REQUIRE(stream.reserve());
            auto outcome = stream.write(stet::bytes(from).first(blocks_before * 8192));
            if (outcome)
                outcome = stream.write(stet::bytes(from).first(bytes_before));
            // They lie in memory as they will in the file, so that they are not copied.
            const std::size_t at = (8192 - address % 4096 + blocks_before * 8192 + bytes_before) % 4096;
            if (outcome)
                outcome = stream.write_borrowed(stet::bytes(from).subspan(at, 40'000));
            const auto finished = stream.finish();
            CAPTURE(blocks_before, bytes_before);
            REQUIRE((!outcome || !finished));
            CHECK((outcome ? finished : outcome).error().code == errc::disk_full);
        }
    }
}

TEST_CASE("an edge of a block, or a block before it, that fails ends a borrowed write")
{
    const std::vector<std::byte> from = noise(100'000);
    const auto                   lies_as_at = [&](std::uint64_t offset) { // where it is written uncopied
        const auto address = reinterpret_cast<std::uintptr_t>(from.data());
        return stet::bytes(from).subspan((4096 - address % 4096 + offset) % 4096, 40'000);
    };
    for (std::size_t nth = 1;; ++nth) {
        faulty_file_system faulty;
        faulty.fail(file_call::write_at, nth, ENOSPC);
        opened_part  file(faulty.calls());
        block_stream stream(file.part, small_blocks(file.part.handle(), 4096), 50, {.threads = 0},
                            stet::heap());
        REQUIRE(stream.reserve());
        auto       outcome = stream.write_borrowed(lies_as_at(50)); // begins with an edge
        const auto finished = stream.finish();
        if (faulty.count(file_call::write_at) < nth) {
            CHECK((outcome && finished));
            CHECK(nth > 5);
            break;
        }
        REQUIRE((!outcome || !finished));
        CHECK((outcome ? finished : outcome).error().code == errc::disk_full);
    }
    // Three blocks that end behind their aligned part: every block is under way when the edge needs one.
    faulty_file_system faulty;
    faulty.fail(file_call::write_at, 8, ENOSPC); // the third block, after its two edges
    opened_part  file(faulty.calls());
    block_stream stream(file.part, small_blocks(file.part.handle(), 4096), 0, {.threads = 0}, stet::heap());
    REQUIRE(stream.reserve());
    std::uint64_t at = 0;
    for (int block = 0; block < 3; ++block) {
        REQUIRE(stream.write(stet::bytes(from).first(100)));
        const auto lent = stream.lend(8192);
        REQUIRE(lent);
        std::fill_n(lent->begin(), 8192, std::byte{'l'});
        REQUIRE(stream.write(lent->first(8192)));
        at += 100 + 8192;
    }
    const auto failed = stream.write_borrowed(lies_as_at(at));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::disk_full);
    CHECK(stream.finish());
}
