// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"

#include <stet/read_plans/impl/box_runs.hpp>
#include <stet/read_plans/read_plan.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

using stet::detail::box_runs;
using stet::detail::runs_of;
using stet::read_plans::wanted;

namespace {

using indices = std::vector<std::uint64_t>;

/// The offsets of all bytes of a box, one by one, in the order of the box.
indices bytes_of(const wanted& one)
{
    const auto runs = runs_of(one);
    REQUIRE(runs);
    stet::detail::box_walk walk(stet::heap());
    REQUIRE(walk.begin(one, *runs));
    indices bytes;
    for (std::uint64_t i = 0; i < runs->count; ++i, walk.next()) {
        for (std::uint64_t byte = 0; byte < runs->size; ++byte)
            bytes.push_back(walk.offset() + byte);
    }
    return bytes;
}

/// The same, index by index, as a box is defined.
indices naive_bytes(const wanted& one)
{
    indices           bytes;
    const std::size_t rank = one.shape.size();
    indices           at(one.begin.begin(), one.begin.end());
    for (std::size_t i = 0; i < rank; ++i) {
        if (one.begin[i] == one.end[i])
            return bytes;
    }
    for (bool is_done = false; !is_done;) {
        std::uint64_t element = 0;
        for (std::size_t i = 0; i < rank; ++i)
            element = element * one.shape[i] + at[i];
        for (std::uint64_t byte = 0; byte < one.element_bits / 8; ++byte)
            bytes.push_back(one.offset + element * one.element_bits / 8 + byte);
        std::size_t axis = rank;
        is_done = true;
        while (axis-- > 0) {
            if (++at[axis] < one.end[axis]) {
                is_done = false;
                break;
            }
            at[axis] = one.begin[axis];
        }
    }
    return bytes;
}

} // namespace

TEST_CASE("a whole tensor is one run")
{
    const indices shape{3, 4};
    const auto    runs = runs_of({.offset = 100, .element_bits = 16, .shape = shape});
    REQUIRE(runs);
    CHECK(runs->first == 100);
    CHECK(runs->size == 24);
    CHECK(runs->count == 1);
    CHECK(runs_of({.offset = 5, .element_bits = 32})->size == 4); // a scalar
}

TEST_CASE("rows that follow each other are one run, parts of rows one each")
{
    const indices shape{5, 4}, begin{1, 0}, rows{3, 4}, columns_begin{1, 1}, columns{3, 3};
    const auto    two_rows = runs_of({.element_bits = 8, .shape = shape, .begin = begin, .end = rows});
    REQUIRE(two_rows);
    CHECK(two_rows->first == 4);
    CHECK(two_rows->size == 8);
    CHECK(two_rows->count == 1);
    const auto parts = runs_of({.element_bits = 8, .shape = shape, .begin = columns_begin, .end = columns});
    REQUIRE(parts);
    CHECK(parts->first == 5);
    CHECK(parts->size == 2);
    CHECK(parts->count == 2);
}

TEST_CASE("a box's bytes are those of its indices, for 3,000 boxes")
{
    support::dice dice(7);
    for (int round = 0; round < 3'000; ++round) {
        indices shape, begin, end;
        for (std::uint64_t rank = dice.below(5); rank > 0; --rank) {
            shape.push_back(1 + dice.below(5));
            begin.push_back(dice.below(shape.back() + 1));
            end.push_back(begin.back() + dice.below(shape.back() - begin.back() + 1));
        }
        const wanted one{.offset = dice.below(50),
                         .element_bits = 8U << dice.below(4),
                         .shape = shape,
                         .begin = begin,
                         .end = end};
        CAPTURE(round);
        REQUIRE(bytes_of(one) == naive_bytes(one));
    }
}

TEST_CASE("a box that the tensor does not have is refused")
{
    const indices shape{5, 4}, two{0, 0}, three{0, 0, 0}, beyond{5, 5}, whole{5, 4}, late{3, 2}, early{2, 4};
    const auto    outcome = [&](const indices& begin, const indices& end) {
        const auto runs = runs_of({.name = "w", .shape = shape, .begin = begin, .end = end});
        if (!runs) {
            CHECK(runs.error().subject() == "w");
        }
        return support::failure(runs);
    };
    CHECK(outcome(two, whole) == "none");
    CHECK(outcome(two, beyond) == "no_such_axis");
    CHECK(outcome(late, early) == "no_such_axis");
    CHECK(outcome(three, whole) == "no_such_axis");
    CHECK(outcome({}, whole) == "no_such_axis");
    CHECK(outcome(two, {}) == "no_such_axis");
}

TEST_CASE("4- and 6-bit elements are cut where a byte begins")
{
    const indices shape{2, 4}, from{0, 0}, row{1, 4}, half_begin{0, 2}, half{2, 4}, odd_begin{0, 1},
        all{2, 4};
    const indices odd_rows{3, 3}, second{1, 0}, third{2, 3};
    const auto    outcome = [](unsigned bits, const indices& of, const indices& begin, const indices& end) {
        return support::failure(runs_of({.element_bits = bits, .shape = of, .begin = begin, .end = end}));
    };
    CHECK(outcome(4, shape, from, row) == "none");
    CHECK(outcome(4, shape, half_begin, half) == "none");
    CHECK(outcome(4, shape, odd_begin, all) == "partial_byte");
    CHECK(outcome(6, shape, half_begin, half) == "partial_byte");
    CHECK(outcome(6, shape, second, all) == "none");
    CHECK(outcome(4, odd_rows, second, third) == "partial_byte");
}

TEST_CASE("an empty box has no run, whatever the other axes are")
{
    const indices shape{UINT64_MAX, 0, UINT64_MAX};
    const auto    runs = runs_of({.offset = 9, .shape = shape});
    REQUIRE(runs);
    CHECK(runs->count == 0);
    CHECK(runs->size * runs->count == 0);
}

TEST_CASE("elements without bits are refused")
{
    const indices shape{3, 2};
    CHECK(support::failure(runs_of({.element_bits = 0})) == "invalid_setting");
    const auto refused = runs_of({.element_bits = 0, .shape = shape});
    REQUIRE(support::failure(refused) == "invalid_setting");
    CHECK(refused.error().subject() == "element_bits");
}

TEST_CASE("a shape of 2^61 bytes or more is refused")
{
    const indices large{std::uint64_t{1} << 60U, 2}, largest{(std::uint64_t{1} << 60U), 1},
        huge{UINT64_MAX, UINT64_MAX};
    CHECK(support::failure(runs_of({.shape = large})) == "tensor_size_overflow");
    CHECK(support::failure(runs_of({.shape = huge})) == "tensor_size_overflow");
    CHECK(support::failure(runs_of({.shape = largest})) == "none");
}
