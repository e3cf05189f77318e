// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/read/checkpoint_header.hpp>
#include <stet/read/read_header.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

static_assert(!std::is_copy_constructible_v<stet::checkpoint_header>);
static_assert(std::is_nothrow_move_constructible_v<stet::checkpoint_header>);
static_assert(std::forward_iterator<stet::checkpoint_header::iterator>);

namespace {

/// Three tensors whose header order, data order and order of names all differ.
const std::string& three_tensors()
{
    static const std::string* const file = new std::string(support::stored_file(
        R"({"__metadata__":{"z":"1","a":"2","z":"3"},"m":{"dtype":"U8","shape":[2],"data_offsets":[4,6]},)"
        R"("z":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"a\t":{"dtype":"I16","shape":[1,2,0],"data_offsets":[6,6]}})",
        "123456"));
    return *file;
}

stet::checkpoint_header read(const std::string& file)
{
    auto header = stet::read_header(support::as_bytes(file), file.size());
    REQUIRE(header);
    return *std::move(header);
}

} // namespace

TEST_CASE("tensors come in the order of their data")
{
    const auto header = read(three_tensors());

    std::vector<std::string> names;
    for (const stet::stored_tensor tensor : header)
        names.emplace_back(tensor.name);
    CHECK(names == std::vector<std::string>{"z", "m", "a\t"});
    CHECK(header.size() == 3);
    CHECK_FALSE(header.empty());
    CHECK(header[2].type == stet::dtype::i16);
    CHECK(std::ranges::equal(header[2].shape, std::vector<std::uint64_t>{1, 2, 0}));
    CHECK(header[0].shape.empty());
    CHECK(header[1].begin == 4);
    CHECK(header[1].end == 6);
    CHECK(header[1].size() == 2);
}

TEST_CASE("tensors are found by name")
{
    const auto header = read(three_tensors());

    CHECK(header.position_of("z") == 0);
    CHECK(header.position_of("a\t") == 2);
    CHECK_FALSE(header.position_of("a"));
    CHECK_FALSE(header.find("__metadata__"));
    const auto found = header.find("m");
    REQUIRE(found);
    CHECK(found->type == stet::dtype::u8);
}

TEST_CASE("tensors can be listed by name")
{
    const auto header = read(three_tensors());

    const auto order = header.by_name();
    CHECK(std::vector<std::uint32_t>(order.begin(), order.end()) == std::vector<std::uint32_t>{2, 1, 0});
}

TEST_CASE("of metadata given twice the last value stays")
{
    const auto header = read(three_tensors());

    CHECK(header.has_metadata());
    REQUIRE(header.metadata_size() == 2);
    CHECK(header.metadata(0).key == "a");
    CHECK(header.metadata(1).key == "z");
    CHECK(header.metadata("z") == "3");
    CHECK_FALSE(header.metadata("k"));
}

TEST_CASE("metadata that is empty is there, metadata that is null is not")
{
    CHECK(read(support::stored_file(R"({"__metadata__":{}})")).has_metadata());
    CHECK_FALSE(read(support::stored_file(R"({"__metadata__":null})")).has_metadata());
    CHECK_FALSE(read(support::stored_file("{}")).has_metadata());
}

TEST_CASE("a header knows where its data lies")
{
    const auto header = read(three_tensors());

    CHECK(header.data_begin() == three_tensors().size() - 6);
    CHECK(header.data_size() == 6);
    CHECK(header.offset_in_file(header[1]) == header.data_begin() + 4);
    CHECK(header.text().size() + 8 == header.data_begin());
    CHECK(read(support::stored_file("{}")).data_size() == 0);
}

TEST_CASE("a tensor's alignment is that of its place in the file")
{
    const std::string member =
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})";
    const auto at = [&](std::size_t data_begin) {
        const std::string file =
            support::stored_file(member + std::string(data_begin - 8 - member.size(), ' '), "123");
        const auto header = read(file);
        return std::pair(header.alignment(header[0]), header.alignment(header[1]));
    };
    CHECK(at(128) == std::pair(std::size_t{128}, std::size_t{1}));
    CHECK(at(8192) == std::pair(std::size_t{4096}, std::size_t{1}));
    CHECK(at(131) == std::pair(std::size_t{1}, std::size_t{4}));
}

TEST_CASE("a header that was moved still finds its names")
{
    auto       first = read(three_tensors());
    const auto header = std::move(first);

    CHECK(header.find("a\t"));
    CHECK(header[0].name == "z");
    CHECK(header.metadata("a") == "2");
}

TEST_CASE("an iterator stands at a tensor of one header")
{
    const auto header = read(three_tensors());
    const auto other = read(three_tensors());
    auto       at = header.begin();
    const auto before = at++;
    CHECK(before == header.begin());
    CHECK((*before).name == "z");
    CHECK((*at).name == "m");
    CHECK(header.begin() != other.begin());
}

TEST_CASE("without memory no tensor is listed by name")
{
    support::counting_heap heap;
    const auto header = stet::read_header(support::as_bytes(three_tensors()), three_tensors().size(),
                                          {.allocator = heap.allocator()});
    REQUIRE(header);
    CHECK(header->by_name().size() == 3);
    heap.fail_from(heap.allocations());
    CHECK(header->by_name().empty());
}
