// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"

#include <stet/split/split.hpp>
#include <stet/state/component.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>

namespace {

static_assert(stet::state_dict<stet::split_part>);

constexpr std::array<float, 2> values{1, 2};

} // namespace

TEST_CASE("a part has the present names of a dict, in order and in one piece")
{
    const auto          view = stet::view_of(values, {2});
    stet::detail::arena texts(stet::heap());
    stet::ordered_dict  dict(stet::heap());
    REQUIRE(view);
    REQUIRE(dict.set({.prefix = "b.", .stem = "w"}, *view));
    REQUIRE(dict.set({.stem = "gone"}, *view));
    REQUIRE(dict.set({.stem = "a"}, *view));
    CHECK(dict.remove({.stem = "gone"}));

    stet::split_part part(stet::heap());
    CHECK(part.empty());
    REQUIRE(part.assign(dict, texts));
    REQUIRE(part.size() == 2);
    CHECK(part[0].name == "b.w");
    CHECK(part[1].name == "a");
    CHECK(part.byte_size() == 16);
    const stet::tensor_view* const found = part.find("b.w");
    CHECK((found != nullptr && found->data == values.data()));
    CHECK(part.find("gone") == nullptr);
}

TEST_CASE("a part that finds no memory says so")
{
    const auto         view = stet::view_of(values, {2});
    stet::ordered_dict dict(stet::heap());
    REQUIRE(view);
    REQUIRE(dict.set({.prefix = "b.", .stem = "w"}, *view));
    for (const std::size_t allowed : {0U, 1U}) {
        support::counting_heap heap;
        heap.fail_from(allowed);
        stet::detail::arena texts(heap.allocator());
        stet::split_part    part(heap.allocator());
        const auto          assigned = part.assign(dict, texts);
        REQUIRE_FALSE(assigned);
        CHECK(assigned.error().code == stet::errc::out_of_memory);
    }
}
