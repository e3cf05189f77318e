// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/naive_tensor.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"

#include <stet/tensor/strided.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using stet::dtype;
using stet::extents;
using stet::sliced;
using stet::tensor_view;
using stet::transposed;
using stet::view_of;
using support::as_bytes;
using support::failure;
using support::naive_tensor;
using support::poured;

namespace {

std::vector<std::uint64_t> listed(const extents& shape)
{
    std::vector<std::uint64_t> all;
    for (std::size_t i = 0; i < shape.size(); ++i)
        all.push_back(shape[i]);
    return all;
}

stet::result<void> pour_nothing(const tensor_view&, stet::sink_ref)
{
    return {};
}

/// Scalars in the order of a big-endian host.
tensor_view swapped_view(dtype type, const extents& shape, const std::string& storage)
{
    tensor_view view = *view_of(type, shape, as_bytes(storage));
    view.pour = stet::detail::pour_swapped;
    return view;
}

constexpr std::array one_of_each_width{dtype::u8, dtype::f16, dtype::f32, dtype::c64};

} // namespace

TEST_CASE("a matrix is written transposed")
{
    const std::string storage = "abcdef";
    const auto        matrix = view_of(dtype::u8, {2, 3}, as_bytes(storage));
    const auto        turned = transposed(*matrix);

    REQUIRE(turned);
    CHECK(listed(turned->shape) == std::vector<std::uint64_t>{3, 2});
    CHECK(turned->size == 6);
    CHECK(turned->type == dtype::u8);
    CHECK(poured(turned) == "adbecf");
    CHECK(poured(matrix) == "abcdef");
}

TEST_CASE("a matrix transposed twice is packed again, in its old place")
{
    const std::string storage = "abcdef";
    const auto        matrix = view_of(dtype::u8, {2, 3}, as_bytes(storage));
    const auto        back = transposed(*transposed(*matrix));

    REQUIRE(back);
    CHECK(back->is_packed());
    CHECK(back->strides.empty());
    CHECK(back->data == storage.data());
    CHECK(poured(back) == storage);
}

TEST_CASE("a vector turned from row to column stays packed")
{
    const std::string storage = "abc";
    const auto        column = transposed(*view_of(dtype::u8, {1, 3}, as_bytes(storage)));
    REQUIRE(column);
    CHECK(listed(column->shape) == std::vector<std::uint64_t>{3, 1});
    CHECK(column->is_packed());
}

TEST_CASE("a part of an axis is written alone")
{
    const std::string storage = "abcdefghijkl";
    const auto        matrix = view_of(dtype::u8, {3, 4}, as_bytes(storage));

    const auto rows = sliced(*matrix, 0, 1, 3);
    REQUIRE(rows);
    CHECK(listed(rows->shape) == std::vector<std::uint64_t>{2, 4});
    CHECK(rows->is_packed());
    CHECK(rows->data == storage.data() + 4);
    CHECK(poured(rows) == "efghijkl");

    const auto columns = sliced(*matrix, 1, 1, 3);
    REQUIRE(columns);
    CHECK(listed(columns->shape) == std::vector<std::uint64_t>{3, 2});
    CHECK(columns->size == 6);
    CHECK(poured(columns) == "bcfgjk");

    CHECK(poured(sliced(*matrix, 1, 0, 4)) == storage);
    CHECK(poured(sliced(*columns, 0, 2, 3)) == "jk");
}

TEST_CASE("a part of no length is a tensor of no elements")
{
    const std::string storage = "abcdefghijkl";
    const auto        matrix = view_of(dtype::u8, {3, 4}, as_bytes(storage));
    for (const std::uint64_t at : {0U, 2U, 4U}) {
        const auto nothing = sliced(*matrix, 1, at, at);
        REQUIRE(nothing);
        CHECK(listed(nothing->shape) == std::vector<std::uint64_t>{3, 0});
        CHECK(nothing->size == 0);
        CHECK(nothing->is_packed());
        CHECK(poured(nothing).empty());
        CHECK(poured(transposed(*nothing)).empty());
        CHECK(poured(sliced(*nothing, 0, 1, 2)).empty());
    }
}

TEST_CASE("any sequence of transposing and slicing does what index arithmetic says")
{
    support::dice dice(1);
    for (int run = 0; run < 3000; ++run) {
        std::vector<std::uint64_t> shape(dice.below(6));
        for (std::uint64_t& axis : shape)
            axis = 1 + dice.below(4);
        naive_tensor      tensor = naive_tensor::packed(shape);
        const dtype       type = one_of_each_width[static_cast<std::size_t>(run % 4)];
        const std::size_t width = element_size(type);
        const bool        swapped = dice.below(2) == 0;
        const std::size_t scalar = !swapped ? 1 : type == dtype::c64 ? 4 : width;
        const std::string storage = support::numbered_bytes(tensor.places().size() * width);
        auto              view = swapped ? stet::result<tensor_view>(swapped_view(type, shape, storage))
                                         : view_of(type, shape, as_bytes(storage));

        REQUIRE(poured(view) == tensor.bytes(storage, width, scalar));
        for (int step = 0; step < 5 && !shape.empty(); ++step) {
            const std::size_t first = dice.below(shape.size());
            if (dice.below(2) == 0) {
                const std::size_t second = dice.below(shape.size());
                tensor.transpose(first, second);
                view = transposed(*view, first, second);
            } else {
                const std::uint64_t end = dice.below(tensor.shape[first] + 1);
                const std::uint64_t begin = dice.below(8) == 0 ? end : dice.below(end + 1) / 2;
                tensor.slice(first, begin, end);
                view = sliced(*view, first, begin, end);
            }
            REQUIRE(view);
            REQUIRE(listed(view->shape) == tensor.shape);
            REQUIRE(poured(view) == tensor.bytes(storage, width, scalar));
        }
    }
}

TEST_CASE("a strided view can be transposed and sliced further")
{
    const std::string storage = support::numbered_bytes(200);
    naive_tensor      tensor{.shape = {3, 4, 2}, .strides = {-1, 0, 20}, .offset = 30};
    auto              view = strided_view(dtype::u16, tensor.shape, tensor.strides, as_bytes(storage), 30);

    tensor.transpose(0, 2);
    view = transposed(*view, 0, 2);
    CHECK(poured(view) == tensor.bytes(storage, 2));
    tensor.slice(2, 1, 3);
    view = sliced(*view, 2, 1, 3);
    CHECK(poured(view) == tensor.bytes(storage, 2));
}

TEST_CASE("an axis that is not there is refused")
{
    const std::string storage = "abcdef";
    const auto        matrix = view_of(dtype::u8, {2, 3}, as_bytes(storage));

    for (const auto& [first, second] :
         std::vector<std::pair<std::size_t, std::size_t>>{{0, 2}, {2, 0}, {2, 2}})
    {
        const auto refused = transposed(*matrix, first, second);
        CHECK(failure(refused) == "no_such_axis");
        CHECK(refused.error().expected == 2);
        CHECK(refused.error().actual == 2);
    }
    CHECK(failure(transposed(*view_of(dtype::u8, {6}, as_bytes(storage)))) == "no_such_axis");
    CHECK(failure(transposed(*view_of(dtype::u8, {}, as_bytes("a")))) == "no_such_axis");

    const auto refused = sliced(*matrix, 2, 0, 0);
    CHECK(failure(refused) == "no_such_axis");
    CHECK(refused.error().expected == 2);
    CHECK(refused.error().actual == 2);
}

TEST_CASE("a range that is not there is refused")
{
    const std::string storage = "abcdef";
    const auto        matrix = view_of(dtype::u8, {2, 3}, as_bytes(storage));

    const auto beyond = sliced(*matrix, 1, 1, 4);
    CHECK(failure(beyond) == "no_such_axis");
    CHECK(beyond.error().expected == 3);
    CHECK(beyond.error().actual == 4);

    CHECK(failure(sliced(*matrix, 1, 2, 1)) == "no_such_axis");
    CHECK(failure(sliced(*matrix, 1, 4, 4)) == "no_such_axis");
    CHECK(failure(sliced(*matrix, 1, UINT64_MAX, UINT64_MAX)) == "no_such_axis");
    CHECK(failure(sliced(*matrix, 1, 1, UINT64_MAX)) == "no_such_axis");
}

TEST_CASE("a tensor that pours itself cannot be rearranged")
{
    const tensor_view produced{.shape = {2, 3}, .size = 6, .pour = pour_nothing};
    CHECK(failure(transposed(produced)) == "not_in_memory");
    CHECK(failure(sliced(produced, 0, 0, 1)) == "not_in_memory");
}

TEST_CASE("4- and 6-bit elements cannot be rearranged")
{
    const auto packed = view_of(dtype::f4, {2, 2}, as_bytes("ab"));
    CHECK(failure(transposed(*packed)) == "sub_byte_strides");
    CHECK(failure(sliced(*packed, 1, 0, 1)) == "sub_byte_strides");
}

TEST_CASE("4- and 6-bit elements are cut where they lie in one run of whole bytes")
{
    const auto cut = [](dtype type, const stet::extents& shape, std::string_view data, std::size_t axis,
                        std::uint64_t begin, std::uint64_t end) {
        const auto whole = view_of(type, shape, as_bytes(data));
        REQUIRE(whole);
        const auto part = sliced(*whole, axis, begin, end);
        if (!part)
            return std::string(failure(part));
        CHECK(part->is_packed());
        CHECK(part->shape[axis] == end - begin);
        return support::as_text(part->packed());
    };
    CHECK(cut(dtype::f4, {2, 2}, "ab", 0, 0, 1) == "a");
    CHECK(cut(dtype::f4, {2, 2}, "ab", 0, 1, 2) == "b");
    CHECK(cut(dtype::f4, {1, 2, 2}, "ab", 1, 0, 1) == "a");
    CHECK(cut(dtype::f4, {1, 2, 2}, "ab", 2, 0, 2) == "ab");
    CHECK(cut(dtype::f4, {2, 2}, "ab", 1, 0, 2) == "ab");
    CHECK(cut(dtype::f4, {2, 2}, "ab", 1, 1, 1) == "sub_byte_strides");
    CHECK(cut(dtype::f4, {1, 2}, "a", 1, 0, 1) == "partial_byte");
    CHECK(cut(dtype::f4, {4, 3}, "abcdef", 0, 2, 4) == "def");
    CHECK(cut(dtype::f4, {4, 3}, "abcdef", 0, 1, 3) == "partial_byte");
    CHECK(cut(dtype::f6_e2m3, {12}, "abcdefghi", 0, 4, 8) == "def");
    CHECK(cut(dtype::f6_e3m2, {12}, "abcdefghi", 0, 2, 4) == "partial_byte");
    CHECK(cut(dtype::f4, {4, 2}, "abcd", 0, 4, 4).empty());
    CHECK(cut(dtype::f4, {3, 0}, "", 0, 1, 2).empty());
    CHECK(cut(dtype::f4, {2, 2}, "ab", 0, 0, 3) == "no_such_axis");
    const std::vector<int> nine_axes{1, 1, 1, 1, 1, 1, 1, 1, 2};
    CHECK(cut(dtype::f4, nine_axes, "a", 8, 0, 2) == "too_many_axes");
}

TEST_CASE("more than eight axes cannot be rearranged, packed or strided")
{
    const std::string      storage = support::numbered_bytes(8);
    const std::vector<int> shape{2, 1, 1, 2, 1, 1, 1, 1, 2};
    const std::vector<int> spacing{1, 1, 1, 2, 1, 1, 1, 1, 4};
    const auto             packed = view_of(dtype::u8, shape, as_bytes(storage));
    const auto             walked = strided_view(dtype::u8, shape, spacing, as_bytes(storage));
    REQUIRE_FALSE(walked->is_packed());

    for (const tensor_view& tensor : {*packed, *walked}) {
        const auto refused = transposed(tensor, 0, 8);
        CHECK(failure(refused) == "too_many_axes");
        CHECK(refused.error().expected == 8);
        CHECK(refused.error().actual == 9);
        CHECK(failure(sliced(tensor, 8, 0, 1)) == "too_many_axes");
    }
}

TEST_CASE("a tensor of no elements can be rearranged unless its shape could not be read back")
{
    constexpr std::uint64_t half = std::uint64_t{1} << 63U;
    const auto              empty = view_of(dtype::u8, {0, half, 2}, {});
    REQUIRE(empty);

    const auto turned = transposed(*empty, 1, 2);
    REQUIRE(turned);
    CHECK(listed(turned->shape) == std::vector<std::uint64_t>{0, 2, half});
    CHECK(turned->size == 0);
    CHECK(poured(turned).empty());

    const auto cut = sliced(*empty, 1, half - 1, half);
    REQUIRE(cut);
    CHECK(listed(cut->shape) == std::vector<std::uint64_t>{0, 1, 2});

    CHECK(failure(transposed(*empty, 0, 2)) == "tensor_size_overflow");
}
