// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/plan/make_plan.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

using stet::file_tensor;
using stet::found_tensor;

static_assert(stet::tensor_like<file_tensor> && stet::tensor_like<found_tensor>);

namespace {

constexpr std::array<float, 2>        values{1.5F, -2};
constexpr std::array<std::int32_t, 2> wide{3, 300};

file_tensor tensor_of(std::string_view name)
{
    return {*stet::view_of(values, {2}), name};
}

found_tensor missing()
{
    return stet::error{.code = stet::errc::no_such_tensor}.about("a.bias");
}

} // namespace

TEST_CASE("a tensor of a file becomes numbers, or an error that names it")
{
    const file_tensor        tensor = tensor_of("a.weight");
    const std::vector<float> own = *tensor.to<float>();
    CHECK(own == std::vector<float>{1.5F, -2});
    std::array<double, 2> given{};
    REQUIRE(tensor.to(std::span<double>(given)));
    CHECK(given == std::array<double, 2>{1.5, -2});
    const auto refused = tensor.to<int>();
    REQUIRE_FALSE(refused);
    CHECK(stet::message(refused.error()) ==
          "tensor 'a.weight': elements of dtype F32 are not read as I32; read the "
          "dtype's own type, or its bytes");
    std::array<std::int8_t, 2> small_numbers{};
    const file_tensor          large{*stet::view_of(wide, {2}), "count"};
    const auto                 unfit = large.to(std::span<std::int8_t>(small_numbers));
    REQUIRE_FALSE(unfit);
    CHECK(stet::message(unfit.error()) ==
          "tensor 'count': element 1 is 300, which I8 does not hold; read it as a wider type");
}

TEST_CASE("what is not found says so whatever it is asked for")
{
    const found_tensor none = missing();
    CHECK_FALSE(none);
    CHECK(stet::message(none.error()) == "the file has no tensor 'a.bias'");
    CHECK(support::failure(none.to<float>()) == "no_such_tensor");
    std::array<float, 1> given{};
    CHECK(support::failure(none.to(std::span<float>(given))) == "no_such_tensor");
    const found_tensor there = tensor_of("a.weight");
    REQUIRE(there);
    CHECK(there->name == "a.weight");
    const std::vector<float> numbers = *there.to<float>();
    CHECK(numbers.size() == 2);
    CHECK(support::failure(there.to(std::span<float>(given))) == "tensor_size_mismatch");
}

TEST_CASE("what was looked up is saved as it is, and what is missing is reported under its name")
{
    struct same_names {
        static stet::placed_name place(stet::role::model, std::string_view key) noexcept
        {
            return {.stem = key};
        }
    };
    const std::vector<std::pair<std::string_view, found_tensor>> dict{{"kept", tensor_of("a.weight")}};
    const auto plan = stet::make_plan(stet::model_only{.model = dict}, same_names{});
    REQUIRE(plan);
    CHECK(plan->records().size() == 1);
    const std::vector<std::pair<std::string_view, found_tensor>> without{{"lost", missing()}};
    const auto refused = stet::make_plan(stet::model_only{.model = without}, same_names{});
    REQUIRE_FALSE(refused);
    CHECK(stet::name(refused.error().code) == "no_such_tensor");
}
