// SPDX-License-Identifier: MIT
#include "support/dice.hpp"

#include <stet/quantised/impl/nibble_lookup.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

using stet::detail::look_up_nibbles;
using stet::detail::nibble_at;
using stet::detail::nibble_order;
using stet::detail::nibble_table;

namespace {

template <class Word>
void check_blocks(nibble_order order, std::size_t blocks)
{
    support::dice                          dice(blocks);
    std::vector<std::byte>                 packed(blocks * 8);
    std::array<nibble_table<Word>, 3>      tables{};
    std::vector<const nibble_table<Word>*> chosen(blocks);
    for (std::byte& byte : packed)
        byte = static_cast<std::byte>(dice.below(256));
    for (nibble_table<Word>& table : tables) {
        for (Word& word : table)
            word = static_cast<Word>(dice.next());
    }
    for (const auto*& one : chosen)
        one = &tables[dice.below(3)];
    std::vector<std::byte> room(blocks * 16 * sizeof(Word) + 1);
    look_up_nibbles(packed.data(), order, chosen.data(), blocks, room.data() + 1); // at an odd address
    std::vector<std::byte> wanted(room.size());
    wanted[0] = room[0];
    for (std::size_t i = 0; i < blocks * 16; ++i) {
        const Word word = (*chosen[i / 16])[nibble_at(packed.data(), i, order)];
        std::memcpy(wanted.data() + 1 + i * sizeof(Word), &word, sizeof word);
    }
    CHECK(room == wanted);
    // And by the loop that every processor can.
    std::vector<std::byte> plain(room.size());
    plain[0] = room[0];
    stet::detail::look_up_nibbles_plainly(packed.data(), order, chosen.data(), blocks, plain.data() + 1);
    CHECK(plain == wanted);
}

} // namespace

TEST_CASE("the order says which half of a byte comes first")
{
    constexpr std::array<std::byte, 2> packed{std::byte{0x1A}, std::byte{0xF0}};
    CHECK(nibble_at(packed.data(), 0, nibble_order::high_first) == 0x1);
    CHECK(nibble_at(packed.data(), 1, nibble_order::high_first) == 0xA);
    CHECK(nibble_at(packed.data(), 2, nibble_order::high_first) == 0xF);
    CHECK(nibble_at(packed.data(), 0, nibble_order::low_first) == 0xA);
    CHECK(nibble_at(packed.data(), 1, nibble_order::low_first) == 0x1);
    CHECK(nibble_at(packed.data(), 3, nibble_order::low_first) == 0xF);
}

TEST_CASE("each block of codes is replaced by words of its own table")
{
    for (const nibble_order order : {nibble_order::low_first, nibble_order::high_first}) {
        for (const std::size_t blocks : {0U, 1U, 2U, 3U, 17U, 256U}) {
            check_blocks<std::uint16_t>(order, blocks);
            check_blocks<std::uint32_t>(order, blocks);
        }
    }
}
