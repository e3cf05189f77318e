// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/text_bytes.hpp"

#include <stet/read/byte_source.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

static_assert(stet::byte_source<stet::span_source>);
static_assert(stet::byte_source<const stet::span_source>);
static_assert(stet::byte_source<stet::callback_source>);
static_assert(stet::byte_source<stet::source_ref>);
static_assert(!stet::byte_source<std::string>);

namespace {

std::string read(stet::source_ref source, std::uint64_t offset, std::size_t size)
{
    std::string buffer(size, '\0');
    const auto  filled = source.read(offset, std::as_writable_bytes(std::span(buffer)));
    return filled ? buffer : std::string(support::failure(filled));
}

} // namespace

TEST_CASE("memory is read at any place within it")
{
    const std::string       text = "0123456789";
    const stet::span_source source(support::as_bytes(text));

    CHECK(source.size() == 10);
    CHECK(read(source, 0, 10) == text);
    CHECK(read(source, 7, 3) == "789");
    CHECK(read(source, 10, 0).empty());
    CHECK(read(source, 8, 3) == "incomplete_data");
    CHECK(read(source, UINT64_MAX, 3) == "incomplete_data");

    std::array<std::byte, 3> buffer{};
    const auto               cut = source.read(8, buffer);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().expected == 11);
    CHECK(cut.error().actual == 10);
}

TEST_CASE("a C function gives the bytes or its own code")
{
    std::string           text = "0123456789";
    stet::callback_source source(
        [](void* context, std::uint64_t offset, void* buffer, std::size_t size) {
            const auto& from = *static_cast<const std::string*>(context);
            if (offset + size > from.size())
                return 42;
            std::memcpy(buffer, from.data() + offset, size);
            return 0;
        },
        &text, text.size());

    CHECK(source.size() == 10);
    CHECK(read(source, 2, 3) == "234");
    std::byte  beyond[4];
    const auto refused = source.read(8, beyond);
    REQUIRE_FALSE(refused);
    CHECK(stet::name(refused.error().code) == "source_refused");
    CHECK(refused.error().os_code == 42);
    CHECK(refused.error().expected == 4);
    CHECK(refused.error().actual == 8);
}
