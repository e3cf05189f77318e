// SPDX-License-Identifier: MIT
#include <stet/vocabulary/result.hpp>

#include <catch2/catch_test_macros.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <version>

#ifdef __cpp_lib_expected
#include <expected>
#endif

#if !defined(_WIN32)
#include "support/child_process.hpp"
#endif

using stet::errc;
using stet::error;
using stet::result;

namespace {

constexpr error too_large{.code = errc::file_too_large, .expected = 3};

constexpr result<int> checked(int number)
{
    if (number > 100)
        return too_large;
    return number;
}

constexpr result<void> accepted(int number)
{
    if (number > 100)
        return too_large;
    return {};
}

/// The older relatives of std::expected: the same nested names, a tagged error.
template <class Error>
struct unexpected_like {
    explicit constexpr unexpected_like(Error e) : value(std::move(e)) {}
    Error value;
};

template <class Value, class Error>
struct expected_like {
    using value_type = Value;
    using error_type = Error;
    using unexpected_type = unexpected_like<Error>;

    constexpr expected_like(Value v) : value(std::move(v)) {}
    constexpr expected_like(unexpected_type u) : failed(u.value) {}

    constexpr bool         has_value() const { return value.has_value(); }
    constexpr const Value& operator*() const& { return *value; }
    constexpr Value&&      operator*() && { return *std::move(value); }
    constexpr const Error& error() const { return *failed; }

    std::optional<Value> value{};
    std::optional<Error> failed{};
};

template <class Error>
struct expected_like<void, Error> {
    using value_type = void;
    using error_type = Error;
    using unexpected_type = unexpected_like<Error>;

    constexpr expected_like() = default;
    constexpr expected_like(unexpected_type u) : failed(u.value) {}

    constexpr bool         has_value() const { return !failed; }
    constexpr const Error& error() const { return *failed; }

    std::optional<Error> failed{};
};

} // namespace

static_assert(checked(4) && *checked(4) == 4);
static_assert(!checked(400) && checked(400).error().code == errc::file_too_large);
static_assert(accepted(4) && !accepted(400));
static_assert(accepted(400).error().expected == 3);
static_assert(*checked(4).and_then([](int number) { return checked(number * 10); }) == 40);
static_assert(!checked(40).and_then([](int number) { return checked(number * 10); }));
static_assert(!accepted(400).and_then([] { return accepted(4); }));
static_assert(checked(4).has_value() && !checked(400).has_value());
static_assert(accepted(4).has_value() && !accepted(400).has_value());
static_assert(checked(4).value_or(7) == 4 && checked(400).value_or(7) == 7);

static_assert(std::same_as<result<int>::value_type, int> && std::same_as<result<void>::value_type, void>);
static_assert(!std::is_default_constructible_v<result<int>>, "neither a value nor an error");
static_assert(std::is_default_constructible_v<result<void>>);
static_assert(!std::is_convertible_v<result<int>, bool> && !std::is_convertible_v<result<void>, bool>);
static_assert(std::is_trivially_copyable_v<result<void>>);
static_assert(std::is_trivially_copyable_v<result<int>>);

// A value goes only where a value of its very type is expected, and an error only where an error is.
static_assert(std::convertible_to<result<int>, expected_like<int, error>>);
static_assert(!std::convertible_to<result<int>, expected_like<long, error>>);
static_assert(!std::convertible_to<result<int>, expected_like<int, errc>>);
static_assert(!std::convertible_to<result<int>, expected_like<void, error>>);
static_assert(std::convertible_to<result<void>, expected_like<void, error>>);
static_assert(!std::convertible_to<result<void>, expected_like<int, error>>);
static_assert(std::convertible_to<result<int>&, expected_like<int, error>>);
static_assert(std::convertible_to<const result<int>&, expected_like<int, error>>);
static_assert(std::convertible_to<const result<void>&, expected_like<void, error>>);
static_assert(!std::convertible_to<result<std::unique_ptr<int>>&, expected_like<std::unique_ptr<int>, error>>,
              "a result that stays is not emptied");
static_assert(std::convertible_to<result<std::unique_ptr<int>>, expected_like<std::unique_ptr<int>, error>>);

// And back.
static_assert(std::convertible_to<expected_like<int, error>, result<int>>);
static_assert(std::convertible_to<const expected_like<int, error>&, result<int>>);
static_assert(!std::convertible_to<expected_like<long, error>, result<int>>);
static_assert(!std::convertible_to<expected_like<int, errc>, result<int>>);
static_assert(std::convertible_to<expected_like<void, error>, result<void>>);
static_assert(!std::convertible_to<expected_like<int, error>, result<void>>);
static_assert(
    !std::convertible_to<expected_like<std::unique_ptr<int>, error>&, result<std::unique_ptr<int>>>);
static_assert(std::convertible_to<expected_like<std::unique_ptr<int>, error>, result<std::unique_ptr<int>>>);
static_assert(!std::convertible_to<result<int>, int>);

TEST_CASE("a result holds the value or the error it was made from")
{
    const result<std::string> value = std::string("text");
    REQUIRE(value);
    CHECK(*value == "text");
    CHECK(value->size() == 4);

    const result<std::string> failed = error{.code = errc::disk_full, .os_code = 28}.about("file");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::disk_full);
    CHECK(failed.error().os_code == 28);
    CHECK(failed.error().subject() == "file");
}

TEST_CASE("the value of a result can be changed and moved out")
{
    result<std::string> value = std::string("a text too long for a short string");
    *value += "!";
    value->push_back('?');
    const std::string taken = *std::move(value);
    CHECK(taken == "a text too long for a short string!?");

    result<std::unique_ptr<int>> owner = std::make_unique<int>(5);
    const std::unique_ptr<int>   alone = *std::move(owner);
    CHECK(*alone == 5);
}

TEST_CASE("a result of no value is a success unless made from an error")
{
    const result<void> fine;
    CHECK(fine);

    const result<void> failed = error{.code = errc::io_failure};
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::io_failure);
}

TEST_CASE("and_then hands the value on and stops at the first error")
{
    int        calls = 0;
    const auto halved = [&](int number) -> result<int> {
        ++calls;
        if (number % 2 != 0)
            return error{.code = errc::partial_byte, .actual = static_cast<unsigned>(number)};
        return number / 2;
    };

    const auto one = checked(4).and_then(halved).and_then(halved);
    REQUIRE(one);
    CHECK(*one == 1);
    CHECK(calls == 2);

    const auto failed = checked(6).and_then(halved).and_then(halved).and_then(halved);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().actual == 3);
    CHECK(calls == 4);
}

TEST_CASE("and_then goes from a value to none and back")
{
    int  seen = 0;
    auto kept = checked(7).and_then([&](int number) -> result<void> {
        seen = number;
        return {};
    });
    CHECK(kept);
    CHECK(seen == 7);

    const auto again =
        std::move(kept).and_then([&]() -> result<std::string> { return std::to_string(seen); });
    REQUIRE(again);
    CHECK(*again == "7");

    const auto not_called = accepted(400).and_then([&]() -> result<int> {
        seen = 0;
        return 1;
    });
    REQUIRE_FALSE(not_called);
    CHECK(not_called.error().code == errc::file_too_large);
    CHECK(seen == 7);
}

TEST_CASE("and_then hands on what can only be moved")
{
    const auto length = result<std::unique_ptr<std::string>>(std::make_unique<std::string>("abc"))
                            .and_then([](std::unique_ptr<std::string>&& text) -> result<std::size_t> {
                                const std::unique_ptr<std::string> owned = std::move(text);
                                return owned->size();
                            });
    REQUIRE(length);
    CHECK(*length == 3);
}

TEST_CASE("a result becomes an expected of the same kind")
{
    const expected_like<int, error> value = checked(4);
    CHECK(value.value == 4);
    CHECK_FALSE(value.failed);

    const expected_like<int, error> failed = checked(400);
    CHECK_FALSE(failed.value);
    REQUIRE(failed.failed);
    CHECK(failed.failed->code == errc::file_too_large);

    const expected_like<void, error> nothing = accepted(4);
    CHECK_FALSE(nothing.failed);

    const expected_like<void, error> refused = accepted(400);
    REQUIRE(refused.failed);
    CHECK(refused.failed->expected == 3);
}

TEST_CASE("a result that stays becomes an expected and keeps what it holds")
{
    result<std::string>       text = std::string(100, 'x');
    const result<std::string> same = text;
    using outcome = expected_like<std::string, error>;

    const outcome of_changeable = text;
    CHECK(of_changeable.value == std::string(100, 'x'));
    CHECK(*text == std::string(100, 'x'));
    const outcome of_constant = same;
    CHECK(of_constant.value == std::string(100, 'x'));
    const outcome of_temporary = std::move(text);
    CHECK(of_temporary.value == std::string(100, 'x'));

    const result<std::string> failed = too_large;
    const outcome             of_failed = failed;
    REQUIRE(of_failed.failed);
    CHECK(of_failed.failed->code == errc::file_too_large);
}

TEST_CASE("an expected becomes a result of the same kind")
{
    using outcome = expected_like<std::string, error>;
    outcome             given = std::string(100, 'x');
    result<std::string> copied = given;
    CHECK(*copied == std::string(100, 'x'));
    CHECK(given.value == std::string(100, 'x'));
    copied = std::move(given);
    CHECK(*copied == std::string(100, 'x'));

    const outcome             failed = unexpected_like<error>(too_large);
    const result<std::string> refused = failed;
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::file_too_large);

    const result<void> fine = expected_like<void, error>();
    CHECK(fine);
    const result<void> bad = expected_like<void, error>(unexpected_like<error>(too_large));
    REQUIRE_FALSE(bad);
    CHECK(bad.error().expected == 3);
}

#ifdef __cpp_lib_expected
TEST_CASE("a result becomes a std::expected and comes back as it was")
{
    const std::expected<int, error> value = checked(4);
    REQUIRE(value);
    CHECK(*value == 4);
    const result<int> back = value;
    REQUIRE(back);
    CHECK(*back == 4);

    const std::expected<int, error> failed = checked(400);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == errc::file_too_large);
    const result<int> still_failed = failed;
    REQUIRE_FALSE(still_failed);
    CHECK(still_failed.error().code == errc::file_too_large);

    const std::expected<void, error> nothing = accepted(4);
    CHECK(nothing.has_value());
    CHECK(result<void>(nothing));

    const std::expected<void, error> refused = accepted(400);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().expected == 3);
    CHECK(result<void>(refused).error().expected == 3);

    const result<int>                          stays = 5;
    const std::expected<int, error>            of_constant = stays;
    std::expected<std::unique_ptr<int>, error> owner = result<std::unique_ptr<int>>(std::make_unique<int>(6));
    const result<std::unique_ptr<int>>         owned = std::move(owner);
    CHECK(*of_constant == 5);
    CHECK(**owned == 6);
    CHECK(result<int>(std::expected<int, error>(std::unexpect, too_large)).error().code ==
          errc::file_too_large);
    const auto chained =
        checked(5).and_then([](int number) -> result<int> { return std::expected<int, error>(number + 1); });
    CHECK(*chained == 6);
}
#endif

TEST_CASE("another value stands in for a failed result only")
{
    const result<std::string> text = std::string("text");
    const result<std::string> failed = too_large;
    CHECK(text.value_or("other") == "text");
    CHECK(failed.value_or("other") == "other");
    CHECK(result<std::string>(too_large).value_or(std::string("other")) == "other");

    CHECK(*result<std::unique_ptr<int>>(std::make_unique<int>(3)).value_or(nullptr) == 3);
    CHECK(result<std::unique_ptr<int>>(too_large).value_or(nullptr) == nullptr);
}

TEST_CASE("and_then leaves a result that stays with what it holds")
{
    result<std::string>       text = std::string(100, 'x');
    const result<std::string> same = text;
    const auto                longer = [](std::string& value) -> result<std::size_t> {
        value += 'y';
        return value.size();
    };
    const auto size = [](const std::string& value) -> result<std::size_t> { return value.size(); };
    CHECK(*text.and_then(longer) == 101);
    CHECK(*text == std::string(100, 'x') + 'y');
    CHECK(*same.and_then(size) == 100);
    CHECK(*same == std::string(100, 'x'));
    CHECK(*std::move(text).and_then([](std::string&& value) -> result<std::string> {
        return std::move(value) + 'z';
    }) == std::string(100, 'x') + "yz");

    result<std::string> failed = too_large;
    CHECK(failed.and_then(longer).error().code == errc::file_too_large);
    CHECK(std::as_const(failed).and_then(size).error().code == errc::file_too_large);

    const result<void> fine;
    CHECK(*fine.and_then([]() -> result<int> { return 3; }) == 3);
}

#if !defined(_WIN32)
TEST_CASE("a program that takes the value of a failure, or the error of a success, does not go on")
{
    const result<int>         value = 3;
    const result<int>         failed = too_large;
    const result<std::string> no_text = too_large;
    const result<void>        fine;
    volatile int              seen = 0;
    CHECK(support::goes_on([&] { seen = *value; }));
    CHECK_FALSE(support::goes_on([&] { seen = *failed; }));
    CHECK_FALSE(support::goes_on([&] { seen = *result<int>(failed); }));
    CHECK_FALSE(support::goes_on([&] { seen = no_text->empty() ? 1 : 0; }));
    CHECK_FALSE(support::goes_on([&] { seen = value.error().os_code; }));
    CHECK_FALSE(support::goes_on([&] { seen = fine.error().os_code; }));
}
#endif

TEST_CASE("a result of a value with a lifetime of its own is copied, moved and assigned as one")
{
    const std::string         long_text(100, 'x');
    const result<std::string> text = long_text;
    const result<std::string> failed = too_large;

    result<std::string> changing = text;
    CHECK(*changing == long_text);
    changing = failed;
    CHECK_FALSE(changing);
    CHECK(changing.error().code == errc::file_too_large);
    changing = text;
    result<std::string>& itself = changing; // a second name: compilers know what the first would mean
    changing = std::move(itself);
    CHECK(*changing == long_text);
    changing = std::as_const(itself);
    CHECK(*changing == long_text);
    const result<std::string> moved = std::move(changing);
    CHECK(*moved == long_text);
    changing = result<std::string>(too_large);
    CHECK(changing.error().expected == 3);
}

TEST_CASE("a value's destructor runs once, whatever becomes of its result")
{
    const auto counted = std::make_shared<int>(7);
    {
        result<std::shared_ptr<int>> first = counted;
        result<std::shared_ptr<int>> second = first;
        CHECK(counted.use_count() == 3);
        first = too_large;
        CHECK(counted.use_count() == 2);
        first = std::move(second);
        CHECK(counted.use_count() == 2);
        second = first;
        CHECK(counted.use_count() == 3);
    }
    CHECK(counted.use_count() == 1);
}

static_assert(!std::is_copy_constructible_v<result<std::unique_ptr<int>>>);
static_assert(!std::is_copy_assignable_v<result<std::unique_ptr<int>>>);
static_assert(std::is_move_constructible_v<result<std::unique_ptr<int>>>);
static_assert(std::is_trivially_copyable_v<result<int>>);
static_assert(sizeof(result<int>) <= sizeof(error) + alignof(error), "the one or the other, not both");
static_assert(!std::is_default_constructible_v<result<int>>, "a result says how it came out");
