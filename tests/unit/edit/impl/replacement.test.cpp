// SPDX-License-Identifier: MIT
#include "support/disk_image.hpp"
#include "support/failure.hpp"
#include "support/memory_disk.hpp"
#include "support/short_memory.hpp"

#include <stet/edit/impl/replacement.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using stet::detail::file_use;
using stet::detail::held_file;
using support::disk_image;
using support::failure;
using support::memory_disk;

namespace {

std::string bytes_from(std::size_t first, std::size_t count)
{
    std::string text;
    for (std::size_t i = first; i < first + count; ++i)
        text += static_cast<char>(i * 31 + i / 251);
    return text;
}

/// A disk with a file "x" of so many bytes.
disk_image with_file(std::size_t size)
{
    disk_image image;
    image.put_file(support::top_folder, "x", bytes_from(0, size));
    return image;
}

struct written {
    bool        shares = false;
    std::string file{};
};

/// All of a file from a place on.
std::array<stet::detail::byte_range, 1> all_from(std::uint64_t begin, const held_file& file)
{
    return {{{.begin = begin, .end = file.size()}}};
}

/// The file with `head` in place of its first `begin` bytes.
written replaced(memory_disk& disk, std::size_t begin, std::string_view head)
{
    const stet::edit::options how{.file_system = &disk.calls()};
    auto                      held = held_file::take(disk.calls(), "/x", file_use::read);
    REQUIRE(held);
    auto next = held->beside();
    REQUIRE(next);
    const auto kept = all_from(begin, *held);
    const auto shares =
        stet::detail::write_replacement(*held, kept, std::as_bytes(std::span(head)), next->file(), how);
    REQUIRE(shares);
    const auto* const part = disk.now().find("x.part");
    return {.shares = *shares, .file = part == nullptr ? "no part file" : part->content()};
}

} // namespace

TEST_CASE("the data follow another header, copied or shared, wherever they begin and end")
{
    struct scene {
        std::size_t begin, head, size;
        bool        can_share;
    };
    const std::vector<scene> scenes{
        {100, 100, 100, false},    {100, 100, 4096, false},     {100, 100, 8191, false},
        {100, 100, 8192, true},    {100, 100, 12'345, true},    {100, 4196, 12'345, true},
        {4096, 4096, 8192, true},  {4096, 8192, 8192, true},    {8192, 4096, 12'288, true},
        {4096, 4096, 8191, false}, {100, 108, 20'000, false},   {4000, 8096, 9000, true},
        {10, 10, 10, false},       {4200, 104, 3'000'000, true}};
    for (const scene& shown : scenes) {
        for (const bool clones : {true, false}) {
            CAPTURE(shown.begin, shown.head, shown.size, clones);
            memory_disk disk(with_file(shown.size));
            disk.offer_write_at();
            if (clones)
                disk.offer_clone();
            const std::string head(shown.head, 'h');
            const written     made = replaced(disk, shown.begin, head);
            CHECK(made.shares == (clones && shown.can_share));
            CHECK(made.file == head + bytes_from(shown.begin, shown.size - shown.begin));
        }
    }
}

TEST_CASE("a disk without writes at a place takes everything in order")
{
    memory_disk       disk(with_file(10'000));
    const std::string head(5000, 'h');
    const written     made = replaced(disk, 100, head);
    CHECK_FALSE(made.shares);
    CHECK(made.file == head + bytes_from(100, 9900));
}

TEST_CASE("ranges follow each other, and share no blocks")
{
    memory_disk disk(with_file(20'000));
    disk.offer_write_at();
    disk.offer_clone();
    auto held = held_file::take(disk.calls(), "/x", file_use::read);
    REQUIRE(held);
    auto next = held->beside();
    REQUIRE(next);
    const std::string                             head(100, 'h');
    const std::array<stet::detail::byte_range, 3> kept{{{100, 9000}, {9500, 9500}, {9600, 20'000}}};
    const auto shares = stet::detail::write_replacement(*held, kept, std::as_bytes(std::span(head)),
                                                        next->file(), {.file_system = &disk.calls()});
    REQUIRE(shares);
    CHECK_FALSE(*shares);
    CHECK(disk.now().find("x.part")->content() == head + bytes_from(100, 8900) + bytes_from(9600, 10'400));
}

TEST_CASE("progress is told to the end, and may end it")
{
    constexpr std::size_t size = std::size_t{40} << 20U;
    memory_disk           disk(with_file(0));
    disk_image            image;
    image.put_file(support::top_folder, "x", std::string(size, 'x'));
    memory_disk large(std::move(image));
    auto        held = held_file::take(large.calls(), "/x", file_use::read);
    REQUIRE(held);
    const std::string head(16, 'h');
    const auto        kept = all_from(16, *held);

    std::vector<std::uint64_t> seen;
    const auto                 watch = [&](const stet::progress& now) {
        CHECK(now.bytes_total == size);
        CHECK(now.tensor.size() == 0);
        seen.push_back(now.bytes_done);
        return true;
    };
    auto next = held->beside();
    REQUIRE(next);
    CHECK(stet::detail::write_replacement(*held, kept, std::as_bytes(std::span(head)), next->file(),
                                          {.progress = watch, .file_system = &large.calls()}));
    REQUIRE(seen.size() == 3);
    CHECK(seen[0] < seen[1]);
    CHECK(seen[2] == size);

    std::size_t calls = 0;
    const auto  stop = [&](const stet::progress&) { return ++calls != 2; };
    auto        again = held->beside();
    REQUIRE(again);
    CHECK(failure(stet::detail::write_replacement(*held, kept, std::as_bytes(std::span(head)), again->file(),
                                                  {.progress = stop, .file_system = &large.calls()})) ==
          "cancelled");
    CHECK(calls == 2);
}

TEST_CASE("memory that is not there for copying is an error")
{
    memory_disk disk(with_file(10'000));
    auto        held = held_file::take(disk.calls(), "/x", file_use::read);
    REQUIRE(held);
    const std::string head(16, 'h');
    const auto        kept = all_from(16, *held);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              auto next = held->beside();
              REQUIRE(next);
              return failure(
                  stet::detail::write_replacement(*held, kept, std::as_bytes(std::span(head)), next->file(),
                                                  {.allocator = memory, .file_system = &disk.calls()}));
          }) == 1);
}
