// SPDX-License-Identifier: MIT
#include "support/digest_samples.hpp"

#include <stet/hashes/digests.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace hashes = stet::hashes;

using stet::detail::bytes_of;

namespace {

using cuts = std::initializer_list<std::size_t>;

template <class Hasher>
Hasher after(Hasher hasher, stet::bytes text)
{
    hasher.update(text);
    return hasher;
}

/// In pieces whose sizes go up and down.
template <class Hasher>
Hasher in_pieces(Hasher hasher, stet::bytes text)
{
    for (std::size_t piece = 1; !text.empty(); piece = piece * 7 % 5003 + 1) {
        const stet::bytes first = text.first(std::min(piece, text.size()));
        hasher.update(first);
        text = text.subspan(first.size());
    }
    return hasher;
}

/// By the processor's own instructions where it has them, and without.
void check_sha256(std::string_view text, std::string_view expected)
{
    const stet::bytes data = bytes_of(text.data(), text.size());
    for (const auto compress : {stet::detail::sha256_plain, stet::detail::sha256_native()}) {
        if (compress == nullptr)
            continue;
        CHECK(support::hexadecimal(after(hashes::sha256(compress), data).finish()) == expected);
        CHECK(support::hexadecimal(in_pieces(hashes::sha256(compress), data).finish()) == expected);
    }
}

} // namespace

TEST_CASE("SHA-256 is that of the standard's examples, by either way to compress")
{
    check_sha256("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_sha256("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check_sha256(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
        "mnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    check_sha256(std::string(1'000'000, 'a'),
                 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("digests are those of other libraries, whole and in pieces")
{
    for (const support::digest_sample& sample : support::digest_samples) {
        CAPTURE(sample.size);
        const auto text = support::sample_text(sample.size);
        CHECK(support::hexadecimal(after(hashes::sha256(), text).finish()) == sample.sha256);
        CHECK(support::hexadecimal(in_pieces(hashes::sha256(), text).finish()) == sample.sha256);
        CHECK(after(hashes::crc32(), text).value() == sample.crc32);
        CHECK(in_pieces(hashes::crc32(), text).value() == sample.crc32);
        CHECK(support::hexadecimal(after(hashes::blake3(), text).finish()) == sample.blake3);
        CHECK(support::hexadecimal(in_pieces(hashes::blake3(), text).finish()) == sample.blake3);
    }
}

TEST_CASE("digests are the same without the processor's own instructions")
{
    for (const support::digest_sample& sample : support::digest_samples) {
        CAPTURE(sample.size);
        const auto text = support::sample_text(sample.size);
        CHECK(support::hexadecimal(after(hashes::sha256(stet::detail::sha256_plain), text).finish()) ==
              sample.sha256);
        CHECK(support::hexadecimal(after(hashes::blake3(stet::detail::blake3_plain), text).finish()) ==
              sample.blake3);
    }
}

TEST_CASE("a digest that was asked for goes on")
{
    const auto     text = support::sample_text(3000);
    hashes::sha256 sha;
    hashes::blake3 tree;
    for (const std::byte& each : text) {
        sha.update({&each, 1});
        tree.update({&each, 1});
        static_cast<void>(sha.finish());
        static_cast<void>(tree.finish());
    }
    CHECK(sha.finish() == after(hashes::sha256(), text).finish());
    CHECK(tree.finish() == after(hashes::blake3(), text).finish());
}

TEST_CASE("the check of two texts is had from those of each")
{
    const auto text = support::sample_text(70'000);
    for (const std::size_t cut : cuts{0, 1, 7, 64, 1000, 65'536, 69'999, 70'000}) {
        CAPTURE(cut);
        const auto first = after(hashes::crc32(), stet::bytes(text).first(cut));
        const auto next = after(hashes::crc32(), stet::bytes(text).subspan(cut));
        CHECK(hashes::crc32::combine(first.value(), next.value(), text.size() - cut) ==
              after(hashes::crc32(), text).value());
    }
    // One byte and 2^40 more: what takes a day byte by byte takes forty products.
    CHECK(hashes::crc32::combine(after(hashes::crc32(), support::sample_text(1)).value(), 0,
                                 std::uint64_t{1} << 40U) == 0xB6510DDF);
}

TEST_CASE("the BLAKE3 of a text is had when its beginning comes last")
{
    for (const std::size_t size : cuts{0, 1, 1023, 1024, 1025, 2048, 5000, 65'536, 65'537, 200'000}) {
        const auto text = support::sample_text(size);
        const auto expected = after(hashes::blake3(), text).finish();
        for (const std::size_t cut :
             cuts{0, 1, 8, 1023, 1024, 1025, 2048, 3000, 4096, 40'000, 65'536, 199'999, 200'000})
        {
            if (cut > size)
                continue;
            CAPTURE(size, cut);
            const auto rest = in_pieces(hashes::blake3::after(cut), stet::bytes(text).subspan(cut));
            const auto beginning = in_pieces(hashes::blake3(), stet::bytes(text).first(cut));
            CHECK(rest.finish(beginning) == expected);
        }
    }
}
