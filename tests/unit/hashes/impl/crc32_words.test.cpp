// SPDX-License-Identifier: MIT
#include "support/digest_samples.hpp"

#include <stet/hashes/impl/crc32_words.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace {

/// Bit by bit, as the definition has it.
std::uint32_t remainder_of(std::uint32_t remainder, const std::byte* data, std::size_t size)
{
    for (std::size_t i = 0; i < size; ++i) {
        remainder ^= std::to_integer<std::uint32_t>(data[i]);
        for (int bit = 0; bit < 8; ++bit)
            remainder = remainder >> 1U ^ ((remainder & 1U) != 0 ? stet::detail::crc32_polynomial : 0U);
    }
    return remainder;
}

} // namespace

TEST_CASE("every way to check gives the definition's remainder, for every size")
{
    const auto text = support::sample_text(400);
    for (const auto way : {stet::detail::crc32_plain, stet::detail::crc32_native()}) {
        if (way == nullptr)
            continue;
        for (std::size_t size = 0; size + 3 <= text.size(); ++size) {
            CAPTURE(size);
            CHECK(way(0x12345678, text.data() + 3, size) == remainder_of(0x12345678, text.data() + 3, size));
        }
    }
}

TEST_CASE("the usual check value is that of everybody")
{
    constexpr std::string_view digits = "123456789";
    CHECK(stet::detail::crc32_after(0, reinterpret_cast<const std::byte*>(digits.data()), digits.size()) ==
          0xCBF43926);
}

TEST_CASE("a value is moved before bytes that follow")
{
    CHECK(stet::detail::crc32_shifted(0x12345678, 0) == 0x12345678);
    CHECK(stet::detail::crc32_shifted(0, 1000) == 0);
    const auto          zeros = std::vector<std::byte>(1000);
    const std::uint32_t moved = remainder_of(0x12345678, zeros.data(), zeros.size());
    CHECK(stet::detail::crc32_shifted(0x12345678, zeros.size()) == moved);
}
