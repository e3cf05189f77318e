// SPDX-License-Identifier: MIT
#include "support/short_memory.hpp"

#include <stet/read/impl/header_index.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

static_assert(sizeof(stet::detail::indexed_tensor) <= 48, "a million tensors");
static_assert(std::is_trivially_copyable_v<stet::detail::indexed_tensor>);

TEST_CASE("a text without escapes is borrowed from the header")
{
    const std::string          text = R"({"name":1})";
    stet::detail::header_index index(stet::heap());
    index.text = text;

    stet::detail::indexed_text kept;
    REQUIRE(index.keep({.written = index.text.substr(2, 4), .has_escapes = false}, kept));

    CHECK(index.view(kept) == "name");
    CHECK(index.view(kept).data() == text.data() + 2);
    CHECK(index.unescaped.empty());
}

TEST_CASE("texts with escapes stay what they are while more are added")
{
    const std::string          text = R"(\n)";
    stet::detail::header_index index(stet::heap());
    index.text = text;
    stet::detail::indexed_text first;
    stet::detail::indexed_text between;
    stet::detail::indexed_text last;
    REQUIRE(index.keep({.written = R"(a\nb)", .has_escapes = true}, first));
    for (int i = 0; i < 1000; ++i)
        CHECK(index.keep({.written = R"(\u0041\u0042)", .has_escapes = true}, between));
    REQUIRE(index.keep({.written = R"(\"\")", .has_escapes = true}, last));

    CHECK(index.view(first) == "a\nb");
    CHECK(index.view(last) == "\"\"");
    CHECK(index.unescaped.size() == 3 + 2000 + 2);
}

TEST_CASE("an empty text needs no memory")
{
    stet::detail::header_index index(stet::heap());

    CHECK(index.view({}).empty());
}

TEST_CASE("an array of the index grows to what the rest of the text will bring, but never eightfold at once")
{
    const std::string          text(10'000, ' ');
    stet::detail::header_index index(stet::heap());
    index.text = text;

    for (std::size_t i = 0; i < 17; ++i)
        REQUIRE(index.add(index.axes, std::uint64_t{i}, (i + 1) * 100));
    CHECK(index.axes.capacity() >= 94); // sixteen in 1,700 bytes are ninety-four in all
    CHECK(index.axes.capacity() <= 97);
    for (std::size_t i = 0; i < 16; ++i)
        REQUIRE(index.add(index.tensors, {.begin = i}, i + 2));
    REQUIRE(index.add(index.tensors, {.begin = 16}, 18));
    CHECK(index.tensors.capacity() == 128);
    CHECK(index.axes[16] == 16);
    CHECK(index.tensors[16].begin == 16);
}

TEST_CASE("an exhausted allocator is reported when a text is unescaped")
{
    CHECK(support::allocations_needed([](stet::allocator memory) {
              stet::detail::header_index index(memory);
              stet::detail::indexed_text text;
              const bool                 kept = index.keep({.written = R"(\n)", .has_escapes = true}, text);
              return std::string_view(kept ? "none" : "out_of_memory");
          }) == 1);
}
