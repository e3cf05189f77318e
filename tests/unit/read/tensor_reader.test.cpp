// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/failure.hpp"
#include "support/piece_sink.hpp"
#include "support/short_memory.hpp"
#include "support/stored_file.hpp"
#include "support/text_bytes.hpp"

#include <stet/read/checkpoint_reader.hpp>
#include <stet/tensor/strided.hpp>
#include <stet/tensor/views.hpp>
#include <stet/vocabulary/impl/memory_size.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using stet::dtype;
using stet::tensor_reader;

namespace {

/// All bytes of a tensor, read in pieces of a size.
std::string read_in(const stet::tensor_view& tensor, std::size_t piece)
{
    tensor_reader reader(tensor);
    std::string   all;
    while (reader.left() != 0) {
        const std::size_t count = stet::detail::memory_size(std::min(std::uint64_t{piece}, reader.left()));
        const auto        next = reader.next(count);
        REQUIRE(next);
        REQUIRE(next->size() == count);
        all += support::as_text(*next);
    }
    return all;
}

constexpr std::string_view text = "abcdefghijkl";

stet::tensor_view produced(const std::string_view& from)
{
    return *stet::produced_view(dtype::u8, {from.size()}, from,
                                [](const std::string_view& of, stet::sink_ref to) -> stet::result<void> {
                                    if (auto done = to.write(support::as_bytes(of).first(5)); !done)
                                        return done;
                                    return to.write(support::as_bytes(of).subspan(5));
                                });
}

} // namespace

TEST_CASE("a tensor is read in pieces of any size, wherever its bytes lie")
{
    const std::string header =
        R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[12],"data_offsets":[3,15]}})";
    const std::string file = support::stored_file(header, "xyz" + std::string(text));
    stet::span_source source(support::as_bytes(file));
    const auto        opened = stet::open_checkpoint(source);
    REQUIRE(opened);
    const auto in_memory = *stet::view_of(dtype::u8, {12}, support::as_bytes(text));
    for (const std::size_t piece : {1U, 5U, 12U}) {
        CHECK(read_in(in_memory, piece) == text);
        CHECK(read_in(*(*opened)[std::string_view("b")], piece) == text);
        CHECK(read_in(produced(text), piece) == text);
    }
    const auto column = stet::strided_view(dtype::u8, {2, 3}, {1, 2}, support::as_bytes(text));
    REQUIRE(column);
    CHECK(read_in(*column, 4) == "acebdf");
}

TEST_CASE("bytes of a tensor in memory are seen where they lie, without an allocation")
{
    support::counting_heap heap;
    const auto             view = *stet::view_of(dtype::u8, {12}, support::as_bytes(text));
    tensor_reader          reader(view, heap.allocator());
    CHECK(reader.next(4)->data() == support::as_bytes(text).data());
    CHECK(reader.next(8)->data() == support::as_bytes(text).data() + 4);
    CHECK(heap.allocations() == 0);
}

TEST_CASE("more than is left, and what cannot be read, is an error")
{
    const auto    view = *stet::view_of(dtype::u8, {12}, support::as_bytes(text));
    tensor_reader reader(view);
    REQUIRE(reader.next(10));
    const auto beyond = reader.next(3);
    REQUIRE_FALSE(beyond);
    CHECK(beyond.error().code == stet::errc::tensor_size_mismatch);
    CHECK(beyond.error().expected == 13);
    CHECK(beyond.error().actual == 12);
    CHECK(reader.next(2));

    const auto refused = *stet::produced_view(
        dtype::u8, {3}, text, [](const std::string_view&, stet::sink_ref) -> stet::result<void> {
            return stet::error{.code = stet::errc::sink_refused};
        });
    CHECK(support::failure(tensor_reader(refused).next(1)) == "sink_refused");
    CHECK(support::allocations_needed([](const stet::allocator& memory) {
              return support::failure(tensor_reader(produced(text), memory).next(3));
          }) == 1);
}
