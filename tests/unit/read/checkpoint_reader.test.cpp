// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/short_memory.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/read/checkpoint_reader.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

const std::string& two_tensors()
{
    static const std::string* const file =
        new std::string(support::stored_file(R"({"rows\n":{"dtype":"U8","shape":[3,2],"data_offsets":[0,6]},)"
                                             R"("none":{"dtype":"U8","shape":[0],"data_offsets":[6,6]}})",
                                             "abcdef"));
    return *file;
}

/// Remembers what was asked for, and refuses one of the questions.
struct watched_source {
    std::uint64_t      size() const noexcept { return two_tensors().size(); }
    stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer)
    {
        asked.emplace_back(offset, buffer.size());
        if (asked.size() == refuses)
            return stet::error{.code = stet::errc::source_refused, .os_code = 7}.about(path);
        return stet::span_source(support::as_bytes(two_tensors())).read(offset, buffer);
    }

    std::vector<std::pair<std::uint64_t, std::size_t>> asked{};
    std::size_t                                        refuses = 0;
    std::string_view                                   path{}; ///< what the refusal is about
};

} // namespace

TEST_CASE("only the header is read until a tensor is asked for")
{
    watched_source source;

    const auto opened = stet::open_checkpoint(source);

    REQUIRE(opened);
    const std::uint64_t header_size = two_tensors().size() - 6 - 8;
    CHECK(source.asked == std::vector<std::pair<std::uint64_t, std::size_t>>{{0, 8}, {8, header_size}});
    CHECK(opened->header().size() == 2);
}

TEST_CASE("tensors and their rows are read on request, also after the reader moved")
{
    watched_source source;
    auto           opened = stet::open_checkpoint(source);
    REQUIRE(opened);
    const stet::checkpoint_reader reader = *std::move(opened);
    const auto                    tensor = reader.header().find("rows\n");
    REQUIRE(tensor);

    std::string whole(6, '\0');
    CHECK(support::failure(reader.read(*tensor, std::as_writable_bytes(std::span(whole)))) == "none");
    CHECK(whole == "abcdef");
    const auto middle = stet::detail::rows(*tensor, 1, 2);
    REQUIRE(middle);
    std::string row(2, '\0');
    CHECK(support::failure(reader.read(*tensor, *middle, std::as_writable_bytes(std::span(row)))) == "none");
    CHECK(row == "cd");
}

TEST_CASE("a tensor of no bytes is read without the source")
{
    watched_source source;
    const auto     opened = stet::open_checkpoint(source);
    REQUIRE(opened);
    source.refuses = 3;

    CHECK(support::failure(opened->read(opened->header()[1], {})) == "none");
    CHECK(source.asked.size() == 2);
}

TEST_CASE("memory of another size and parts beyond the tensor are refused")
{
    watched_source source;
    const auto     opened = stet::open_checkpoint(source);
    REQUIRE(opened);
    const auto tensor = opened->header()[0];
    std::byte  memory[7];

    const auto larger = opened->read(tensor, memory);
    CHECK(support::failure(larger) == "tensor_size_mismatch");
    CHECK(support::failure(opened->read(tensor, std::span(memory).first(5))) == "tensor_size_mismatch");
    const auto behind = opened->read(tensor, {.offset = 5, .size = 2}, std::span(memory).first(2));
    CHECK(support::failure(behind) == "no_such_axis");
    CHECK(behind.error().expected == 6);
    CHECK(behind.error().actual == 7);
    CHECK(support::failure(opened->read(tensor, {.offset = UINT64_MAX, .size = 2},
                                        std::span(memory).first(2))) == "no_such_axis");
    CHECK(source.asked.size() == 2);
}

TEST_CASE("the source's own failure is passed on, a tensor's with its name")
{
    for (std::size_t refused = 1; refused <= 3; ++refused) {
        watched_source source{.refuses = refused};
        const auto     opened = stet::open_checkpoint(source);
        if (refused < 3) {
            CHECK(support::failure(opened) == "source_refused");
            continue;
        }
        REQUIRE(opened);
        std::byte  memory[6];
        const auto read = opened->read(opened->header()[0], memory);
        REQUIRE_FALSE(read);
        CHECK(read.error().os_code == 7);
        CHECK(read.error().subject() == "rows\n");
    }
}

TEST_CASE("a header that is refused in memory is refused from a source")
{
    const auto outcome = [](const std::string& file) {
        const stet::span_source source(support::as_bytes(file));
        return support::failure(stet::open_checkpoint(source));
    };
    CHECK(outcome("") == "header_too_small");
    CHECK(outcome("1234567") == "header_too_small");
    CHECK(outcome(std::string(8, '\xFF')) == "header_length_too_large");
    CHECK(outcome(support::stored_file("{}").substr(0, 9)) == "invalid_header_length");
    CHECK(outcome(support::stored_file("")) == "invalid_header_json");
    CHECK(outcome(support::stored_file("{}", "x")) == "incomplete_data");
    CHECK(outcome(support::stored_file("{}")) == "none");
}

TEST_CASE("an exhausted allocator is reported by the reader and leaves nothing behind")
{
    CHECK(support::allocations_needed([](stet::allocator memory) {
              const stet::span_source source(support::as_bytes(two_tensors()));
              return support::failure(stet::open_checkpoint(source, {.allocator = memory}));
          }) >= 4);
}

TEST_CASE("a source's failure that has a subject of its own keeps it")
{
    watched_source source{.refuses = 3, .path = "models/a.safetensors"};
    const auto     opened = stet::open_checkpoint(source);
    REQUIRE(opened);
    std::byte  memory[6];
    const auto read = opened->read(opened->header()[0], memory);
    REQUIRE_FALSE(read);
    CHECK(read.error().subject() == "models/a.safetensors");
}

TEST_CASE("a reader is a range whose tensors are read while they are poured")
{
    watched_source source;
    const auto     reader = stet::open_checkpoint(source);
    REQUIRE(reader);
    std::string names;
    for (const auto [name, tensor] : *reader) {
        CHECK_FALSE(tensor.is_packed());
        names += name;
    }
    CHECK(names == "rows\nnone");
    CHECK(source.asked.size() == 2);
    const std::vector<int> rows = *(*reader)["rows\n"].to<int>();
    CHECK(rows == std::vector<int>{'a', 'b', 'c', 'd', 'e', 'f'});
    CHECK(source.asked.size() == 3);
    REQUIRE((*reader)["none"].to<int>());
    CHECK(source.asked.size() == 3);
    CHECK(reader->contains("none"));
    REQUIRE(reader->find("none"));
    CHECK(reader->find("none")->shape[0] == 0);
    CHECK_FALSE(reader->find("rows"));
    CHECK(support::failure((*reader)["rows"].to<int>()) == "no_such_tensor");
    CHECK((*reader)[1].name == "none");
    CHECK_FALSE(reader->empty());
    source.refuses = 4;
    const auto refused = (*reader)["rows\n"].to<int>();
    REQUIRE_FALSE(refused);
    CHECK(support::failure(refused) == "source_refused");
    CHECK(refused.error().subject() == "rows\n");
}
