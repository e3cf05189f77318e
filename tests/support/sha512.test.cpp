// SPDX-License-Identifier: MIT
#include "support/sha512.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

TEST_CASE("texts of every length about a block have the digests that Python's hashlib gives them")
{
    CHECK(support::sha384("") ==
          "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b");
    CHECK(
        support::sha512("abc") ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    // The digests of 'a' once, twice and so on to 260 times, one after the other.
    std::string digests;
    for (std::size_t size = 0; size <= 260; ++size)
        digests += support::sha512(std::string(size, 'a')) + support::sha384(std::string(size, 'a'));
    CHECK(support::sha384(digests) ==
          "9f2ef458537c812a608db16fd5816324adc4d94bd89d454a8a590d224713dc15374376f3d2a34e6788b054e02422a023");
}
