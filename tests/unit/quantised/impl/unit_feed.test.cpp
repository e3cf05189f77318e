// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"
#include "support/piece_sink.hpp"

#include <stet/quantised/impl/unit_feed.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

/// All units joined by a bar, when the text comes in pieces of a size.
std::string fed(std::string_view text, std::uint64_t unit, std::size_t piece)
{
    std::string all;
    const auto  put = [&](const std::byte* from, std::size_t count) -> stet::result<void> {
        for (std::size_t i = 0; i < count; ++i)
            all.append(support::as_text({from + i * unit, stet::detail::memory_size(unit)})).append("|");
        return {};
    };
    stet::detail::unit_feed feed(unit, put, stet::heap());
    for (; !text.empty(); text.remove_prefix(piece < text.size() ? piece : text.size())) {
        if (!feed.write(support::as_bytes(text.substr(0, piece))))
            return "failed";
    }
    return all;
}

} // namespace

TEST_CASE("units come whole, wherever the bytes were cut")
{
    for (const std::size_t piece : {1U, 2U, 3U, 4U, 5U, 7U, 100U}) {
        CHECK(fed("abcdefghijkl", 3, piece) == "abc|def|ghi|jkl|");
        CHECK(fed("abcdefghijkl", 1, piece) == "a|b|c|d|e|f|g|h|i|j|k|l|");
        CHECK(fed("abcdefghijkl", 5, piece) == "abcde|fghij|"); // what is left never became one
    }
}

TEST_CASE("whole units are seen where they lie, without memory")
{
    support::counting_heap heap;
    const std::string_view text = "abcdef";
    const std::byte*       seen = nullptr;
    const auto             put = [&](const std::byte* from, std::size_t) -> stet::result<void> {
        seen = from;
        return {};
    };
    stet::detail::unit_feed feed(2, put, heap.allocator());
    REQUIRE(feed.write(support::as_bytes(text)));
    CHECK(seen == support::as_bytes(text).data());
    CHECK(heap.allocations() == 0);
}

TEST_CASE("what fails is passed on: memory for the rest of a unit, and who takes it")
{
    support::counting_heap heap;
    heap.fail_from(0);
    const auto              put = [](const std::byte*, std::size_t) -> stet::result<void> { return {}; };
    stet::detail::unit_feed feed(4, put, heap.allocator());
    CHECK(support::failure(feed.write(support::as_bytes("abcde"))) == "out_of_memory");
    stet::detail::unit_feed huge(UINT64_MAX, put, heap.allocator());
    CHECK(support::failure(huge.write(support::as_bytes("a"))) == "out_of_memory");

    const auto refuse = [](const std::byte*, std::size_t) -> stet::result<void> {
        return stet::error{.code = stet::errc::sink_refused};
    };
    stet::detail::unit_feed refusing(2, refuse, stet::heap());
    CHECK(support::failure(refusing.write(support::as_bytes("ab"))) == "sink_refused");
    stet::detail::unit_feed later(2, refuse, stet::heap());
    CHECK(support::failure(later.write(support::as_bytes("a"))) == "none");
    CHECK(support::failure(later.write(support::as_bytes("b"))) == "sink_refused");
}
