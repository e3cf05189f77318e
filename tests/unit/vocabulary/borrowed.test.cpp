// SPDX-License-Identifier: MIT
#include <stet/vocabulary/borrowed.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <span>
#include <type_traits>
#include <vector>

namespace {

using numbers = stet::array_view<const int>;

static_assert(std::is_trivially_copyable_v<numbers> && sizeof(numbers) == sizeof(std::span<const int>));
static_assert(std::is_convertible_v<numbers, std::span<const int>>);
static_assert(std::is_convertible_v<stet::array_view<int>, numbers>);
static_assert(!std::is_convertible_v<numbers, stet::array_view<int>>);
static_assert(std::is_convertible_v<const std::vector<int>&, numbers>);
static_assert(!std::is_convertible_v<const std::vector<int>&, stet::array_view<int>>);
static_assert(!std::is_convertible_v<std::vector<int>, numbers>, "a temporary would not live long enough");

} // namespace

TEST_CASE("a view shows an array and its parts without copying it")
{
    const std::array<int, 4> array{1, 2, 3, 4};
    const numbers            all = array;

    CHECK(all.size() == 4);
    CHECK_FALSE(all.empty());
    CHECK(all.data() == array.data());
    CHECK(all.end() - all.begin() == 4);
    CHECK(&all[2] == &array[2]);
    CHECK(&all.back() == &array[3]);
    CHECK(all.first(2).data() == array.data());
    CHECK(all.first(2).size() == 2);
    CHECK(all.subspan(1).data() == array.data() + 1);
    CHECK(all.subspan(1).size() == 3);
    CHECK(all.subspan(1, 2).data() == array.data() + 1);
    CHECK(all.subspan(1, 2).size() == 2);
    CHECK(numbers().empty());
}

TEST_CASE("a view of what can be changed changes it, and is a std::span where one is wanted")
{
    std::array<int, 3>          array{1, 2, 3};
    const stet::array_view<int> all = array;

    all[1] = 7;
    const numbers              read = all;
    const std::span<const int> standard = read;

    CHECK(array[1] == 7);
    CHECK(read.data() == array.data());
    CHECK(standard.data() == array.data());
    CHECK(standard.size() == 3);
}
