// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/short_memory.hpp"

#include <stet/read/read_header.hpp>
#include <stet/read_plans/read_plan.hpp>
#include <stet/save/save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using stet::read_plans::make_read_plan;
using stet::read_plans::rules;
using stet::read_plans::size_of;
using stet::read_plans::wanted;

namespace {

constexpr std::array<std::uint64_t, 1> hundred{100};
constexpr std::array<std::uint64_t, 2> matrix{64, 64};

wanted bytes_at(std::uint64_t offset, std::span<std::byte> to = {})
{
    return {.name = "w", .offset = offset, .shape = hundred, .to = to};
}

std::string_view outcome(const wanted& one, std::uint64_t file_size, const rules& under = {})
{
    const std::array<wanted, 1> all{one};
    const auto                  plan = make_read_plan(all, file_size, under);
    if (!plan && !plan.error().subject().empty() && plan.error().code != stet::errc::invalid_setting) {
        CHECK(plan.error().subject() == "w");
    }
    return support::failure(plan);
}

std::string refused_setting(const rules& under, std::uint64_t file_size = 1'000)
{
    const std::array<wanted, 1> all{bytes_at(0)};
    const auto                  plan = make_read_plan(all, file_size, under);
    CHECK(support::failure(plan) == "invalid_setting");
    return plan ? std::string() : std::string(plan.error().subject());
}

struct tensor {
    std::uint64_t offset;
    std::uint64_t size;
};

std::vector<wanted> wanted_all(const std::vector<tensor>& tensors)
{
    std::vector<wanted> all;
    for (const tensor& each : tensors)
        all.push_back({.name = "w", .offset = each.offset, .shape = {&each.size, 1}});
    return all;
}

} // namespace

TEST_CASE("the tensors of a file of which only the header is here are planned")
{
    const std::vector<float>                 values(6, 1.0F);
    std::map<std::string, stet::tensor_view> dict{{"a", *stet::view_of(values, {2, 3})},
                                                  {"b", *stet::view_of(values, {3, 2})},
                                                  {"c", *stet::view_of(values, {6})}};
    std::vector<std::byte>                   file;
    REQUIRE(stet::save(dict, stet::append_sink{file}));
    const auto header = stet::read_header(std::span(file).first(file.size() - 72), file.size());
    REQUIRE(header);

    std::vector<wanted> all{stet::read_plans::whole(*header, *header->find("a")),
                            stet::read_plans::whole(*header, *header->find("c"))};
    CHECK(all[0].name == "a");
    CHECK(*size_of(all[0]) == 24);
    const auto plan = make_read_plan(all, file.size(), {.max_gap = 23});
    REQUIRE(plan);
    REQUIRE(plan->requests().size() == 2);
    CHECK(plan->requests()[0].offset == header->data_begin());
    CHECK(plan->requests()[1].offset == header->data_begin() + 48);
    CHECK(make_read_plan(all, file.size(), {.max_gap = 24})->requests().size() == 1);
}

TEST_CASE("nothing wanted is nothing read")
{
    const auto plan = make_read_plan({}, 100);
    REQUIRE(plan);
    CHECK(plan->requests().empty());
    CHECK(plan->wanted_bytes() == 0);
    CHECK(plan->read_bytes() == 0);
    constexpr std::array<std::uint64_t, 1> zero{0};
    const std::array<wanted, 1>            empty{wanted{.offset = 100, .shape = zero}};
    CHECK(make_read_plan(empty, 100)->requests().empty());
}

TEST_CASE("a request that fits its one destination is read into it directly")
{
    alignas(64) std::array<std::byte, 200> memory{};
    const auto is_direct = [&](std::uint64_t offset, std::size_t at, const rules& under) {
        const std::array<wanted, 1> all{bytes_at(offset, std::span(memory).subspan(at, 100))};
        return make_read_plan(all, 1'000, under)->requests()[0].is_direct;
    };
    CHECK(is_direct(7, 0, {}));
    CHECK(is_direct(7, 3, {}));
    CHECK_FALSE(is_direct(7, 3, {.memory_alignment = 64}));
    CHECK(is_direct(7, 64, {.memory_alignment = 64}));
    CHECK_FALSE(is_direct(7, 0, {.alignment = 4})); // more is read than is wanted
    CHECK(is_direct(8, 0, {.alignment = 4}));
    CHECK(is_direct(900, 0, {.alignment = 300})); // up to the end of the file
    CHECK_FALSE(is_direct(600, 0, {.alignment = 300}));
    const std::array<wanted, 1> nowhere{bytes_at(7)};
    CHECK_FALSE(make_read_plan(nowhere, 1'000)->requests()[0].is_direct);
}

TEST_CASE("the last block ends with the file")
{
    const std::array<wanted, 1> all{bytes_at(905)};
    const auto                  plan = make_read_plan(all, 1'005, {.alignment = 512});
    REQUIRE(plan);
    REQUIRE(plan->requests().size() == 1);
    CHECK(plan->requests()[0].offset == 512);
    CHECK(plan->requests()[0].end() == 1'005);
    CHECK(plan->read_bytes() == 493);
}

TEST_CASE("what cannot be planned is refused")
{
    std::array<std::byte, 99> short_memory{};
    CHECK(outcome(bytes_at(900), 1'000) == "none");
    CHECK(outcome(bytes_at(901), 1'000) == "incomplete_data");
    CHECK(outcome(bytes_at(UINT64_MAX - 50), 1'000) == "incomplete_data");
    CHECK(outcome(bytes_at(0, short_memory), 1'000) == "tensor_size_mismatch");

    constexpr std::array<std::uint64_t, 1> huge{std::uint64_t{1} << 62U};
    CHECK(outcome({.name = "w", .shape = huge}, 1'000) == "tensor_size_overflow");
}

TEST_CASE("rules that cannot be are refused, each by its name")
{
    CHECK(refused_setting({.alignment = 0}) == "alignment");
    CHECK(refused_setting({.alignment = UINT64_MAX}) == "alignment");
    CHECK(refused_setting({.max_request = 5, .alignment = 4}) == "max_request");
    CHECK(refused_setting({.memory_alignment = 0}) == "memory_alignment");
    CHECK(refused_setting({.memory_alignment = 24}) == "memory_alignment");
    CHECK(refused_setting({}, std::uint64_t{1} << 61U) == "file_size");
}

TEST_CASE("a plan that would be too large is refused before it takes the time or the memory")
{
    // Columns of a matrix that a header of a few bytes can claim.
    constexpr std::array<std::uint64_t, 2> shape{std::uint64_t{1} << 40U, 16}, begin{0, 1},
        end{std::uint64_t{1} << 40U, 2};
    const std::uint64_t file_size = std::uint64_t{1} << 45U;
    const wanted        columns{.shape = shape, .begin = begin, .end = end};
    CHECK(outcome(columns, file_size) == "plan_too_large");
    // A tensor in more requests than anybody makes.
    const wanted whole{.shape = shape};
    CHECK(outcome(whole, file_size, {.max_request = 1}) == "plan_too_large");
    CHECK(outcome(whole, file_size, {.max_request = std::uint64_t{1} << 30U}) == "none");
    // The same bytes over and over, each time in many requests.
    const std::vector<wanted> often(1'000, whole);
    CHECK(support::failure(make_read_plan(often, file_size, {.max_request = std::uint64_t{1} << 30U})) ==
          "plan_too_large");
    const std::vector<wanted> many(11, bytes_at(0));
    CHECK(support::failure(make_read_plan(many, 1'000, {.most = 10})) == "plan_too_large");
    CHECK(support::failure(make_read_plan(many, 1'000, {.most = 11})) == "none");
}

TEST_CASE("the size of a box is that of its bytes")
{
    constexpr std::array<std::uint64_t, 2> begin{1, 60}, end{3, 64};
    CHECK(*size_of({.element_bits = 16, .shape = matrix, .begin = begin, .end = end}) == 16);
    CHECK(*size_of({.element_bits = 4, .shape = matrix}) == 2'048);
    CHECK(support::failure(size_of({.shape = matrix, .begin = end, .end = begin})) == "no_such_axis");
}

TEST_CASE("tensors wanted in any order are read in the order of the file, for 200 arrangements")
{
    support::dice dice(4);
    for (int round = 0; round < 200; ++round) {
        std::vector<tensor> tensors;
        for (std::uint64_t count = 1 + dice.below(40); count > 0; --count)
            tensors.push_back({.offset = dice.below(100'000), .size = dice.below(3'000)});
        const std::vector<wanted> all = wanted_all(tensors);
        const rules under{.max_gap = dice.below(2'000), .max_request = 512 * dice.below(8), .alignment = 512};
        const auto  plan = make_read_plan(all, 103'000, under);
        REQUIRE(plan);
        std::vector<std::uint64_t> covered(tensors.size(), 0);
        std::uint64_t              reached = 0;
        for (const auto& request : plan->requests()) {
            REQUIRE(request.offset >= reached);
            reached = request.end();
            std::uint64_t before = request.offset;
            for (const auto& piece : plan->pieces(request)) {
                REQUIRE(piece.offset >= before);
                before = piece.offset;
                REQUIRE(piece.offset + piece.size <= request.end());
                REQUIRE(piece.place ==
                        covered[piece.wanted]); // the pieces of one come in order, without a hole
                REQUIRE(piece.offset == tensors[piece.wanted].offset + piece.place);
                covered[piece.wanted] += piece.size;
            }
        }
        for (std::size_t i = 0; i < tensors.size(); ++i)
            REQUIRE(covered[i] == tensors[i].size);
    }
}

TEST_CASE("bytes wanted twice are read once and counted once")
{
    const std::vector<tensor> halves{{.offset = 10, .size = 100}, {.offset = 60, .size = 100}};
    const auto                overlapping = wanted_all(halves);
    CHECK(make_read_plan(overlapping, 200)->wanted_bytes() == 150);

    const std::vector<tensor> tensors{
        {.offset = 10, .size = 100}, {.offset = 50, .size = 10}, {.offset = 10, .size = 100}};
    const auto  all = wanted_all(tensors);
    const rules under{.max_request = 64};
    const auto  plan = make_read_plan(all, 200, under);
    REQUIRE(plan);
    CHECK(plan->wanted_bytes() == 100);
    CHECK(plan->read_bytes() == 100);
    REQUIRE(plan->requests().size() == 2);
    std::uint64_t delivered = 0;
    for (const auto& request : plan->requests()) {
        for (const auto& piece : plan->pieces(request))
            delivered += piece.size;
    }
    CHECK(delivered == 210);
}

TEST_CASE("a plan that has no memory gives all of it back")
{
    const std::vector<tensor> tensors{
        {.offset = 500, .size = 100}, {.offset = 150, .size = 10}, {.offset = 10, .size = 100}};
    const auto all = wanted_all(tensors);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              const rules under{.max_request = 64, .allocator = memory};
              return support::failure(make_read_plan(all, 1'000, under));
          }) > 4);
}
