// SPDX-License-Identifier: MIT
#include <stet/hashes/hash_checkpoint.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hashes = stet::hashes;

using hashes::letter_case;
using hashes::of_nothing;

namespace {

/// Its bytes are 01, 12, 23 and so on.
hashes::digest known(std::uint64_t covers)
{
    hashes::digest of{.covers = covers, .is_known = true};
    for (std::size_t i = 0; i < of.bytes.size(); ++i)
        of.bytes[i] = static_cast<std::byte>((i * 0x11 + 1) & 0xFFU);
    return of;
}

constexpr std::string_view all_digits = "0112233445566778899aabbccddeef00112233445566778899aabbccddeeff10";

} // namespace

TEST_CASE("a digest is spelled in hexadecimal, as many digits as asked for")
{
    CHECK(hashes::digits_of(known(9)).view() == all_digits);
    CHECK(hashes::digits_of(known(9)).view().size() == 64);
    CHECK(hashes::digits_of(known(9), 12).view() == "011223344556");
    CHECK(hashes::digits_of(known(9), 200).view().size() == 64);
    CHECK(hashes::digits_of(known(9), 0).view().empty());
    CHECK(hashes::digits_of(known(9), 24, letter_case::upper).view() == "0112233445566778899AABBC");
}

TEST_CASE("the digest of nothing is said to be none, unless it is asked for")
{
    CHECK(hashes::digits_of(known(0), 8, letter_case::lower, of_nothing::none).view() == "none");
    CHECK(hashes::digits_of(known(0), 8, letter_case::upper, of_nothing::none).view() == "none");
    CHECK(hashes::digits_of(known(0), 8, letter_case::lower, of_nothing::digits).view() == "01122334");
    CHECK(hashes::digits_of({}, 8, letter_case::lower, of_nothing::none).empty());
    CHECK(hashes::digits_of({}, 8, letter_case::lower, of_nothing::digits).empty());
}

TEST_CASE("a text takes as much as it holds")
{
    hashes::text text;
    CHECK(text.empty());
    for (int i = 0; i < 20; ++i)
        text.append("12345");
    CHECK(text.view().size() == 72);
    CHECK(text.view().ends_with("1234512"));
}

TEST_CASE("each hash of a file has the form that other programs give it")
{
    const hashes::file_hashes found{.bytes = std::uint64_t{2} << 20U,
                                    .sha256 = known(1),
                                    .autov1 = known(1),
                                    .data = known(1),
                                    .sshs_model = known(1),
                                    .sshs_legacy = known(1),
                                    .crc32 = {.value = 0x0D4A1185, .is_known = true},
                                    .blake3 = known(1),
                                    .content = known(1)};
    const hashes::hash_texts  texts = hashes::texts_of(found);
    const std::string         whole(hashes::digits_of(known(1)).view());
    CHECK(texts.sha256.view() == whole);
    CHECK(texts.autov1.view() == whole.substr(0, 8));
    CHECK(texts.autov2.view() == whole.substr(0, 10));
    CHECK(texts.autov3.view() == whole.substr(0, 12));
    CHECK(texts.modelspec_sha256.view() == "0x" + whole);
    CHECK(texts.sshs_model.view() == whole);
    CHECK(texts.sshs_legacy.view() == whole.substr(0, 8));
    CHECK(texts.crc32.view() == "0d4a1185");
    CHECK(texts.blake3.view() == whole);
    CHECK(texts.invokeai.view() == "blake3:" + whole);
    CHECK(texts.content.view() == whole);
    CHECK(texts.civitai.crc32.view() == "85114A0D");
    CHECK(texts.civitai.autov1.view() == "01122334");
    CHECK(texts.civitai.autov3.view() == "011223344556");
    CHECK(texts.civitai.sha256.view().substr(16, 8) == "899AABBC");
}

TEST_CASE("Civitai has no AutoV1 below 2 MiB")
{
    hashes::file_hashes found{.bytes = (std::uint64_t{2} << 20U) - 1, .autov1 = known(1)};
    CHECK(hashes::texts_of(found).civitai.autov1.empty());
    CHECK(hashes::texts_of(found).autov1.view() == "01122334");
    found.bytes += 1;
    CHECK(hashes::texts_of(found).civitai.autov1.view() == "01122334");
}

TEST_CASE("what is not known has no text, what covers nothing no prefix")
{
    const hashes::hash_texts unknown = hashes::texts_of({});
    for (const hashes::text* each :
         {&unknown.sha256, &unknown.autov1, &unknown.autov2, &unknown.autov3, &unknown.modelspec_sha256,
          &unknown.sshs_model, &unknown.sshs_legacy, &unknown.crc32, &unknown.blake3, &unknown.invokeai,
          &unknown.content, &unknown.civitai.autov1, &unknown.civitai.autov2, &unknown.civitai.autov3,
          &unknown.civitai.sha256, &unknown.civitai.crc32, &unknown.civitai.blake3})
        CHECK(each->empty());
    const hashes::file_hashes of_no_tensors{.bytes = 16, .data = known(0)};
    CHECK(hashes::texts_of(of_no_tensors).modelspec_sha256.view() == "none");
    CHECK(hashes::texts_of(of_no_tensors, of_nothing::digits).modelspec_sha256.view().starts_with("0x0112"));
}
