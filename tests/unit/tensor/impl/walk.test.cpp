// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/naive_tensor.hpp"

#include <stet/tensor/impl/walk.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

using stet::extents;
using stet::strides;
using stet::detail::walk;

namespace {

using axis_list = std::vector<std::pair<std::uint64_t, std::ptrdiff_t>>;

axis_list axes_of(const walk& axes)
{
    axis_list list;
    for (const auto& axis : axes.axes())
        list.emplace_back(axis.size, axis.stride);
    return list;
}

} // namespace

TEST_CASE("a walk merges axes of which one continues the other, and leaves out those of one element")
{
    const walk channels_last({640, 640, 3, 3}, {5760, 1, 1920, 640}, 2);
    CHECK(axes_of(channels_last) == axis_list{{640, 11520}, {640, 2}, {9, 1280}});
    CHECK(channels_last.run() == 2);

    CHECK(axes_of(walk({2, 1, 3, 1}, {12, 99, 4, -7}, 4)) == axis_list{{6, 16}});
    CHECK(axes_of(walk({2, 3}, {-3, -1}, 1)) == axis_list{{6, -1}});
    CHECK(axes_of(walk({5, 7}, {0, 0}, 8)) == axis_list{{35, 0}});
    CHECK(axes_of(walk({}, {}, 8)).empty());
    CHECK(axes_of(walk({1, 1}, {5, 5}, 8)).empty());
}

TEST_CASE("elements that lie side by side are one run of a walk")
{
    const walk columns({100, 2, 8}, {64, 8, 1}, 4);
    CHECK(axes_of(columns) == axis_list{{100, 256}});
    CHECK(columns.run() == 64);

    const walk packed({4, 5}, {5, 1}, 2);
    CHECK(packed.rank() == 0);
    CHECK(packed.run() == 40);
    CHECK(walk({4}, {-1}, 2).run() == 2);
}

TEST_CASE("every place of a walk is visited once and in order")
{
    support::dice numbers(4);
    for (int run = 0; run < 500; ++run) {
        support::naive_tensor tensor;
        const auto            rank = numbers.below(6);
        for (std::uint64_t axis = 0; axis < rank; ++axis) {
            tensor.shape.push_back(1 + numbers.below(4));
            tensor.strides.push_back(numbers.between(-9, 9));
        }
        const walk                axes(tensor.shape, tensor.strides, 1);
        std::vector<std::int64_t> seen;
        stet::detail::each_place(axes.axes(), [&](std::ptrdiff_t offset, std::span<const std::uint64_t> at) {
            std::ptrdiff_t by_index = 0;
            for (std::size_t i = 0; i < at.size(); ++i)
                by_index += axes[i].stride * static_cast<std::ptrdiff_t>(at[i]);
            CHECK(by_index == offset);
            for (std::size_t i = 0; i < axes.run(); ++i)
                seen.push_back(offset + static_cast<std::ptrdiff_t>(i));
            return true;
        });
        REQUIRE(seen == tensor.places());
    }
}

TEST_CASE("a visit of places ends where it is told to")
{
    const walk  axes({3, 3}, {10, 2}, 1);
    std::size_t visits = 0;
    stet::detail::each_place(axes.axes(),
                             [&](std::ptrdiff_t, std::span<const std::uint64_t>) { return ++visits < 4; });
    CHECK(visits == 4);
}
