// SPDX-License-Identifier: MIT
#include "support/failure.hpp"

#include <stet/read_plans/impl/read_steps.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

using stet::detail::read_step;
using stet::detail::read_steps;
using stet::read_plans::make_read_plan;
using stet::read_plans::rules;
using stet::read_plans::wanted;

namespace {

/// Tensors of these sizes, ten bytes apart, and memory for each.
struct tensors {
    std::vector<std::uint64_t>          sizes;
    std::vector<std::vector<std::byte>> memory{};
    std::vector<wanted>                 all{};

    explicit tensors(std::vector<std::uint64_t> of) : sizes(std::move(of))
    {
        std::uint64_t at = 0;
        for (const std::uint64_t& size : sizes) {
            all.push_back({.name = "w",
                           .offset = at,
                           .shape = {&size, 1},
                           .to = memory.emplace_back(std::vector<std::byte>(size))});
            at += size + 10;
        }
    }

    std::uint64_t end() const { return all.back().offset + sizes.back(); }
};

std::vector<std::uint64_t> sizes_of(const read_steps& steps, std::size_t& direct)
{
    std::vector<std::uint64_t> sizes;
    for (std::size_t request = 0; request < steps.requests(); ++request) {
        for (std::size_t i = 0; i < steps.request(request).pieces;) {
            const read_step step = steps.next(steps.request(request), i);
            direct += step.is_direct ? 1U : 0U;
            sizes.push_back(step.size);
            i += step.pieces;
        }
    }
    return sizes;
}

} // namespace

TEST_CASE("a request is one read, unless its large pieces are to be read by themselves")
{
    const tensors given({100, 200, 5'000, 300});
    const auto    plan = make_read_plan(given.all, given.end());
    REQUIRE(plan);
    std::size_t direct = 0;
    CHECK(sizes_of(read_steps(*plan, given.all, 0), direct) == std::vector<std::uint64_t>{5'630});
    CHECK(direct == 0);
    CHECK(sizes_of(read_steps(*plan, given.all, 1'000), direct) ==
          std::vector<std::uint64_t>{310, 5'000, 300});
    CHECK(direct == 1);
    CHECK(*read_steps(*plan, given.all, 1'000).most_staged() == 310);
    CHECK(*read_steps(*plan, given.all, 0).most_staged() == 5'630);
    CHECK(*read_steps(*plan, given.all, 1).most_staged() == 0);
}

TEST_CASE("small pieces are read together up to a mebibyte")
{
    const tensors given(std::vector<std::uint64_t>(30, 100'000));
    const auto    plan = make_read_plan(given.all, given.end());
    REQUIRE(plan);
    std::size_t direct = 0;
    const auto  sizes = sizes_of(read_steps(*plan, given.all, 200'000), direct);
    CHECK(sizes == std::vector<std::uint64_t>(3, 1'000'090));
    CHECK(direct == 0);
}

TEST_CASE("aligned requests stay whole")
{
    const tensors given({100, 5'000, 300});
    const auto    plan = make_read_plan(given.all, given.end(), rules{.alignment = 512});
    REQUIRE(plan);
    std::size_t direct = 0;
    CHECK(sizes_of(read_steps(*plan, given.all, 1'000), direct) == std::vector<std::uint64_t>{5'420});
    CHECK(direct == 0);
}

TEST_CASE("what was read lands where it belongs")
{
    tensors    given({3, 4, 5});
    const auto plan = make_read_plan(given.all, given.end());
    REQUIRE(plan);
    const read_steps       steps(*plan, given.all, 0);
    std::vector<std::byte> file;
    for (int i = 0; i < 32; ++i)
        file.push_back(static_cast<std::byte>(i));
    steps.deliver(steps.next(steps.request(0), 0), file);
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t byte = 0; byte < given.sizes[i]; ++byte)
            CHECK(given.memory[i][byte] == static_cast<std::byte>(given.all[i].offset + byte));
    }
}

TEST_CASE("a destination that is too short, or missing, is an error before anything is read")
{
    tensors    given({100, 200});
    const auto plan = make_read_plan(given.all, given.end());
    REQUIRE(plan);
    CHECK(support::failure(read_steps(*plan, given.all, 0).most_staged()) == "none");
    given.all[1].to = given.all[1].to.first(199);
    const auto short_by_one = read_steps(*plan, given.all, 0).most_staged();
    CHECK(support::failure(short_by_one) == "tensor_size_mismatch");
    CHECK(short_by_one.error().expected == 200);
    CHECK(short_by_one.error().actual == 199);
    given.all.pop_back();
    CHECK(support::failure(read_steps(*plan, given.all, 0).most_staged()) == "tensor_size_mismatch");
}

TEST_CASE("an error is about the tensor that was read for, unless it says about what already")
{
    const tensors given({100});
    const auto    plan = make_read_plan(given.all, given.end());
    REQUIRE(plan);
    const read_steps steps(*plan, given.all, 0);
    const read_step  step = steps.next(steps.request(0), 0);
    CHECK(steps.about(step, {.code = stet::errc::io_failure}).subject() == "w");
    CHECK(steps.about(step, stet::error{.code = stet::errc::io_failure}.about("x")).subject() == "x");
}
