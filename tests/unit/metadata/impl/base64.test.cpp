// SPDX-License-Identifier: MIT
#include <stet/metadata/impl/base64.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::string encoded_bytes(std::span<const std::byte> bytes)
{
    std::string text;
    stet::detail::append_base64(text, bytes);
    return text;
}

std::string encoded(std::string_view text)
{
    return encoded_bytes(std::as_bytes(std::span(text)));
}

/// The bytes that RFC 4648 says a text stands for, bit by bit.
std::vector<std::byte> decoded(std::string_view text)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<std::byte>     bytes;
    unsigned                   bits = 0;
    unsigned                   count = 0;
    for (const char c : text.substr(0, text.find('='))) {
        bits = (bits << 6U) | static_cast<unsigned>(alphabet.find(c));
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<std::byte>((bits >> count) & 0xFFU));
        }
    }
    return bytes;
}

} // namespace

static_assert(stet::detail::base64_size(0) == 0);
static_assert(stet::detail::base64_size(1) == 4);
static_assert(stet::detail::base64_size(2) == 4);
static_assert(stet::detail::base64_size(3) == 4);
static_assert(stet::detail::base64_size(4) == 8);
static_assert(stet::detail::base64_size(std::uint64_t{1} << 62U) == 6'148'914'691'236'517'208U);

// One character stands for six bits: what does not fill bytes is zero, and padding fills up to four.
static_assert(stet::detail::is_base64("") && stet::detail::is_base64("Zg==") &&
              stet::detail::is_base64("Zm8=") && stet::detail::is_base64("Zm9v") &&
              stet::detail::is_base64("Zm9vYg==") && stet::detail::is_base64("+/+/"));
static_assert(!stet::detail::is_base64("Z") && !stet::detail::is_base64("Zg") &&
              !stet::detail::is_base64("Zg=") && !stet::detail::is_base64("Zm8"));
static_assert(!stet::detail::is_base64("Zh==") && !stet::detail::is_base64("Zi==") &&
              !stet::detail::is_base64("Zk==") && !stet::detail::is_base64("Zo==") &&
              !stet::detail::is_base64("Zm9=") && !stet::detail::is_base64("Zm+="));
static_assert(stet::detail::is_base64("ZQ==") && stet::detail::is_base64("Zm4="));
static_assert(!stet::detail::is_base64("=") && !stet::detail::is_base64("==") &&
              !stet::detail::is_base64("====") && !stet::detail::is_base64("Z==="));
static_assert(!stet::detail::is_base64("Zg==Zg==") && !stet::detail::is_base64("Z=g=") &&
              !stet::detail::is_base64("=Zg="));
static_assert(!stet::detail::is_base64("Zm9 ") && !stet::detail::is_base64("Zm9\n") &&
              !stet::detail::is_base64("Zm-_") && !stet::detail::is_base64("Zm9\xC3"));

TEST_CASE("the vectors of RFC 4648 are encoded as it says")
{
    CHECK(encoded("").empty());
    CHECK(encoded("f") == "Zg==");
    CHECK(encoded("fo") == "Zm8=");
    CHECK(encoded("foo") == "Zm9v");
    CHECK(encoded("foob") == "Zm9vYg==");
    CHECK(encoded("fooba") == "Zm9vYmE=");
    CHECK(encoded("foobar") == "Zm9vYmFy");
}

TEST_CASE("every value of a byte is encoded at every place of a group")
{
    CHECK(encoded("\xFB\xFF\xBF") == "+/+/");
    CHECK(encoded(std::string_view("\0\0\0", 3)) == "AAAA");
    for (unsigned value = 0; value < 256; ++value) {
        for (std::size_t place = 0; place < 5; ++place) {
            std::vector<std::byte> bytes(5, std::byte{0x5A});
            bytes[place] = static_cast<std::byte>(value);
            const std::string text = encoded_bytes(bytes);
            CHECK(text.size() == 8);
            CHECK(stet::detail::is_base64(text));
            CHECK(decoded(text) == bytes);
        }
    }
}

TEST_CASE("the size is known before the bytes are encoded")
{
    for (std::size_t size = 0; size < 50; ++size) {
        const std::vector<std::byte> bytes(size, std::byte{0xC3});
        CHECK(encoded_bytes(bytes).size() == stet::detail::base64_size(size));
        CHECK(stet::detail::is_base64(encoded_bytes(bytes)));
    }
}

TEST_CASE("a text is appended to")
{
    std::string            text = "data:,";
    const std::string_view foo = "foo";
    stet::detail::append_base64(text, std::as_bytes(std::span(foo)));
    stet::detail::append_base64(text, {});
    CHECK(text == "data:,Zm9v");
}
