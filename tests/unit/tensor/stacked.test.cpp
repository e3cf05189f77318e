// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/piece_sink.hpp"
#include "support/poured.hpp"

#include <stet/tensor/strided.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

using stet::dtype;
using stet::extents;
using stet::stacked;
using stet::tensor_view;
using stet::view_of;
using support::as_bytes;
using support::failure;
using support::piece_sink;
using support::poured;

namespace {

tensor_view view(dtype type, const extents& shape, std::string_view text)
{
    const auto made = view_of(type, shape, as_bytes(text));
    REQUIRE(made);
    return *made;
}

template <class Stack>
concept can_be_viewed = requires(Stack&& stack) { std::forward<Stack>(stack).view(); };

} // namespace

static_assert(can_be_viewed<stacked&> && can_be_viewed<const stacked&>);
static_assert(!can_be_viewed<stacked> && !can_be_viewed<const stacked>, "the view would borrow a temporary");

TEST_CASE("parts are written one after another as one tensor")
{
    const std::array parts{view(dtype::u8, {2, 3}, "abcdef"), view(dtype::u8, {0, 3}, ""),
                           view(dtype::u8, {1, 3}, "xyz")};
    const auto       stack = stacked::of(parts);

    REQUIRE(stack);
    const tensor_view whole = stack->view();
    CHECK(whole.type == dtype::u8);
    CHECK(whole.shape.size() == 2);
    CHECK(whole.shape[0] == 3);
    CHECK(whole.shape[1] == 3);
    CHECK(whole.size == 9);
    CHECK_FALSE(whole.is_packed());
    CHECK(poured(whole) == "abcdefxyz");
}

TEST_CASE("the parts are not copied")
{
    const std::string first = "abcd";
    const std::string second = "efgh";
    const std::array  parts{view(dtype::f16, {2}, first), view(dtype::f16, {2}, second)};
    const auto        stack = stacked::of(parts);

    piece_sink destination;
    REQUIRE(pour(stack->view(), destination));
    CHECK(destination.addresses == std::vector<const void*>{first.data(), second.data()});
}

TEST_CASE("a single part is stacked as it is")
{
    const std::array parts{view(dtype::f32, {1, 1, 2}, "abcdefgh")};
    const auto       stack = stacked::of(parts);
    REQUIRE(stack);
    CHECK(stack->view().shape.size() == 3);
    CHECK(poured(stack->view()) == "abcdefgh");
}

TEST_CASE("strided, produced and stacked tensors can be parts")
{
    const std::string matrix = "abcdef";
    const std::string text = "ghi";
    const auto        turned = transposed(view(dtype::u8, {2, 3}, matrix));
    const auto made = produced_view(dtype::u8, {1, 2}, text, [](const std::string& all, stet::sink_ref to) {
        return to.write(as_bytes(std::string_view(all).substr(1)));
    });
    REQUIRE(turned);
    REQUIRE(made);

    const std::array inner_parts{*made, view(dtype::u8, {1, 2}, "xy")};
    const auto       inner = stacked::of(inner_parts);
    REQUIRE(inner);

    const std::array outer_parts{*turned, inner->view(), *made};
    const auto       outer = stacked::of(outer_parts);
    REQUIRE(outer);
    CHECK(outer->view().shape[0] == 6);
    CHECK(poured(outer->view()) == "adbecf"
                                   "hixy"
                                   "hi");
}

TEST_CASE("4-bit parts that fill whole bytes can be stacked")
{
    const std::array parts{view(dtype::f4, {1, 2}, "a"), view(dtype::f4, {3, 2}, "bcd")};
    const auto       stack = stacked::of(parts);
    REQUIRE(stack);
    CHECK(poured(stack->view()) == "abcd");
}

TEST_CASE("nothing and scalars cannot be stacked")
{
    CHECK(failure(stacked::of({})) == "stack_of_scalars");

    const std::array scalars{view(dtype::u8, {}, "a")};
    CHECK(failure(stacked::of(scalars)) == "stack_of_scalars");

    const std::array late{view(dtype::u8, {1}, "a"), view(dtype::u8, {}, "b")};
    CHECK(failure(stacked::of(late)) == "stack_of_scalars");
}

TEST_CASE("parts of another dtype or trailing shape are refused by their index")
{
    const tensor_view good = view(dtype::u8, {2, 3}, "abcdef");
    for (const tensor_view& bad :
         {view(dtype::i8, {2, 3}, "abcdef"), view(dtype::u8, {2, 2}, "abcd"), view(dtype::u8, {6}, "abcdef"),
          view(dtype::u8, {2, 3, 1}, "abcdef"), view(dtype::u8, {3, 2}, "abcdef")})
    {
        const std::array parts{good, good, bad};
        const auto       refused = stacked::of(parts);
        CHECK(failure(refused) == "stack_mismatch");
        CHECK(refused.error().actual == 2);
    }
}

TEST_CASE("a stack too large is refused")
{
    constexpr std::uint64_t half = std::uint64_t{1} << 63U;
    const std::array        rows{view(dtype::u8, {half, 0}, ""), view(dtype::u8, {half, 0}, "")};
    CHECK(failure(stacked::of(rows)) == "tensor_size_overflow");

    const tensor_view large{.shape = {half / 4 - 1}, .size = half / 4 - 1};
    const std::array  bytes{large, large};
    CHECK(failure(stacked::of(bytes)) == "tensor_size_overflow");
}

TEST_CASE("parts of more than eight axes are refused")
{
    const std::vector<int> nine(9, 1);
    const std::vector<int> eight(8, 1);
    const std::array       too_many{view(dtype::u8, nine, "a")};
    const auto             refused = stacked::of(too_many);
    CHECK(failure(refused) == "too_many_axes");
    CHECK(refused.error().expected == 8);
    CHECK(refused.error().actual == 9);

    const std::array enough{view(dtype::u8, eight, "a"), view(dtype::u8, eight, "b")};
    CHECK(poured(stacked::of(enough)->view()) == "ab");
}

TEST_CASE("the failure of a part or of the sink comes out of the stack")
{
    const std::string text = "ab";
    const auto lying = produced_view(dtype::u8, {3}, text, [](const std::string& all, stet::sink_ref to) {
        return to.write(as_bytes(all));
    });
    const std::array with_liar{view(dtype::u8, {1}, "x"), *lying, view(dtype::u8, {1}, "y")};
    CHECK(poured(stacked::of(with_liar)->view()) == "failed: produced_size_mismatch");

    const std::array parts{view(dtype::u8, {1}, "x"), view(dtype::u8, {1}, "y")};
    const auto       stack = stacked::of(parts);
    for (const std::size_t fails_at : {0U, 1U}) {
        piece_sink        destination{.fails_at = fails_at, .recovers = true};
        const tensor_view whole = stack->view();
        CHECK(failure(whole.pour(whole, destination)) == "sink_refused");
        CHECK(destination.pieces.size() == fails_at);
    }
}

TEST_CASE("a stack cannot be transposed or sliced")
{
    const std::array parts{view(dtype::u8, {1, 2}, "ab")};
    const auto       stack = stacked::of(parts);
    CHECK(failure(transposed(stack->view())) == "not_in_memory");
    CHECK(failure(sliced(stack->view(), 0, 0, 1)) == "not_in_memory");
}
