// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/naive_tensor.hpp"
#include "support/piece_sink.hpp"

#include <stet/sink/sinks.hpp>
#include <stet/tensor/impl/gather.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::detail::cut_to_fit;
using stet::detail::walk;
using support::dice;
using support::naive_tensor;
using support::piece_sink;

namespace {

/// A tensor with the storage that it just fits into.
struct stored_tensor {
    naive_tensor tensor;
    std::size_t  width;
    std::string  storage{};
    std::size_t  size = 0; ///< bytes when packed

    stored_tensor(naive_tensor shaped, std::size_t bytes) : tensor(std::move(shaped)), width(bytes)
    {
        const auto places = tensor.places();
        const auto [least, most] = std::minmax_element(places.begin(), places.end());
        storage = support::numbered_bytes(static_cast<std::size_t>(*most - *least + 1) * width);
        size = places.size() * width;
        tensor.offset = -*least;
    }

    stet::result<void> pour(stet::sink_ref destination, std::size_t swapped_width = 1) const
    {
        const walk axes(tensor.shape, tensor.strides, width);
        return stet::detail::pour_walk(
            axes, support::as_bytes(storage).data() + static_cast<std::size_t>(tensor.offset) * width, size,
            swapped_width, destination);
    }

    std::string expected(std::size_t swapped_width = 1) const
    {
        return tensor.bytes(storage, width, swapped_width);
    }
};

std::size_t any_width(dice& numbers)
{
    return std::size_t{1} << numbers.below(4);
}

/// Up to five axes, of which at most two are longer than a tile.
naive_tensor any_tensor(dice& numbers)
{
    naive_tensor  tensor;
    const auto    rank = 1 + numbers.below(5);
    std::uint64_t elements = 1;
    for (std::uint64_t axis = 0; axis < rank; ++axis) {
        const std::uint64_t size = 1 + numbers.below(numbers.below(3) == 0 ? 70 : 5);
        tensor.shape.push_back(elements * size > 20'000 ? 1 : size);
        elements *= tensor.shape.back();
        tensor.strides.push_back(numbers.between(-9, 9) * (numbers.below(4) == 0 ? 50 : 1));
    }
    return tensor;
}

/// Packed, then its axes exchanged, cut and turned around.
naive_tensor any_rearranged(dice& numbers)
{
    const naive_tensor plain = any_tensor(numbers);
    naive_tensor       tensor = naive_tensor::packed(plain.shape);
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
        tensor.transpose(axis, numbers.below(tensor.shape.size()));
        const std::uint64_t begin = numbers.below(3) == 0 ? numbers.below(tensor.shape[axis]) : 0;
        tensor.slice(axis, begin, tensor.shape[axis]);
        if (numbers.below(5) == 0)
            tensor.strides[axis] = -tensor.strides[axis];
    }
    tensor.offset = 0;
    return tensor;
}

} // namespace

TEST_CASE("a block takes whole inner axes and as much of the next as fits")
{
    const walk axes({100, 10, 20}, {1, 5000, 200}, 2);
    CHECK(axes.rank() == 3);

    const auto whole = cut_to_fit(axes, 40'000);
    CHECK((whole.axis == 0 && whole.count == 100 && whole.bytes == 400));
    const auto rows = cut_to_fit(axes, 39'999);
    CHECK((rows.axis == 0 && rows.count == 99 && rows.bytes == 400));
    const auto part = cut_to_fit(axes, 399);
    CHECK((part.axis == 1 && part.count == 9 && part.bytes == 40));
    const auto one = cut_to_fit(axes, 2);
    CHECK((one.axis == 2 && one.count == 1 && one.bytes == 2));

    const walk broadcast({std::uint64_t{1} << 60U, 3}, {0, 2}, 1);
    CHECK(cut_to_fit(broadcast, 8192).count == 2730 / 256 * 256);
}

TEST_CASE("a walk is gathered right into every kind of sink, as it is and swapped")
{
    dice numbers(6);
    for (int run = 0; run < 2500; ++run) {
        const stored_tensor given(run % 2 == 0 ? any_tensor(numbers) : any_rearranged(numbers),
                                  any_width(numbers));
        const std::size_t swapped_width = numbers.below(2) == 0 ? 1 : given.width;
        const std::string expected = given.expected(swapped_width);

        piece_sink pieces;
        REQUIRE(given.pour(pieces, swapped_width));
        REQUIRE((pieces.joined() == expected));

        std::vector<std::byte> memory(expected.size());
        stet::span_sink        in_memory(memory);
        REQUIRE(given.pour(in_memory, swapped_width));
        REQUIRE((support::as_text(in_memory.written()) == expected));

        std::vector<std::byte> block(1 + numbers.below(20'000));
        piece_sink             end;
        stet::staged_sink      staged(end, block);
        const std::string_view before = std::string_view("some bytes").substr(numbers.below(11));
        REQUIRE(staged.write(before));
        REQUIRE(given.pour(staged, swapped_width));
        REQUIRE(staged.flush());
        REQUIRE((end.joined() == std::string(before) + expected));
    }
}

TEST_CASE("a transpose larger than any block is gathered right, for every width")
{
    for (const std::size_t width : {1U, 2U, 4U, 8U}) {
        const stored_tensor given({.shape = {613, 701}, .strides = {1, 613}}, width);
        for (const std::size_t size : {std::size_t{1} << 20U, std::size_t{100'001}, std::size_t{8191}}) {
            piece_sink             end;
            std::vector<std::byte> block(size);
            stet::staged_sink      staged(end, block);
            REQUIRE(given.pour(staged));
            REQUIRE(staged.flush());
            CHECK((end.joined() == given.expected()));
        }
    }
}

TEST_CASE("what a sink lends is filled in place, and gathered nowhere else")
{
    struct checking_sink {
        stet::span_sink inner;
        std::size_t     copied = 0; ///< writes of other memory than was lent
        const void*     lent = nullptr;

        stet::result<std::span<std::byte>> lend(std::size_t wanted)
        {
            const auto room = inner.lend(wanted);
            lent = room->data();
            return room;
        }
        stet::result<void> write(stet::bytes data)
        {
            copied += data.data() != lent;
            return inner.write(data);
        }
    };
    const stored_tensor    given({.shape = {300, 200}, .strides = {1, 300}}, 4);
    std::vector<std::byte> memory(given.size);
    checking_sink          sink{.inner = stet::span_sink(memory)};
    REQUIRE(given.pour(sink));
    CHECK(sink.copied == 0);
    CHECK((support::as_text(sink.inner.written()) == given.expected()));
}

TEST_CASE("a sink that fails to lend, or lends less than before, ends a walk")
{
    struct fickle_sink {
        std::array<std::byte, 16'384> block{};
        std::size_t                   calls = 0;
        std::size_t                   fails_at = 0;
        bool                          refuses = false;

        stet::result<std::span<std::byte>> lend(std::size_t)
        {
            if (calls++ < fails_at)
                return std::span<std::byte>(block);
            if (refuses)
                return stet::error{.code = stet::errc::sink_refused};
            return std::span<std::byte>(block).first(5);
        }
        stet::result<void> write(stet::bytes) { return {}; }
    };
    const stored_tensor given({.shape = {300, 200}, .strides = {1, 300}}, 4);
    for (std::size_t fails_at = 0; fails_at < 5; ++fails_at) {
        fickle_sink refusing{.fails_at = fails_at, .refuses = true};
        CHECK(support::failure(given.pour(refusing)) == "sink_refused");
    }
    for (std::size_t fails_at = 1; fails_at < 5; ++fails_at) {
        fickle_sink shrinking{.fails_at = fails_at};
        CHECK(support::failure(given.pour(shrinking)) == "sink_full");
    }
    fickle_sink mean;
    CHECK(given.pour(mean)); // has never lent enough: its own block serves
}

TEST_CASE("memory that is too small for a gathered tensor is full, not overrun")
{
    const stored_tensor given({.shape = {801, 701}, .strides = {1, 801}}, 4);
    for (const std::size_t missing : {std::size_t{1}, std::size_t{4}, given.size - 10, given.size}) {
        std::vector<std::byte> memory(given.size - missing);
        stet::span_sink        sink(memory);
        CHECK(support::failure(given.pour(sink)) == "sink_full");
    }
}
