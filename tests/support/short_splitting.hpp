// SPDX-License-Identifier: MIT
// Splitting where no more memory is to be had than the arena and the dicts have left.
#ifndef STET_TESTS_SUPPORT_SHORT_SPLITTING_HPP
#define STET_TESTS_SUPPORT_SHORT_SPLITTING_HPP

#include "support/counting_heap.hpp"
#include "support/split_names.hpp"

#include <stet/split/inverse_text_rules.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string_view>

namespace support {

/// Checks that a step of splitting fails with out_of_memory while the arena or a dict has too little room for it, and
/// always gives all memory back.
/// step:    callable with a splitting and the dict to move names to; returns a result
/// returns: how many bytes of the arena it needs
template <class Step>
std::size_t arena_bytes_needed(const small_tensors& given, Step step)
{
    constexpr std::size_t      first_block = std::size_t{16} << 10U;
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123";
    const auto                 fails = [&](std::size_t room, std::size_t others, bool has_dict_room) {
        counting_heap heap;
        bool          failed = false;
        {
            stet::change_log   log(heap.allocator());
            stet::splitting    work(log, stet::strictness::strict);
            stet::ordered_dict out(heap.allocator());
            REQUIRE(fill(work.rest, given));
            for (std::size_t i = 0; i < others; ++i)
                REQUIRE(work.rest.set({.prefix = "other", .stem = letters.substr(0, i)}, given[0]));
            REQUIRE(log.changes.reserve(8));
            REQUIRE((!has_dict_room || (work.rest.reserve(200) && out.reserve(200))));
            REQUIRE(log.own.allocate(first_block - room) != nullptr);
            heap.fail_from(heap.allocations());
            if (const auto done = step(work, out); !done) {
                CHECK(done.error().code == stet::errc::out_of_memory);
                failed = true;
            }
        }
        CHECK(heap.live_blocks() == 0);
        CHECK(heap.wrong_deallocations() == 0);
        return failed;
    };
    // The dicts' own memory is full with one of these numbers of names.
    for (std::size_t others = 0; others < 30; ++others)
        fails(first_block / 2, others, false);
    std::size_t room = 0;
    for (; fails(room, 0, true); room += alignof(std::max_align_t))
        REQUIRE(room < first_block / 2);
    return room;
}

} // namespace support

#endif
