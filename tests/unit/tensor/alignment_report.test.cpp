// SPDX-License-Identifier: MIT
#include <stet/tensor/sizes.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

static_assert(std::is_trivially_copyable_v<stet::alignment_report>);

TEST_CASE("a tensor counts for every alignment its position is a multiple of")
{
    stet::alignment_report report;
    report.add(4096, 1000);
    report.add(4096 + 256, 100);
    report.add(4096 + 64, 10);
    report.add(4096 + 8, 1);
    report.add(8192, 0);

    CHECK(report.all.tensors == 5);
    CHECK(report.all.bytes == 1111);
    CHECK(report.to_64.tensors == 4);
    CHECK(report.to_64.bytes == 1110);
    CHECK(report.to_256.tensors == 3);
    CHECK(report.to_256.bytes == 1100);
    CHECK(report.to_4096.tensors == 2);
    CHECK(report.to_4096.bytes == 1000);
}
