// SPDX-License-Identifier: MIT
#include <stet/vocabulary/impl/text_hash.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using stet::detail::hash_seed;
using stet::detail::text_hash;
using stet::detail::text_hasher;

namespace {

struct known_hash {
    std::size_t   size;
    std::uint64_t without_key;
    std::uint64_t with_key;
};

/// What CPython 3.11, whose hash of bytes is SipHash-1-3, gives for `bytes((i * 7 + 1) & 255 for i in range(size))`
/// with PYTHONHASHSEED=0, and with PYTHONHASHSEED=42, which makes the key below.
constexpr std::array<known_hash, 10> known_hashes{{
    {1, 0x44BC103B1F8540EDU, 0x89404B342D44CD29U},
    {7, 0xB41012AEEE05C7D4U, 0x974342723B427029U},
    {8, 0xD22D9341176D0728U, 0x5403D4956C011BE0U},
    {9, 0x4EC42971D570753BU, 0xC6A346713CC4D6DFU},
    {15, 0x566F711D32F59152U, 0x18FB9E5793F74EBFU},
    {16, 0x7E6BFB8BF1D36AC4U, 0x6EC5CCFDA2701062U},
    {63, 0x5C34C6B66E3070FFU, 0xD3248C9DE1F634B8U},
    {255, 0xB2F32F6AAD260BC4U, 0x1F8A861F6B48A60CU},
    {256, 0xF2D7DBB07FF010CCU, 0x46287A20F6BFF83EU},
    {300, 0xCF5D9B6EC8561D64U, 0xA0BEB23754FEB832U},
}};
constexpr std::uint64_t              low_key = 0xDC504FD368CD90AFU;
constexpr std::uint64_t              high_key = 0xB920BB9FFE99E9C1U;

std::string text_of(std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
        text += static_cast<char>(static_cast<unsigned char>((i * 7 + 1) & 255U));
    return text;
}

} // namespace

TEST_CASE("a text is hashed as other programs hash it under the same key")
{
    for (const known_hash& known : known_hashes) {
        text_hasher without_key(0, 0);
        without_key.feed(text_of(known.size));
        CHECK(without_key.value() == known.without_key);

        text_hasher with_key(low_key, high_key);
        with_key.feed(text_of(known.size));
        CHECK(with_key.value() == known.with_key);
    }
}

TEST_CASE("where a text is cut makes no difference to its hash")
{
    const std::string      text = text_of(40);
    const std::string_view whole = text;
    const std::uint64_t    expected = text_hash(whole, 7);
    for (std::size_t i = 0; i <= whole.size(); ++i) {
        CHECK(text_hash(whole.substr(0, i), whole.substr(i), 7) == expected);
        for (std::size_t j = i; j <= whole.size(); ++j) {
            text_hasher hashed(7, ~std::uint64_t{7});
            hashed.feed(whole.substr(0, i));
            hashed.feed(whole.substr(i, j - i));
            hashed.feed(whole.substr(j));
            CHECK(hashed.value() == expected);
        }
    }
}

TEST_CASE("texts that differ in length, content or seed have other hashes")
{
    using namespace std::string_view_literals;
    CHECK(text_hash("", 1) != text_hash("\0"sv, 1));
    CHECK(text_hash("\0"sv, 1) != text_hash("\0\0"sv, 1));
    CHECK(text_hash("weight", 1) != text_hash("weighs", 1));
    CHECK(text_hash("weight", 1) != text_hash("weight", 2));
    CHECK(text_hash("weight", 1) == text_hash("weight", 1));
}

TEST_CASE("a seed depends on the memory it is made for")
{
    const std::array<int, 2> memory{};
    CHECK(hash_seed(memory.data()) != hash_seed(memory.data() + 1));
    CHECK(hash_seed(nullptr) != 0);
}
