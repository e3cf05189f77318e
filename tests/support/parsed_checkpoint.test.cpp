// SPDX-License-Identifier: MIT
#include "support/parsed_checkpoint.hpp"

#include "support/stored_file.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// A file with this header, padded, and this data.
std::string file_of(std::string header, std::string_view data)
{
    header.append((8 - header.size() % 8) % 8, ' ');
    return support::stored_file(header, data);
}

constexpr std::string_view two_tensors = R"({"__metadata__":{"k":"v"},)"
                                         R"("a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},)"
                                         R"("b":{"dtype":"U8","shape":[],"data_offsets":[4,5]}})";

} // namespace

TEST_CASE("the checkpoint reader gives names, types, shapes, bytes and metadata")
{
    const auto parsed = support::parse_checkpoint(file_of(std::string(two_tensors), "abcde"));

    REQUIRE(parsed);
    REQUIRE(parsed->metadata);
    CHECK(parsed->metadata->size() == 1);
    CHECK(parsed->metadata->front().first == "k");
    CHECK(parsed->metadata->front().second == "v");
    REQUIRE(parsed->tensors.size() == 2);
    CHECK(parsed->tensors[0].name == "a");
    CHECK(parsed->tensors[0].dtype == "F16");
    CHECK(parsed->tensors[0].shape == std::vector<std::size_t>{2, 1});
    CHECK(parsed->tensors[0].bytes == "abcd");
    CHECK(parsed->tensors[1].bytes == "e");
    CHECK(parsed->find("b") == &parsed->tensors[1]);
    CHECK(parsed->find("c") == nullptr);
}

TEST_CASE("the checkpoint reader accepts a file without tensors")
{
    CHECK(support::parse_checkpoint(file_of("{}", "")));
}

TEST_CASE("the checkpoint reader refuses what is not whole or not strict")
{
    const auto refuses = [](std::string_view header, std::string_view data) {
        return !support::parse_checkpoint(file_of(std::string(header), data));
    };
    CHECK(refuses(two_tensors, "abcd"));   // cut off
    CHECK(refuses(two_tensors, "abcdef")); // too long
    CHECK(refuses("[]", ""));
    CHECK(refuses(" {}", ""));
    CHECK(refuses("{}               ", "")); // more padding than needed
    CHECK(refuses(R"({"a":{"dtype":"U9","shape":[],"data_offsets":[0,1]}})", "a"));
    CHECK(refuses(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}})", "a"));
    CHECK(refuses(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", "ab"));
    CHECK(refuses(R"({"a":{"dtype":"U8","shape":[1]}})", "a"));
    CHECK(refuses(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"__metadata__":{}})", "a"));
    CHECK(refuses(R"({"__metadata__":{"k":1}})", ""));

    const std::string whole = file_of(std::string(two_tensors), "abcde");
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(support::parse_checkpoint(std::string_view(whole).substr(0, size)));
}
