// SPDX-License-Identifier: MIT
#include "support/digest_samples.hpp"
#include "support/failure.hpp"
#include "support/sha256.hpp"
#include "support/short_memory.hpp"
#include "support/stored_file.hpp"

#include <stet/hashes/hash_checkpoint.hpp>
#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hashes = stet::hashes;

namespace {

using dict = std::map<std::string, stet::tensor_view>;

constexpr std::array<std::uint8_t, 3>  three_bytes{1, 2, 3};
constexpr std::array<std::uint8_t, 2>  one_half{0, 0x3C};
constexpr std::array<std::uint8_t, 40> forty{5, 6, 7};

stet::tensor_view view(stet::dtype type, const stet::extents& shape, stet::bytes data)
{
    return *stet::view_of(type, shape, data);
}

dict small_dict()
{
    return {{"b", view(stet::dtype::u8, {3}, std::as_bytes(std::span(three_bytes)))},
            {"a", view(stet::dtype::f16, {}, std::as_bytes(std::span(one_half)))},
            {"empty", view(stet::dtype::f32, {0}, {})}};
}

std::string saved(const dict& tensors, const stet::sink_options& options = {})
{
    std::string       file;
    stet::append_sink end(file);
    REQUIRE(stet::save(tensors, end, options));
    return file;
}

hashes::file_hashes hashes_of(const std::string& file, const hashes::kinds& wanted = hashes::all_kinds,
                              const stet::read_options& options = {})
{
    const stet::span_source source(std::as_bytes(std::span(file)));
    auto                    found = hashes::hash_checkpoint(source, wanted, options);
    REQUIRE(found);
    return *std::move(found);
}

std::string content_of(const std::string& file)
{
    return std::string(hashes::digits_of(hashes_of(file).content).view());
}

/// A file that fails to give what lies from some byte on.
struct broken_source {
    const std::string* content;
    std::uint64_t      from;

    std::uint64_t      size() const noexcept { return content->size(); }
    stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer) const
    {
        if (offset + buffer.size() > from)
            return stet::error{.code = stet::errc::source_refused, .os_code = 3};
        return stet::span_source(std::as_bytes(std::span(*content))).read(offset, buffer);
    }
};

} // namespace

TEST_CASE("the content digest is that of its description, whatever the order, padding and metadata")
{
    // Worked out by Python's blake3 from the description.
    constexpr std::string_view expected = "e2976349724352d6589803ee3d4d95fbac88928b945fc5b1a71895b62d97ae17";
    const dict                 tensors = small_dict();
    CHECK(content_of(saved(tensors)) == expected);
    CHECK(content_of(saved(tensors, {.order = stet::aligned_order<4096>})) == expected);
    CHECK(content_of(saved(tensors, {.metadata = {{"format", "pt"}, {"ss_a", "1"}}})) == expected);
}

TEST_CASE("the content digest tells tensors apart by name, dtype, shape and data")
{
    const std::string unchanged = content_of(saved(small_dict()));
    dict              other = small_dict();
    other.extract("b");
    CHECK(content_of(saved(other)) != unchanged);
    other["c"] = view(stet::dtype::u8, {3}, std::as_bytes(std::span(three_bytes)));
    CHECK(content_of(saved(other)) != unchanged);
    other = small_dict();
    other["b"] = view(stet::dtype::i8, {3}, std::as_bytes(std::span(three_bytes)));
    CHECK(content_of(saved(other)) != unchanged);
    other["b"] = view(stet::dtype::u8, {3, 1}, std::as_bytes(std::span(three_bytes)));
    CHECK(content_of(saved(other)) != unchanged);
    constexpr std::array<std::uint8_t, 3> others{1, 2, 4};
    other["b"] = view(stet::dtype::u8, {3}, std::as_bytes(std::span(others)));
    CHECK(content_of(saved(other)) != unchanged);
    other["b"] = view(stet::dtype::u8, {3}, std::as_bytes(std::span(three_bytes)));
    CHECK(content_of(saved(other)) == unchanged);
}

TEST_CASE("what was not asked for is not known")
{
    const std::string         file = saved(small_dict());
    const hashes::file_hashes none = hashes_of(file, {});
    CHECK(none.bytes == file.size());
    CHECK_FALSE((none.sha256.is_known || none.autov1.is_known || none.data.is_known));
    CHECK_FALSE((none.sshs_model.is_known || none.sshs_legacy.is_known || none.crc32.is_known));
    CHECK_FALSE((none.blake3.is_known || none.content.is_known));
    CHECK(hashes_of(file, {.sha256 = true}).sha256.is_known);
    CHECK_FALSE(hashes_of(file, {.sha256 = true}).data.is_known);
    CHECK(hashes_of(file, {.sshs = true}).sshs_model.is_known);
    CHECK_FALSE(hashes_of(file, {.sshs = true}).data.is_known);
    CHECK(hashes::digits_of(hashes_of(file, {.sha256 = true}).sha256).view() == support::sha256(file));
}

TEST_CASE("each tensor by itself: SHA-256 of its bytes, in the order of the file, with its name")
{
    const std::string                                file = saved(small_dict());
    const std::string                                longer = file + "more";
    std::vector<std::pair<std::string, std::string>> visited;
    const stet::span_source                          source(std::as_bytes(std::span(longer)));
    const auto visit = [&](const stet::stored_tensor& tensor, const hashes::tensor_hashes& of) {
        visited.emplace_back(tensor.name, hashes::digits_of(of.sha256).view());
        return stet::result<void>();
    };
    REQUIRE(hashes::hash_tensors(source, visit, {.allow_trailing_bytes = true}));
    hashes::file_hashes          found = hashes_of(longer, {.tensors = true}, {.allow_trailing_bytes = true});
    const hashes::tensor_digests tensors = std::move(found.tensors); // owns its texts
    REQUIRE(tensors.size() == 3);
    std::size_t next = 0;
    for (const hashes::tensor_digest& one : tensors) {
        CHECK(one.name == visited[next].first);
        CHECK(hashes::digits_of(one.sha256).view() == visited[next++].second);
    }
    CHECK(tensors[0].name == "empty");
    CHECK(tensors[0].sha256.covers == 0);
    CHECK(tensors[1].name == "a");
    CHECK(hashes::digits_of(tensors[1].sha256).view() == support::sha256(std::string("\0\x3C", 2)));
    CHECK(hashes::digits_of(tensors[2].sha256).view() == support::sha256("\1\2\3"));
    CHECK(tensors[2].sha256.covers == 3);
    CHECK(hashes_of(file).tensors.size() == 0); // is asked for by itself
}

TEST_CASE("bytes after the last tensor belong to the file's data, not to what kohya would write")
{
    const std::string file = saved(small_dict());
    const std::string longer = file + "more";
    const auto        found = hashes_of(longer, hashes::all_kinds, {.allow_trailing_bytes = true});
    const auto        expected = hashes_of(file);
    CHECK(hashes::digits_of(found.sha256).view() == support::sha256(longer));
    CHECK(hashes::digits_of(found.data).view() ==
          support::sha256(longer.substr(longer.size() - 4 - 5))); // three bytes, two, and four more
    CHECK(found.sshs_model.bytes == expected.sshs_model.bytes);
    CHECK(found.content.bytes == expected.content.bytes);
}

TEST_CASE("bytes between tensors belong to the file's data, not to a tensor")
{
    const auto file_of = [](const std::string& places, const std::string& data) {
        return support::stored_file(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":" + places + "}}", data);
    };
    const std::string tight = file_of("[0,2]", "ab");
    const std::string gapped = file_of("[3,5]", "xyzab");
    const auto        found = hashes_of(gapped, hashes::all_kinds, {.allow_gaps = true});
    const auto        expected = hashes_of(tight);
    CHECK(hashes::digits_of(found.data).view() == support::sha256("xyzab"));
    CHECK(found.sshs_model.bytes == expected.sshs_model.bytes);
    CHECK(found.sshs_legacy.bytes == expected.sshs_legacy.bytes);
    CHECK(found.content.bytes == expected.content.bytes);
    const stet::span_source source(std::as_bytes(std::span(gapped)));
    CHECK(hashes::hash_tensors(
        source,
        [&](const stet::stored_tensor&, const hashes::tensor_hashes& of) -> stet::result<void> {
            CHECK(hashes::digits_of(of.sha256).view() == support::sha256("ab"));
            return {};
        },
        {.allow_gaps = true}));
}

TEST_CASE("each tensor has digests of its own")
{
    const std::string        file = saved(small_dict());
    const stet::span_source  source(std::as_bytes(std::span(file)));
    std::vector<std::string> names;
    const auto               visited = hashes::hash_tensors(
        source,
        [&](const stet::stored_tensor& tensor, const hashes::tensor_hashes& found) -> stet::result<void> {
            names.emplace_back(tensor.name);
            const std::string data = file.substr(file.size() - 5 + tensor.begin, tensor.size());
            CHECK(hashes::digits_of(found.sha256).view() == support::sha256(data));
            CHECK(found.sha256.covers == data.size());
            if (tensor.name == "b")
                CHECK(hashes::digits_of(found.content).view() ==
                                    "0962db7667f1c1ca925a2c9e8b8b0072b4b402fc5d918e061fa2d46c8291b111");
            return {};
        });
    REQUIRE(visited);
    CHECK(names == std::vector<std::string>{"empty", "a", "b"});
}

TEST_CASE("who sees the tensors' digests may end it")
{
    const std::string       file = saved(small_dict());
    const stet::span_source source(std::as_bytes(std::span(file)));
    int                     seen = 0;
    const auto              visited = hashes::hash_tensors(
        source, [&](const stet::stored_tensor&, const hashes::tensor_hashes&) -> stet::result<void> {
            ++seen;
            return stet::error{.code = stet::errc::cancelled};
        });
    CHECK(support::failure(visited) == "cancelled");
    CHECK(seen == 1);
}

TEST_CASE("tensors are hashed in the order that is given, and an error names its tensor")
{
    using pair = std::pair<std::string_view, stet::result<stet::tensor_view>>;
    const dict              tensors = small_dict();
    const std::vector<pair> forward{{"a", tensors.at("a")}, {"b", tensors.at("b")}};
    const std::vector<pair> backward{{"b", tensors.at("b")}, {"a", tensors.at("a")}};
    CHECK(hashes::digits_of(*hashes::hash_in_given_order(forward)).view() ==
          support::sha256(std::string("\0\x3C\1\2\3", 5)));
    CHECK(hashes::digits_of(*hashes::hash_in_given_order(backward)).view() ==
          support::sha256(std::string("\1\2\3\0\x3C", 5)));
    CHECK(hashes::hash_in_given_order(forward)->covers == 5);
    const std::vector<pair> broken{{"a", stet::error{.code = stet::errc::missing_tensor}}};
    const auto              failed = hashes::hash_in_given_order(broken);
    CHECK(support::failure(failed) == "missing_tensor");
    CHECK(failed.error().subject() == "a");
}

TEST_CASE("a folder's digest is that of its files' digits")
{
    const auto of = [](std::string_view text) {
        hashes::blake3 whole;
        whole.update(stet::detail::bytes_of(text.data(), text.size()));
        return hashes::digest{.bytes = whole.finish(), .covers = text.size(), .is_known = true};
    };
    const std::array<hashes::digest, 2> files{of("abc"), of("")};
    CHECK(hashes::digits_of(hashes::invokeai_folder(files)).view() ==
          "cb6e6b4f6a860e9812e2ca4ef5e1eefcb2a1a5986d06375336921d8f50011729");
    CHECK(hashes::digits_of(hashes::invokeai_folder({}), 64, hashes::letter_case::lower,
                            hashes::of_nothing::none)
              .view() == "none");
}

TEST_CASE("what is no checkpoint, or cannot be read, is said")
{
    const std::string       file = saved(small_dict());
    const stet::span_source cut(std::as_bytes(std::span(file)).first(file.size() - 1));
    CHECK(support::failure(hashes::hash_checkpoint(cut)) == "incomplete_data");
    for (std::uint64_t from = 0; from < file.size(); ++from) {
        const broken_source source{&file, from};
        CHECK(support::failure(hashes::hash_checkpoint(source)) == "source_refused");
        CHECK(support::failure(hashes::hash_tensors(
                  source, [](const stet::stored_tensor&, const hashes::tensor_hashes&) -> stet::result<void> {
                      return {};
                  })) == "source_refused");
    }
}

TEST_CASE("hashing without memory says so")
{
    const std::string reference = saved(small_dict(), {.metadata = {{"ss_a", "1"}}});
    dict              larger = small_dict();
    larger["z"] = view(stet::dtype::u8, {40}, std::as_bytes(std::span(forty)));
    hashes::kinds every_kind = hashes::all_kinds;
    every_kind.tensors = true;
    const std::string other = saved(larger, {.order = stet::aligned_order<8>});
    for (const std::string* file : {&reference, &other}) {
        const std::size_t needed = support::allocations_needed([&](const stet::allocator& memory) {
            const stet::span_source source(std::as_bytes(std::span(*file)));
            return support::failure(hashes::hash_checkpoint(source, every_kind, {.allocator = memory}));
        });
        CHECK(needed > 10);
    }
}
