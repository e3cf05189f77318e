// SPDX-License-Identifier: MIT
#include "support/digest_samples.hpp"
#include "support/failure.hpp"
#include "support/sha256.hpp"
#include "support/short_memory.hpp"

#include <stet/hashes/hash_checkpoint.hpp>
#include <stet/hashes/impl/file_hasher.hpp>
#include <stet/vocabulary/impl/memory_size.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace hashes = stet::hashes;

using stet::detail::file_hasher;
using stet::detail::file_window;

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

std::string text_of(stet::bytes data)
{
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

std::string digits(const hashes::digest& of)
{
    return std::string(hashes::digits_of(of).view());
}

constexpr hashes::kinds of_bytes{.sha256 = true, .autov1 = true, .data = true, .crc32 = true, .blake3 = true};

/// A file cut into header and data, its header first or last.
hashes::file_hashes hashed(stet::bytes file, std::size_t header_size, bool header_first, std::size_t piece)
{
    file_hasher hasher(of_bytes, header_size, stet::heap());
    REQUIRE(hasher.reserve(0));
    const auto header = [&] {
        hasher.header(file.first(header_size / 2));
        hasher.header(file.first(header_size).subspan(header_size / 2));
    };
    if (header_first)
        header();
    for (stet::bytes left = file.subspan(header_size); !left.empty();) {
        const stet::bytes first = left.first(std::min(piece, left.size()));
        hasher.data(first);
        left = left.subspan(first.size());
    }
    if (!header_first)
        header();
    hashes::file_hashes found;
    hasher.finish(found);
    return found;
}

} // namespace

TEST_CASE("a window keeps 64 KiB from 1 MiB on, in whatever order the bytes come")
{
    const auto text = support::sample_text(200'000);
    for (const std::uint64_t begin :
         {mebibyte - 100'000, mebibyte - 1, mebibyte, mebibyte + 1, mebibyte + 65'535})
    {
        for (const bool is_backward : {false, true}) {
            CAPTURE(begin, is_backward);
            file_window window{stet::heap()};
            REQUIRE(window.reserve());
            if (begin > mebibyte) // what comes before, so that the window is whole up to there
                window.take(mebibyte, stet::bytes(text).first(stet::detail::memory_size(begin - mebibyte)));
            const std::size_t cut = 7'000;
            if (is_backward)
                window.take(begin + cut, stet::bytes(text).subspan(cut));
            window.take(begin, stet::bytes(text).first(cut));
            if (!is_backward)
                window.take(begin + cut, stet::bytes(text).subspan(cut));
            const std::string before =
                begin > mebibyte ? text_of(text).substr(0, stet::detail::memory_size(begin - mebibyte)) : "";
            const std::size_t skipped = begin < mebibyte ? stet::detail::memory_size(mebibyte - begin) : 0;
            const std::string expected = (before + text_of(text).substr(skipped)).substr(0, 65'536);
            CHECK(digits(window.finish()) == support::sha256(expected));
            CHECK(window.finish().covers == expected.size());
        }
    }
}

TEST_CASE("a window that nothing reaches covers nothing; one without memory is not known")
{
    file_window window{stet::heap()};
    CHECK_FALSE(window.finish().is_known);
    window.take(mebibyte, support::sample_text(10)); // nobody wants it
    CHECK_FALSE(window.finish().is_known);
    REQUIRE(window.reserve());
    window.take(0, support::sample_text(1000));
    window.take(mebibyte + 65'536, support::sample_text(1000));
    CHECK(window.finish().is_known);
    CHECK(window.finish().covers == 0);
}

TEST_CASE("a file has the same hashes with its header first and last, but for SHA-256 of the whole")
{
    const auto        file = support::sample_text(1'120'000);
    const std::string text = text_of(file);
    for (const std::size_t header_size : std::initializer_list<std::size_t>{8, 1000, 1024, 40'000, 1'060'000})
    {
        const auto first = hashed(file, header_size, true, 100'003);
        const auto last = hashed(file, header_size, false, 4'096);
        CAPTURE(header_size);
        CHECK(digits(first.sha256) == support::sha256(text));
        CHECK_FALSE(last.sha256.is_known);
        CHECK(digits(first.data) == support::sha256(text.substr(header_size)));
        CHECK(first.data.bytes == last.data.bytes);
        CHECK(digits(first.autov1) == support::sha256(text.substr(1'048'576, 65'536)));
        CHECK(first.autov1.bytes == last.autov1.bytes);
        hashes::crc32 check;
        check.update(file);
        CHECK(first.crc32.value == check.value());
        CHECK(last.crc32.value == check.value());
        hashes::blake3 tree;
        tree.update(file);
        CHECK(first.blake3.bytes == tree.finish());
        CHECK(last.blake3.bytes == tree.finish());
        CHECK(last.bytes == file.size());
    }
}

TEST_CASE("kohya's hashes are of this data behind another header")
{
    const auto  data = support::sample_text(300);
    const auto  fresh = support::sample_text(1'048'576 + 20);
    file_hasher hasher({.sshs = true}, 8, stet::heap());
    hasher.serve_sshs(fresh.size());
    REQUIRE(hasher.reserve(0));
    hasher.fresh_header(0, fresh);
    hasher.data(data);
    hasher.header(support::sample_text(8));
    hashes::file_hashes found;
    hasher.finish(found);
    CHECK(digits(found.sshs_model) == support::sha256(text_of(data)));
    CHECK(digits(found.sshs_legacy) == support::sha256(text_of(fresh).substr(1'048'576) + text_of(data)));
    CHECK_FALSE(found.data.is_known);
}

TEST_CASE("a tensor's name counts as one, wherever it is cut")
{
    const std::array<std::uint64_t, 1> shape{2};
    const auto                         digest_of = [&](std::string_view prefix, std::string_view stem) {
        stet::detail::tensor_content content({.name = {.prefix = prefix, .stem = stem}, .shape = shape});
        content.update(support::sample_text(2));
        return content.finish();
    };
    CHECK(digest_of("a.", "b") == digest_of("", "a.b"));
    CHECK(digest_of("a.", "b") != digest_of("a", "b"));
}

TEST_CASE("hashing needs no memory but for what was asked")
{
    const auto needed = [](const hashes::kinds& wanted) {
        return support::allocations_needed([&](const stet::allocator& memory) {
            file_hasher hasher(wanted, 8, memory);
            if (wanted.sshs)
                hasher.serve_sshs(8);
            return support::failure(hasher.reserve(3));
        });
    };
    CHECK(needed({.sha256 = true, .data = true, .crc32 = true, .blake3 = true}) == 0);
    CHECK(needed({.autov1 = true}) == 1);
    CHECK(needed({.sshs = true}) == 1);
    CHECK(needed({.content = true}) == 1);
}
