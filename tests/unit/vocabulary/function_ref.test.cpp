// SPDX-License-Identifier: MIT
#include <stet/vocabulary/borrowed.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

using stet::function_ref;

namespace {

int doubled(int number) noexcept
{
    return number * 2;
}

struct counter {
    int  count = 0;
    int  operator()(int step) { return count += step; }
    int  operator()(int step) const { return -step; }
    char member = 'm';
};

constexpr int applied_to_four(function_ref<int(int)> function)
{
    return function(4);
}

template <class From>
constexpr bool makes_int_of_int = std::is_convertible_v<From, function_ref<int(int)>>;

} // namespace

static_assert(sizeof(function_ref<int(int)>) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<function_ref<int(int)>>);
static_assert(!function_ref<int(int)>());
static_assert(makes_int_of_int<counter&> && makes_int_of_int<const counter&> &&
              makes_int_of_int<int (*)(int)>);
static_assert(makes_int_of_int<short (&)(long)> == false,
              "a function of another type cannot be called through this one");
static_assert(!makes_int_of_int<std::string&>);
static_assert(!makes_int_of_int<int (*)(std::string)>);
static_assert(!std::is_convertible_v<char counter::*, function_ref<char(const counter&)>>,
              "called with other words");
static_assert(!std::is_convertible_v<function_ref<int(int)>, function_ref<long(int)>>,
              "would borrow a temporary");

TEST_CASE("a function_ref made from nothing or from a null function is empty")
{
    CHECK_FALSE(function_ref<int(int)>());
    CHECK_FALSE(function_ref<int(int)>(static_cast<int (*)(int)>(nullptr)));
    CHECK_FALSE(function_ref<int(int)>(nullptr));
    CHECK(function_ref<int(int)>(doubled));
    CHECK(function_ref<int(int)>(&doubled));
}

TEST_CASE("a function_ref calls the function, the lambda or the object it was made from")
{
    counter object;

    CHECK(applied_to_four(doubled) == 8);
    CHECK(applied_to_four(&doubled) == 8);
    CHECK(applied_to_four([](int number) { return number - 1; }) == 3);
    CHECK(applied_to_four(object) == 4);
    CHECK(applied_to_four(object) == 8);
    CHECK(object.count == 8);
}

TEST_CASE("the constness of the object is kept")
{
    const counter constant;
    CHECK(applied_to_four(constant) == -4);
    CHECK(applied_to_four(std::as_const(constant)) == -4);
    CHECK(constant.count == 0);
}

TEST_CASE("a copy refers to the same object, not to the first reference")
{
    int                  calls = 0;
    auto                 count = [&] { ++calls; };
    function_ref<void()> copy;
    {
        const function_ref<void()> first = count;
        copy = first;
    }
    copy();
    copy();
    CHECK(calls == 2);
}

TEST_CASE("references and what can only be moved pass through")
{
    std::string text = "a";
    const auto  append = [](std::string& to) -> std::string& { return to += "b"; };
    const function_ref<std::string&(std::string&)> appending = append;
    CHECK(&appending(text) == &text);
    CHECK(text == "ab");

    const auto                                    taken = [](std::unique_ptr<int> number) { return *number; };
    const function_ref<int(std::unique_ptr<int>)> taking = taken;
    CHECK(taking(std::make_unique<int>(6)) == 6);
}

TEST_CASE("a result may be converted or left aside")
{
    const auto                 number = [] { return 7; };
    const function_ref<long()> wider = number;
    CHECK(wider() == 7L);

    int                        calls = 0;
    const auto                 count = [&] { return ++calls; };
    const function_ref<void()> without_result = count;
    without_result();
    CHECK(calls == 1);
}
