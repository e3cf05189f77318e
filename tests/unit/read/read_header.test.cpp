// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/short_memory.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/read/read_header.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

using support::as_bytes;
using support::failure;
using support::stored_file;

namespace {

template <class Argument>
concept readable = requires(Argument&& bytes) { stet::read_header(static_cast<Argument&&>(bytes), 0); };

static_assert(readable<const std::span<const std::byte>&>);
static_assert(readable<std::span<const std::byte>>);
static_assert(!readable<stet::detail::growing_array<std::byte>>);

stet::error refusal(const std::string& file, const stet::read_options& options = {})
{
    const auto header = stet::read_header(as_bytes(file), file.size(), options);
    CHECK_FALSE(header);
    return header ? stet::error{} : header.error();
}

std::string member(std::string_view name, std::string_view type, std::string_view shape,
                   std::string_view offsets)
{
    return std::string("\"")
        .append(name)
        .append("\":{\"dtype\":\"")
        .append(type)
        .append("\",\"shape\":[")
        .append(shape)
        .append("],\"data_offsets\":[")
        .append(offsets)
        .append("]}");
}

} // namespace

TEST_CASE("a header can be read from the start of a file that lies elsewhere")
{
    const std::string   file = stored_file("{" + member("a", "U8", "1000000", "0,1000000") + "}");
    const std::uint64_t whole = file.size() + 1'000'000;

    for (std::size_t given = 0; given < file.size(); ++given) {
        const auto header = stet::read_header(as_bytes(file).first(given), whole);
        CHECK(failure(header) == "more_bytes_needed");
        if (!header) {
            CHECK(header.error().expected == (given < 8 ? 8 : file.size()));
            CHECK(header.error().actual == given);
        }
    }
    const auto header = stet::read_header(as_bytes(file), whole);
    REQUIRE(header);
    CHECK((*header)[0].size() == 1'000'000);
    CHECK(stet::header_extent(as_bytes(file), whole).and_then([&](std::uint64_t extent) {
        CHECK(extent == file.size());
        return stet::result<void>();
    }));
}

TEST_CASE("a file too short for a length is refused before anything is asked for")
{
    for (std::size_t size = 0; size < 8; ++size) {
        const auto header = stet::read_header({}, size);
        CHECK(failure(header) == "header_too_small");
    }
}

TEST_CASE("lengths near 2^64 do not wrap")
{
    for (const char* const last : {"\xF8\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"}) {
        const stet::error e = refusal(std::string(last, 8) + "{}");
        CHECK(stet::name(e.code) == "header_length_too_large");
        CHECK(e.expected == 100'000'000);
    }
    // The longest header there is, in files of just too little.
    const std::string cap("\x00\xE1\xF5\x05\x00\x00\x00\x00", 8);
    CHECK(failure(stet::read_header(as_bytes(cap), 100'000'007)) == "invalid_header_length");
    CHECK(failure(stet::read_header(as_bytes(cap), 100'000'008)) == "more_bytes_needed");
    const std::string beyond("\x01\xE1\xF5\x05\x00\x00\x00\x00", 8);
    CHECK(failure(stet::read_header(as_bytes(beyond), UINT64_MAX)) == "header_length_too_large");
}

TEST_CASE("a byte that is no UTF-8 is named with its place")
{
    const stet::error e = refusal(stored_file("{\"\xFF\":"));

    CHECK(stet::name(e.code) == "invalid_header_utf8");
    CHECK(e.actual == 10);
}

TEST_CASE("a tensor that begins elsewhere is named with where it should begin")
{
    const stet::error e = refusal(stored_file(
        "{" + member("b", "U8", "2", "3,5") + "," + member("a", "U8", "2", "0,2") + "}", "12345"));

    CHECK(stet::name(e.code) == "invalid_offset");
    CHECK(e.subject() == "b");
    CHECK(e.expected == 2);
    CHECK(e.actual == 3);
}

TEST_CASE("an end before the beginning is refused")
{
    const stet::error e =
        refusal(stored_file("{" + member("a", "U8", "0", "0,0") + "," + member("b", "U8", "2", "2,0") + "," +
                                member("c", "U8", "2", "0,2") + "}",
                            "12"));
    CHECK(stet::name(e.code) == "invalid_offset");
    CHECK(e.subject() == "b");
    CHECK(e.actual == 0);
}

TEST_CASE("products of dimensions do not wrap")
{
    for (const char* const shape :
         {"4294967296,4294967296", "2,18446744073709551614", "9223372036854775808,2,0", "4611686018427387905",
          "2,9223372036854775807"})
    {
        const stet::error e = refusal(stored_file("{" + member("a", "F32", shape, "0,4") + "}", "1234"));
        CHECK(stet::name(e.code) == "shape_overflow");
        CHECK(e.subject() == "a");
        CHECK(e.actual == 9);
    }
    for (const char* const shape : {"0,18446744073709551615", "18446744073709551615,0", "4294967296,0"}) {
        const stet::error e = refusal(stored_file("{" + member("a", "U8", shape, "0,1") + "}", "1"));
        CHECK(stet::name(e.code) == "tensor_info_mismatch");
        CHECK(e.expected == 0);
    }
}

TEST_CASE("offsets chained up to 2^64 do not wrap into a file's size")
{
    // 2^60 bytes and 15 more of them reach 2^64 less one.
    std::string   header = "{";
    std::uint64_t at = 0;
    for (int i = 0; i < 8; ++i) {
        const std::uint64_t next = at + (std::uint64_t{1} << 61U) - 1;
        header += (i == 0 ? "" : ",") + member(std::string(1, static_cast<char>('a' + i)), "U8",
                                               std::to_string(next - at),
                                               std::to_string(at) + "," + std::to_string(next));
        at = next;
    }
    header += "," + member("z", "U8", "7", std::to_string(at) + "," + std::to_string(at + 7)) + "}";

    const stet::error e = refusal(stored_file(header, "1234567"));

    CHECK(stet::name(e.code) == "incomplete_data");
    CHECK(e.expected == UINT64_MAX);
}

TEST_CASE("bits that fill no byte are refused before the size is compared")
{
    const stet::error e = refusal(stored_file("{" + member("a", "F4", "1,3", "0,0") + "}"));

    CHECK(stet::name(e.code) == "partial_byte");
    CHECK(e.actual == 12);
}

TEST_CASE("trailing bytes are accepted on request, missing ones never")
{
    const std::string header = "{" + member("a", "U8", "2", "0,2") + "}";
    const stet::error e = refusal(stored_file(header, "123"));

    CHECK(stet::name(e.code) == "incomplete_data");
    CHECK(e.actual == e.expected + 1);
    CHECK(stet::name(refusal(stored_file(header, "1"), {.allow_trailing_bytes = true}).code) ==
          "incomplete_data");
    const std::string file = stored_file(header, "123");
    CHECK(failure(stet::read_header(as_bytes(file), file.size(), {.allow_trailing_bytes = true})) == "none");
}

TEST_CASE("bytes between tensors are accepted on request, tensors that share some never")
{
    constexpr stet::read_options with_gaps{.allow_gaps = true};
    const auto                   two = [](const char* first, const char* second) {
        return stored_file("{" + member("a", "U8", "1", first) + "," + member("b", "U8", "1", second) + "}",
                                             "12345");
    };
    for (const std::string& file : {two("1,2", "4,5"), two("0,1", "4,5"), two("4,5", "2,3")}) {
        CHECK(stet::name(refusal(file).code) == "invalid_offset");
        const auto header = stet::read_header(as_bytes(file), file.size(), with_gaps);
        REQUIRE(header);
        CHECK(header->data_size() == 5);
        for (const stet::stored_tensor tensor : *header)
            CHECK(tensor.size() == 1);
    }
    const stet::error shared = refusal(two("4,5", "4,5"), with_gaps);
    CHECK(stet::name(shared.code) == "invalid_offset");
    CHECK(shared.expected == 5);
    CHECK(shared.actual == 4);
    // What fell away with a name given twice was a tensor, not a gap.
    const std::string twice =
        stored_file("{" + member("a", "U8", "1", "0,1") + "," + member("a", "U8", "1", "1,2") + "}", "12");
    CHECK(stet::name(refusal(twice, with_gaps).code) == "invalid_offset");
}

TEST_CASE("of two tensors of one name the last in the header counts")
{
    const std::string file =
        stored_file("{" + member("a", "U8", "2", "2,4") + "," + member("b", "U8", "1", "2,3") + "," +
                        member("\\u0061", "U8", "2", "0,2") + "}",
                    "123");

    const auto header = stet::read_header(as_bytes(file), file.size());

    REQUIRE(header);
    CHECK(header->size() == 2);
    CHECK(header->position_of("a") == 0);
    CHECK(header->position_of("b") == 1);
    const stet::error e = refusal(file, {.strict = true});
    CHECK(stet::name(e.code) == "forbidden_by_format");
    CHECK(e.subject() == "a");
    CHECK(e.first_party() == "a tensor's name is given twice");
    CHECK(e.actual == 8 + file.find("\"\\u0061") - 8);
}

TEST_CASE("a name given twice is named where the data of the other is missed")
{
    for (const bool strict : {false, true}) {
        const stet::error first_lost = refusal(
            stored_file("{" + member("k", "U8", "4", "0,4") + "," + member("k", "U8", "4", "4,8") + "}",
                        "01234567"),
            {.strict = strict});
        CHECK(stet::name(first_lost.code) == "invalid_offset");
        CHECK(stet::message(first_lost).starts_with("the header names tensor 'k' twice"));

        const stet::error last_lost = refusal(
            stored_file("{" + member("k", "U8", "4", "4,8") + "," + member("k", "U8", "4", "0,4") + "}",
                        "01234567"),
            {.strict = strict});
        CHECK(stet::name(last_lost.code) == "incomplete_data");
        CHECK(stet::message(last_lost).starts_with("the header names tensor 'k' twice"));
    }
    const stet::error other = refusal(stored_file("{" + member("k", "U8", "4", "4,8") + "}", "01234567"));
    CHECK(other.first_party().empty());
}

TEST_CASE("a file of zeros is called so")
{
    const stet::error none = refusal(std::string(1000, '\0'));
    CHECK(stet::name(none.code) == "invalid_header_json");
    CHECK(none.first_party().find("begins with zeros") != std::string_view::npos);
    const stet::error length_alone = refusal(stored_file(std::string(64, '\0')));
    CHECK(stet::name(length_alone.code) == "invalid_header_json");
    CHECK(length_alone.first_party().starts_with("zeros stand where the header should be"));
}

TEST_CASE("a file that is no checkpoint at all is called by what it begins as")
{
    const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 2132638408\n";
    const stet::error e = refusal(pointer);
    CHECK(stet::name(e.code) == "header_length_too_large");
    CHECK(stet::message(e) ==
          "the file is no safetensors file, it begins as a Git LFS pointer does; fetch the "
          "file it stands for with 'git lfs pull'");
    CHECK(refusal(std::string(64, 'x')).first_party().empty());
}

TEST_CASE("of a metadata key given twice in two spellings the place of the second is told")
{
    const std::string file = stored_file(R"({"__metadata__":{"a":"1", "\u0061":"2"}})");

    const auto header = stet::read_header(as_bytes(file), file.size());
    REQUIRE(header);
    CHECK(header->metadata_size() == 1);
    CHECK(header->metadata("a") == "2");
    const stet::error e = refusal(file, {.strict = true});
    CHECK(stet::name(e.code) == "forbidden_by_format");
    CHECK(e.subject() == "a");
    CHECK(e.first_party() == "a metadata key is given twice");
    CHECK(e.actual == file.find("\"\\u0061"));
}

TEST_CASE("a header's index takes at most 100 bytes a tensor")
{
    constexpr std::size_t count = 10'000;
    std::string           header = "{";
    for (std::size_t i = 0; i < count; ++i)
        header +=
            (i == 0 ? "" : ",") +
            member("transformer_blocks." + std::to_string(i) + ".attn.to_q.weight", "F16", "1,0", "0,0");
    const std::string      file = stored_file(header + "}");
    support::counting_heap heap;
    const auto read = stet::read_header(as_bytes(file), file.size(), {.allocator = heap.allocator()});

    REQUIRE(read);
    CHECK(heap.live_bytes() <= count * 100);
}

TEST_CASE("strict reading refuses a number that only a huge file could hold")
{
    const std::string   header = "{" + member("a", "U8", "281474976710656", "0,281474976710656") + "}";
    const std::string   file = stored_file(header);
    const std::uint64_t whole = file.size() + (std::uint64_t{1} << 48U);

    CHECK(failure(stet::read_header(as_bytes(file), whole)) == "none");
    CHECK(failure(stet::read_header(as_bytes(file), whole, {.strict = true})) == "forbidden_by_format");
}

TEST_CASE("what the reference refuses keeps its error in strict reading")
{
    const std::string file = stored_file(" {" + member("a", "U8", "2", "0,3") + "}\n", "123");

    CHECK(stet::name(refusal(file, {.strict = true}).code) == "tensor_info_mismatch");
}

TEST_CASE("an exhausted allocator is reported by the header and leaves nothing behind")
{
    std::string header = R"({"__metadata__":{"k\n":"v"},)";
    for (int i = 0; i < 40; ++i)
        header += (i == 0 ? "" : ",") + member("t" + std::to_string(39 - i), "U8", "1,1",
                                               std::to_string(39 - i) + "," + std::to_string(40 - i));
    const std::string file = stored_file(header + "}", std::string(40, 'x'));
    CHECK(support::allocations_needed([&](stet::allocator memory) {
              return failure(stet::read_header(as_bytes(file), file.size(), {.allocator = memory}));
          }) >= 6);
}

TEST_CASE("a header costs a few times its own size, whatever it says")
{
    std::string header = "{";
    for (int i = 0; i < 20'000; ++i)
        header += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":["U8",[0],[0,0]])";
    const std::string      file = stored_file(header + "}");
    support::counting_heap heap;
    {
        const auto read = stet::read_header(as_bytes(file), file.size(), {.allocator = heap.allocator()});
        CHECK(failure(read) == "none");
    }
    CHECK(heap.peak_bytes() < file.size() * 6);
    CHECK(heap.allocations() < 100);
}
