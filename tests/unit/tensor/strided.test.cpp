// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/naive_tensor.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"

#include <stet/tensor/strided.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::dtype;
using stet::extents;
using stet::strided_view;
using stet::strides;
using stet::tensor_view;
using support::as_bytes;
using support::dice;
using support::failure;
using support::naive_tensor;
using support::piece_sink;
using support::poured;

namespace {

template <class Range>
concept strideable = requires(Range&& values, const extents& shape, const strides& spacing) {
    strided_view(std::forward<Range>(values), shape, spacing);
};

template <class Range>
concept strideable_as_bytes = requires(Range&& data, const extents& shape, const strides& spacing) {
    strided_view(dtype::u8, shape, spacing, std::forward<Range>(data));
};

constexpr std::array one_of_each_width{dtype::f8_e4m3, dtype::bf16, dtype::f32, dtype::f64};

/// How far below and above its first element a walk gets.
struct reach {
    std::int64_t below;
    std::int64_t above;
};

reach reach_of(const naive_tensor& tensor)
{
    const auto places = tensor.places();
    const auto [least, most] = std::minmax_element(places.begin(), places.end());
    return {.below = tensor.offset - *least, .above = *most - tensor.offset};
}

naive_tensor random_tensor(dice& numbers)
{
    naive_tensor tensor;
    const auto   rank = numbers.below(6);
    for (std::uint64_t axis = 0; axis < rank; ++axis) {
        tensor.shape.push_back(1 + numbers.below(4));
        tensor.strides.push_back(numbers.between(-9, 9));
    }
    return tensor;
}

/// Packed axes in any order, some of them cut, some backwards, some repeated.
naive_tensor rearranged_tensor(dice& numbers)
{
    std::vector<std::uint64_t> shape(numbers.below(6));
    for (std::uint64_t& axis : shape)
        axis = 1 + numbers.below(4);
    naive_tensor tensor = naive_tensor::packed(shape);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        switch (numbers.below(6)) {
        case 0:
            tensor.slice(axis, numbers.below(tensor.shape[axis]), tensor.shape[axis]);
            break;
        case 1:
            tensor.slice(axis, 0, 1 + numbers.below(tensor.shape[axis]));
            break;
        case 2:
            tensor.strides[axis] = -tensor.strides[axis];
            break;
        case 3:
            tensor.strides[axis] = 0;
            break;
        default:
            tensor.transpose(axis, numbers.below(shape.size()));
            break;
        }
    }
    tensor.offset = 0;
    return tensor;
}

} // namespace

static_assert(strideable<std::vector<float>&> && strideable<std::span<const float>>);
static_assert(!strideable<std::vector<float>> && !strideable<std::array<float, 3>>,
              "they would be gone at once");
static_assert(strideable_as_bytes<stet::bytes> && strideable_as_bytes<std::vector<std::byte>&>);
static_assert(!strideable_as_bytes<std::vector<std::byte>>);

TEST_CASE("a transpose, a slice, a broadcast and a reversal are read through strides")
{
    const std::string storage = "abcdef";
    const auto        seen = [&](const extents& shape, const strides& spacing, std::uint64_t offset) {
        return poured(strided_view(dtype::u8, shape, spacing, as_bytes(storage), offset));
    };

    CHECK(seen({3, 2}, {1, 3}, 0) == "adbecf");
    CHECK(seen({2, 2}, {3, 1}, 1) == "bcef");
    CHECK(seen({2, 3}, {0, 1}, 3) == "defdef");
    CHECK(seen({3, 2}, {1, 0}, 0) == "aabbcc");
    CHECK(seen({6}, {-1}, 5) == "fedcba");
    CHECK(seen({2, 3}, {-3, 1}, 3) == "defabc");
    CHECK(seen({3}, {2}, 1) == "bdf");
    CHECK(seen({}, {}, 4) == "e");
    CHECK(seen({1, 1}, {77, -99}, 4) == "e");
}

TEST_CASE("random shapes and strides are walked as index arithmetic says, for every width")
{
    dice numbers(1);
    for (int run = 0; run < 4000; ++run) {
        naive_tensor tensor = run % 2 == 0 ? random_tensor(numbers) : rearranged_tensor(numbers);
        const dtype  type = one_of_each_width[static_cast<std::size_t>(run / 2 % 4)];
        const auto   width = element_size(type);
        const auto [below, above] = reach_of(tensor);
        const auto before = numbers.between(0, 3);
        const auto after = numbers.between(0, 3);
        tensor.offset = below + before;

        // One byte further than aligned memory, and some bytes of an unfinished element at the end.
        const auto        elements = static_cast<std::size_t>(tensor.offset + above + 1 + after);
        const std::string memory = support::numbered_bytes(1 + elements * width + numbers.below(width));
        const auto        storage = std::string_view(memory).substr(1);
        const auto        view = strided_view(type, tensor.shape, tensor.strides, as_bytes(storage),
                                              static_cast<std::uint64_t>(tensor.offset));
        REQUIRE(view);
        REQUIRE(view->size == tensor.places().size() * width);
        REQUIRE(poured(view) == tensor.bytes(storage, width));
    }
}

TEST_CASE("a view fits its storage exactly, and one element less on either side is outside")
{
    dice numbers(2);
    for (int run = 0; run < 2000; ++run) {
        const naive_tensor tensor = run % 2 == 0 ? random_tensor(numbers) : rearranged_tensor(numbers);
        const dtype        type = one_of_each_width[static_cast<std::size_t>(run / 2 % 4)];
        const auto         width = element_size(type);
        const auto [below, above] = reach_of(tensor);
        const auto        elements = static_cast<std::size_t>(below + above + 1);
        const std::string memory = support::numbered_bytes(elements * width);
        const auto        seen = [&](std::size_t bytes_left, std::int64_t offset) {
            return strided_view(type, tensor.shape, tensor.strides,
                                       as_bytes(std::string_view(memory).substr(0, bytes_left)),
                                       static_cast<std::uint64_t>(offset));
        };

        REQUIRE(seen(memory.size(), below));
        const auto short_by_a_byte = seen(memory.size() - 1, below);
        REQUIRE(failure(short_by_a_byte) == "outside_storage");
        REQUIRE(short_by_a_byte.error().expected == elements - 1);
        REQUIRE(short_by_a_byte.error().actual == elements - 1);
        REQUIRE(failure(seen(memory.size(), below + 1)) == "outside_storage");
        REQUIRE(failure(seen(memory.size(), below - 1)) == "outside_storage");
    }
}

TEST_CASE("rows longer than the gathering block are poured whole")
{
    for (const dtype type : one_of_each_width) {
        const std::size_t width = element_size(type);
        for (const std::uint64_t columns :
             {8192 / width - 1, 8192 / width, 8192 / width + 1, 3 * 8192 / width + 5})
        {
            for (const std::int64_t stride : {0, 1, 2, -1, -3}) {
                naive_tensor tensor{.shape = {3, columns}, .strides = {7, stride}};
                const auto [below, above] = reach_of(tensor);
                tensor.offset = below;
                const std::string storage =
                    support::numbered_bytes(static_cast<std::size_t>(below + above + 1) * width);
                const auto view = strided_view(type, tensor.shape, tensor.strides, as_bytes(storage),
                                               static_cast<std::uint64_t>(below));
                CHECK((poured(view) == tensor.bytes(storage, width)));
            }
        }
    }
}

TEST_CASE("strides of a packed tensor make a packed view")
{
    const std::string storage = support::numbered_bytes(24);
    for (const auto& [shape, spacing] : std::vector<std::pair<extents, strides>>{
             {{2, 3, 4}, {12, 4, 1}},
             {{24}, {1}},
             {{1, 24}, {-5, 1}},
             {{2, 1, 12}, {12, 0, 1}},
             {{24, 1}, {1, 24}},
             {{1, 1}, {9, 9}},
             {{}, {}},
             {{0, 3}, {-7, 2}},
         })
    {
        const auto view = strided_view(dtype::i8, shape, spacing, as_bytes(storage));
        REQUIRE(view);
        CHECK(view->is_packed());
        CHECK(view->strides.empty());
    }
    const auto cut = strided_view(dtype::i8, {2, 4}, {4, 1}, as_bytes(storage), 8);
    REQUIRE(cut);
    CHECK(cut->packed().data() == as_bytes(storage).data() + 8);

    CHECK_FALSE(strided_view(dtype::i8, {2, 3}, {4, 1}, as_bytes(storage))->is_packed());
    CHECK_FALSE(strided_view(dtype::i8, {3, 2}, {1, 3}, as_bytes(storage))->is_packed());
    CHECK_FALSE(strided_view(dtype::i8, {3}, {0}, as_bytes(storage))->is_packed());
}

TEST_CASE("long rows that lie together are handed to the sink uncopied")
{
    const std::string storage = support::numbered_bytes(4 * 5000);
    piece_sink        destination;
    REQUIRE(
        pour(*strided_view(dtype::u8, {4, 2, 2048}, {5000, 2048, 1}, as_bytes(storage), 10), destination));

    REQUIRE(destination.pieces.size() == 4);
    for (std::size_t row = 0; row < 4; ++row) {
        CHECK(destination.addresses[row] == storage.data() + 5000 * row + 10);
        CHECK(destination.pieces[row].size() == 4096);
    }
}

TEST_CASE("short rows are joined before the sink sees them")
{
    const std::string storage = support::numbered_bytes(1000 * 100);
    for (const std::uint64_t row : {3U, 8U, 40U, 80U}) {
        piece_sink destination;
        REQUIRE(pour(*strided_view(dtype::u8, {1000, row}, {100, 1}, as_bytes(storage)), destination));
        CHECK(destination.pieces.size() <= 1000 * row / 7000 + 1);
        CHECK(destination.joined() ==
              (naive_tensor{.shape = {1000, row}, .strides = {100, 1}}.bytes(storage, 1)));
    }
}

TEST_CASE("single elements are gathered before the sink sees them")
{
    const std::string storage = support::numbered_bytes(20'000);
    piece_sink        destination;
    REQUIRE(pour(*strided_view(dtype::u8, {100, 100}, {2, 200}, as_bytes(storage)), destination));
    CHECK(destination.pieces.size() == 2);
    CHECK(destination.joined().size() == 10'000);
}

TEST_CASE("every failure of the sink stops a walk and comes out of it")
{
    const std::string storage = support::numbered_bytes(100'000);
    for (const strides& spacing : {strides{500, 1}, strides{1, 500}, strides{500, 2}}) {
        const auto view = strided_view(dtype::u16, {100, 100}, spacing, as_bytes(storage));
        piece_sink whole;
        REQUIRE(pour(*view, whole));
        REQUIRE(whole.pieces.size() > 1);
        for (std::size_t fails_at = 0; fails_at < whole.pieces.size(); ++fails_at) {
            piece_sink destination{.fails_at = fails_at, .recovers = true};
            CHECK(failure(view->pour(*view, destination)) == "sink_refused");
            CHECK(destination.pieces.size() == fails_at);
        }
    }
}

TEST_CASE("a walk from a pointer is refused where no memory can be so large")
{
    const std::array<float, 4> here{};
    const auto                 seen = [&](const extents& shape, const strides& spacing) {
        return failure(stet::detail::strided_from(dtype::f32, shape, spacing, here.data()));
    };
    CHECK(seen({2, 2}, {2, 1}) == "none");
    // In 64 bits, but beyond what a pointer can be moved by; and beyond 64 bits.
    CHECK(seen({2}, {INT64_MAX / 4}) == "outside_storage");
    CHECK(seen({2}, {INT64_MIN / 4}) == "outside_storage");
    CHECK(seen({std::uint64_t{1} << 40U}, {1 << 24}) == "outside_storage");
    CHECK(seen({3, 3}, {INT64_MAX, INT64_MAX}) == "outside_storage");
}

TEST_CASE("a walk far outside is refused, however its strides overflow")
{
    const std::string storage = "0123456789";
    const auto        seen = [&](const extents& shape, const strides& spacing, std::uint64_t offset) {
        return strided_view(dtype::u8, shape, spacing, as_bytes(storage), offset);
    };

    const auto far = seen({2}, {1000}, 3);
    CHECK(failure(far) == "outside_storage");
    CHECK(far.error().expected == 10);
    CHECK(far.error().actual == 1003);

    for (const auto& refused :
         {seen({2}, {INT64_MAX}, 0), seen({2}, {INT64_MIN}, 9), seen({3, 3}, {INT64_MAX, INT64_MAX}, 0),
          seen({3, 3}, {INT64_MIN, INT64_MIN}, 0), seen({std::uint64_t{1} << 60U}, {16}, 0),
          seen({std::uint64_t{1} << 60U}, {-16}, 9), seen({2, 2}, {INT64_MAX, INT64_MIN}, 0),
          seen({5}, {1}, UINT64_MAX), seen({}, {}, 10), seen({1}, {1}, UINT64_MAX)})
    {
        CHECK(failure(refused) == "outside_storage");
        CHECK(refused.error().expected == 10);
        CHECK(refused.error().actual >= 10);
    }

    // Forwards and backwards do not make up for each other.
    CHECK(failure(seen({3, 3}, {5, -5}, 0)) == "outside_storage");
    CHECK(failure(seen({3, 3}, {5, -5}, 9)) == "outside_storage");
}

TEST_CASE("a long axis of stride zero stays inside its storage")
{
    CHECK(strided_view(dtype::u8, {std::uint64_t{1} << 60U}, {0}, as_bytes("a")));
    CHECK(failure(strided_view(dtype::u8, {std::uint64_t{1} << 61U}, {0}, as_bytes("a"))) ==
          "tensor_size_overflow");

    // As many axes longer than one as a tensor can have.
    const std::vector<int> shape(60, 2);
    const std::vector<int> spacing(60, 0);
    CHECK(strided_view(dtype::u8, shape, spacing, as_bytes("a")));
}

TEST_CASE("the number of strides must be the rank")
{
    const auto refused = strided_view(dtype::u8, {2, 2}, {2}, as_bytes("abcd"));
    CHECK(failure(refused) == "strides_rank_mismatch");
    CHECK(refused.error().expected == 2);
    CHECK(refused.error().actual == 1);
    CHECK(failure(strided_view(dtype::u8, {}, {1}, as_bytes("a"))) == "strides_rank_mismatch");
    CHECK(failure(strided_view(dtype::u8, {0}, {}, as_bytes("a"))) == "strides_rank_mismatch");
}

TEST_CASE("4- and 6-bit elements have no strides")
{
    CHECK(failure(strided_view(dtype::f4, {2, 2}, {2, 1}, as_bytes("ab"))) == "sub_byte_strides");
    CHECK(failure(strided_view(dtype::f6_e2m3, {4}, {1}, as_bytes("abc"))) == "sub_byte_strides");
    CHECK(failure(strided_view(dtype::f4, {3}, {1}, as_bytes("ab"))) == "partial_byte");
}

TEST_CASE("a shape or strides that cannot be are refused")
{
    CHECK(failure(strided_view(dtype::u8, {-1}, {1}, as_bytes("a"))) == "negative_dimension");
    CHECK(failure(strided_view(dtype::u8, {UINT64_MAX, 2}, {1, 1}, as_bytes("a"))) == "tensor_size_overflow");
    const std::vector<int> ones(9, 1);
    CHECK(failure(strided_view(dtype::u8, std::vector<int>(ones), ones, as_bytes("a"))) ==
          "borrowed_axes_expired");
    CHECK(failure(strided_view(dtype::u8, ones, std::vector<int>(ones), as_bytes("a"))) ==
          "borrowed_axes_expired");
}

TEST_CASE("a tensor of no elements may have any strides, offset and no storage")
{
    for (const std::int64_t stride : {std::int64_t{0}, INT64_MAX, INT64_MIN}) {
        const auto view = strided_view(dtype::f64, {3, 0, 5}, {stride, stride, stride}, {}, UINT64_MAX);
        REQUIRE(view);
        CHECK(view->size == 0);
        CHECK(poured(view).empty());
    }
}

TEST_CASE("tensors of more than eight axes are walked")
{
    const std::vector<std::uint64_t> shape{2, 1, 2, 1, 2, 2, 1, 2, 2, 2};
    naive_tensor                     tensor = naive_tensor::packed(shape);
    tensor.transpose(0, 9);
    tensor.transpose(2, 7);
    const std::string storage = support::numbered_bytes(128 * 4);
    const auto        view = strided_view(dtype::f32, tensor.shape, tensor.strides, as_bytes(storage));

    REQUIRE(view);
    CHECK_FALSE(view->is_packed());
    CHECK(poured(view) == tensor.bytes(storage, 4));
}

TEST_CASE("containers of scalars are strided with the dtype of their elements")
{
    std::vector<std::uint16_t> values(6);
    std::iota(values.begin(), values.end(), std::uint16_t{1});
    const std::span<const std::uint16_t> span = values;

    const auto view = strided_view(values, {3, 2}, {1, 3});
    REQUIRE(view);
    CHECK(view->type == dtype::u16);
    CHECK(poured(view) == std::string("\1\0\4\0\2\0\5\0\3\0\6\0", 12));
    CHECK(poured(strided_view(span, {2}, {-1}, 1)) == std::string("\2\0\1\0", 4));
    CHECK(poured(strided_view(std::span(values), {2}, {1}, 4)) == std::string("\5\0\6\0", 4));
    CHECK(failure(strided_view(values, {3, 2}, {1, 3}, 1)) == "outside_storage");

    const std::array<std::complex<float>, 2> complexes{};
    CHECK(strided_view(complexes, {2}, {-1}, 1)->type == dtype::c64);
}

TEST_CASE("swapped walking reverses the bytes of each scalar")
{
    struct width_of {
        dtype       type;
        std::size_t scalar;
    };
    dice numbers(3);
    for (const auto& [type, scalar] :
         {width_of{dtype::i8, 1}, width_of{dtype::f16, 2}, width_of{dtype::i32, 4}, width_of{dtype::f64, 8},
          width_of{dtype::c64, 4}})
    {
        const std::size_t width = element_size(type);
        for (int run = 0; run < 100; ++run) {
            naive_tensor tensor = random_tensor(numbers);
            const auto [below, above] = reach_of(tensor);
            tensor.offset = below;
            const std::string storage =
                support::numbered_bytes(static_cast<std::size_t>(below + above + 1) * width);
            const tensor_view view{.type = type,
                                   .shape = tensor.shape,
                                   .strides = tensor.strides,
                                   .size = tensor.places().size() * width,
                                   .data = storage.data() + static_cast<std::size_t>(below) * width,
                                   .pour = stet::detail::pour_strided_swapped};
            REQUIRE(poured(view) == tensor.bytes(storage, width, scalar));
        }
    }

    // Longer than any block on the way.
    const std::string  storage = support::numbered_bytes(60'000);
    const naive_tensor tensor{.shape = {3, 5000}, .strides = {1, 2}};
    const tensor_view  view{.type = dtype::i32,
                            .shape = tensor.shape,
                            .strides = tensor.strides,
                            .size = 60'000,
                            .data = storage.data(),
                            .pour = stet::detail::pour_strided_swapped};
    CHECK((poured(view) == tensor.bytes(storage, 4, 4)));
}

TEST_CASE("a walked tensor without elements writes nothing, wherever it lies")
{
    const tensor_view   view{.type = dtype::f32,
                             .shape = {3, 0},
                             .strides = strides{1, 3},
                             .size = 0,
                             .data = nullptr,
                             .pour = stet::detail::pour_strided};
    support::piece_sink sink;
    CHECK(stet::pour(view, sink));
    CHECK(sink.calls == 0);
}
