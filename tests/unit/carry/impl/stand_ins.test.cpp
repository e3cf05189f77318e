// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"

#include <stet/carry/impl/stand_ins.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>

using stet::detail::stand_ins;

TEST_CASE("a stand-in is known again, by itself and by its first row, whatever became of its axes")
{
    stand_ins tensors(stet::heap());
    REQUIRE(tensors.make(3));
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(tensors[i].soundness());
        CHECK(tensors.which(tensors[i]) == i);
        const auto first = stet::sliced(tensors[i], 0, 0, 1);
        const auto second = stet::sliced(tensors[i], 0, 1, 2);
        const auto turned = stet::transposed(tensors[i], 0, 1);
        REQUIRE((first && second && turned));
        CHECK(tensors.which(*first) == i);
        CHECK(tensors.which(*second) == stand_ins::none);
        CHECK(tensors.which(*turned) == i);
    }
}

TEST_CASE("no other tensor is one of them")
{
    stand_ins tensors(stet::heap());
    REQUIRE(tensors.make(1));
    stand_ins others(stet::heap());
    REQUIRE(others.make(1));
    CHECK(tensors.which(others[0]) == stand_ins::none);
    CHECK(tensors.which({}) == stand_ins::none);
    stand_ins nothing(stet::heap());
    CHECK(nothing.which({}) == stand_ins::none);
}

TEST_CASE("without memory there are none")
{
    support::counting_heap heap;
    heap.fail_from(0);
    stand_ins tensors(heap.allocator());
    CHECK_FALSE(tensors.make(4));
}
