// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/read/checkpoint_view.hpp>
#include <stet/state/state_dict.hpp>
#include <stet/tensor/views.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using support::as_bytes;
using support::stored_file;

namespace {

const std::string& two_tensors()
{
    static const std::string* const file = new std::string(
        stored_file(R"({"rows":{"dtype":"U8","shape":[3,2],"data_offsets":[0,6]},)"
                    R"("deep":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,2],"data_offsets":[6,8]}})",
                    "abcdefgh"));
    return *file;
}

std::string text(std::span<const std::byte> data)
{
    std::string copy(data.size(), '\0');
    if (!data.empty())
        std::memcpy(copy.data(), data.data(), data.size());
    return copy;
}

struct string_sink {
    std::string& poured;

    stet::result<void> write(stet::bytes data)
    {
        poured += text(data);
        return {};
    }
};

} // namespace

static_assert(std::ranges::random_access_range<const stet::checkpoint_view> &&
              std::ranges::sized_range<const stet::checkpoint_view> &&
              stet::state_dict<stet::checkpoint_view>);
static_assert(std::ranges::random_access_range<const stet::checkpoint_header>);

TEST_CASE("tensors are views of the file's own bytes")
{
    const auto file = stet::read_checkpoint(as_bytes(two_tensors()));
    REQUIRE(file);

    const auto rows = file->find("rows");
    REQUIRE(rows);
    CHECK(rows->is_packed());
    CHECK(rows->shape.size() == 2);
    CHECK(rows->shape[0] == 3);
    CHECK(text(rows->packed()) == "abcdef");
    CHECK(static_cast<const void*>(rows->packed().data()) == two_tensors().data() + two_tensors().size() - 8);
    CHECK_FALSE(file->find("row"));
    CHECK(text((*file)[1].packed()) == "gh");
    CHECK(file->size() == 2);
}

TEST_CASE("more axes than a view keeps are borrowed from the header")
{
    auto read = stet::read_checkpoint(as_bytes(two_tensors()));
    REQUIRE(read);
    const auto file = *std::move(read);

    const auto deep = file.find("deep");
    REQUIRE(deep);
    CHECK(deep->shape.size() == 10);
    CHECK(deep->shape[9] == 2);
    CHECK(deep->shape.problem() == stet::errc{});
}

TEST_CASE("rows of a tensor that was read are cut without a copy")
{
    const auto file = stet::read_checkpoint(as_bytes(two_tensors()));
    REQUIRE(file);
    const auto rows = file->find("rows");
    REQUIRE(rows);

    const auto middle = stet::sliced(*rows, 0, 1, 2);
    REQUIRE(middle);
    CHECK(middle->is_packed());
    CHECK(text(middle->packed()) == "cd");
    const auto columns = stet::sliced(*rows, 1, 1, 2);
    REQUIRE(columns);
    CHECK_FALSE(columns->is_packed());
}

TEST_CASE("a tensor stays valid when the object that gave it is gone")
{
    std::optional<stet::tensor_view> rows;
    {
        const auto file = stet::read_checkpoint(as_bytes(two_tensors()));
        REQUIRE(file);
        rows = file->find("rows");
    }
    REQUIRE(rows);
    CHECK(rows->shape[1] == 2);
    CHECK(text(rows->packed()) == "abcdef");
}

TEST_CASE("a slice of several axes gives the reference's runs of bytes")
{
    const std::string file = stored_file(R"({"t":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})",
                                         "aaaabbbbccccddddeeeeffff");
    const auto        read = stet::read_checkpoint(as_bytes(file));
    REQUIRE(read);
    const stet::tensor_view whole = (*read)[0];
    const auto              cut = [&](std::uint64_t row, std::uint64_t rows_end, std::uint64_t column,
                         std::uint64_t columns_end) {
        std::string poured;
        const auto  part = stet::sliced(whole, 0, row, rows_end).and_then([&](const stet::tensor_view& rows) {
            return stet::sliced(rows, 1, column, columns_end);
        });
        if (!part)
            return std::string(support::failure(part));
        string_sink sink{.poured = poured};
        CHECK(support::failure(stet::pour(*part, sink)) == "none");
        return poured;
    };
    CHECK(cut(0, 2, 1, 3) == "bbbbcccceeeeffff");
    CHECK(cut(1, 2, 1, 3) == "eeeeffff");
    CHECK(cut(0, 1, 1, 3) == "bbbbcccc");
    CHECK(cut(1, 2, 0, 1) == "dddd");
    CHECK(cut(1, 2, 1, 4) == "no_such_axis");
    CHECK(cut(1, 2, 3, 2) == "no_such_axis");
    CHECK(support::failure(stet::sliced(whole, 2, 0, 1)) == "no_such_axis");
}

TEST_CASE("a walk meets every tensor under its name, in the order of the data")
{
    const auto file = stet::read_checkpoint(as_bytes(two_tensors()));
    REQUIRE(file);
    std::vector<std::pair<std::string, std::string>> met;
    for (const auto [name, tensor] : *file)
        met.emplace_back(name, text(tensor.packed()));
    CHECK(met == std::vector<std::pair<std::string, std::string>>{{"rows", "abcdef"}, {"deep", "gh"}});

    const std::string no_tensors = stored_file("{}");
    const auto        empty = stet::read_checkpoint(as_bytes(no_tensors));
    REQUIRE(empty);
    CHECK(empty->begin() == empty->end());
}

TEST_CASE("alignment is that of the address")
{
    const std::string     header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
    const std::string     file = stored_file(header + std::string(64 - 8 - header.size(), ' '), "x");
    alignas(64) std::byte memory[128];
    for (const std::size_t shift : {std::size_t{0}, std::size_t{1}, std::size_t{8}}) {
        std::memcpy(memory + shift, file.data(), file.size());
        const auto read = stet::read_checkpoint(std::span<const std::byte>(memory + shift, file.size()));
        REQUIRE(read);
        const std::size_t alignment = read->alignment(read->header()[0]);
        CHECK((shift == 0 ? alignment >= 64 : alignment == shift));
    }
}

TEST_CASE("a file cut anywhere is refused")
{
    for (std::size_t size = 0; size < two_tensors().size(); ++size) {
        // A copy of exactly that size, so that a read past its end is seen.
        const std::vector<char> cut(two_tensors().begin(),
                                    two_tensors().begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(support::failure(stet::read_checkpoint(std::as_bytes(std::span(cut)))) != "none");
    }
}

TEST_CASE("every tensor of a generated file is found")
{
    // The reference's test of indexing: names t.0 and on, every dtype, ranks one to seven.
    std::string   header = "{";
    std::uint64_t at = 0;
    std::size_t   count = 0;
    for (std::size_t type = 0; type < stet::detail::dtype_count; ++type) {
        for (std::size_t rank = 1; rank <= 7; ++rank) {
            std::uint64_t elements = 4;
            std::string   shape = "4";
            for (std::size_t axis = 1; axis < rank; ++axis) {
                const std::uint64_t size = 1 + (axis + type) % 3;
                shape += "," + std::to_string(size);
                elements *= size;
            }
            const std::uint64_t size = elements * stet::detail::dtype_table[type].bits / 8;
            header += (count == 0 ? "\"t." : ",\"t.") + std::to_string(count) + R"(":{"dtype":")" +
                      std::string(stet::detail::dtype_table[type].name) + R"(","shape":[)" + shape +
                      R"(],"data_offsets":[)" + std::to_string(at) + "," + std::to_string(at + size) + "]}";
            at += size;
            ++count;
        }
    }
    std::string data;
    for (std::uint64_t i = 0; i < at; ++i)
        data += static_cast<char>(i % 256);
    const std::string file = stored_file(header + "}", data);

    const auto read = stet::read_checkpoint(as_bytes(file));

    REQUIRE(read);
    CHECK(read->size() == count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto found = read->header().find("t." + std::to_string(i));
        REQUIRE(found);
        CHECK(text(read->data(*found)) ==
              data.substr(stet::detail::memory_size(found->begin), stet::detail::memory_size(found->size())));
    }
}

TEST_CASE("of an address that is a multiple of more than a page a page is told")
{
    const std::string     file = stored_file(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "x");
    const std::size_t     data = file.size() - 1;
    constexpr std::size_t two_pages = 8192;
    std::vector<std::byte> memory(2 * two_pages);
    const auto             address = reinterpret_cast<std::uintptr_t>(memory.data());
    const std::size_t      shift = (two_pages - (address + data) % two_pages) % two_pages;
    std::memcpy(memory.data() + shift, file.data(), file.size());
    const auto read = stet::read_checkpoint(std::span<const std::byte>(memory.data() + shift, file.size()));
    REQUIRE(read);
    CHECK(read->alignment(read->header()[0]) == 4096);
}

TEST_CASE("a file is a range of names and tensors, found by name as well")
{
    const auto file = stet::read_checkpoint(as_bytes(two_tensors()));
    REQUIRE(file);
    std::string walked;
    for (const auto [name, tensor] : *file)
        walked.append(name).append(":").append(text(tensor.packed())).append(" ");
    CHECK(walked == "rows:abcdef deep:gh ");
    const auto last = std::ranges::find_if(*file, [](const auto& entry) { return entry.tensor.size == 2; });
    REQUIRE(last != file->end());
    CHECK((*last).name == "deep");
    CHECK(file->end() - last == 1);
    CHECK(file->contains("rows"));
    CHECK_FALSE(file->contains("row"));
    CHECK_FALSE(file->empty());
    CHECK((*file)["rows"]->name == "rows");
    const std::vector<int> numbers = *(*file)["deep"].to<int>();
    CHECK(numbers == std::vector<int>{'g', 'h'});
    const auto none = (*file)["row"];
    REQUIRE_FALSE(none);
    CHECK(stet::message(none.error()) == "the file has no tensor 'row'");
}
