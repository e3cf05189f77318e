// SPDX-License-Identifier: MIT
#include "support/counting_heap.hpp"
#include "support/poured.hpp"

#include <stet/plan/impl/plan_builder.hpp>
#include <stet/plan/plan.hpp>
#include <stet/tensor/strided.hpp>
#include <stet/tensor/views.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

static_assert(stet::detail::max_components == 8);
static_assert(std::is_nothrow_move_constructible_v<stet::plan> && !std::is_copy_constructible_v<stet::plan>);
static_assert(std::is_trivially_copyable_v<stet::component_reports>);

constexpr stet::component_reports two_reports()
{
    stet::component_reports reports;
    reports.add("model").tensors = 3;
    reports.add("vae");
    reports.last().left_out = 1;
    return reports;
}
static_assert(stet::component_reports().size() == 0);
static_assert(two_reports().size() == 2 && two_reports()[0].role == "model" &&
              two_reports()[0].tensors == 3 && two_reports()[0].left_out == 0 &&
              two_reports()[1].role == "vae" && two_reports()[1].left_out == 1 &&
              two_reports()[1].bytes == 0);

/// The plan of one component that holds these tensors.
stet::plan planned(const std::vector<std::pair<std::string_view, stet::result<stet::tensor_view>>>& tensors,
                   const stet::allocator& memory = stet::heap())
{
    stet::detail::plan_builder builder(memory);
    builder.begin_component("model");
    for (const auto& [name, tensor] : tensors)
        CHECK(builder.add({.prefix = "m.", .stem = name}, tensor));
    auto made = std::move(builder).finish(stet::reference_order);
    REQUIRE(made);
    return *std::move(made);
}

std::vector<std::uint64_t> shape_of(const stet::plan& plan, const stet::record& record)
{
    const auto shape = plan.shape(record);
    return {shape.begin(), shape.end()};
}

} // namespace

TEST_CASE("component reports are iterated in the order they were added")
{
    const stet::component_reports reports = two_reports();
    std::string                   roles;
    for (const stet::component_report& report : reports)
        roles += std::string(report.role) + ";";

    CHECK(roles == "model;vae;");
}

TEST_CASE("an empty plan has no data")
{
    const stet::plan plan = planned({});

    CHECK(plan.records().empty());
    CHECK(plan.data_size() == 0);
    CHECK(plan.members_size() == 0);
    CHECK(plan.data_alignment() == 8);
}

TEST_CASE("a plan tells each record's shape")
{
    const std::vector<std::uint8_t> bytes(24);
    const std::array<int, 10>       ten_axes{1, 2, 1, 3, 1, 1, 1, 1, 4, 1};
    const auto                      scalar = stet::view_of(stet::dtype::u8, {}, bytes.data(), 1);
    const auto                      nothing = stet::view_of(stet::dtype::u8, {0, 5}, bytes.data(), 0);
    const stet::plan                plan = planned({{"a", stet::view_of(bytes, {2, 3, 4})},
                                                    {"b", stet::view_of(bytes, ten_axes)},
                                                    {"c", scalar},
                                                    {"d", nothing}});

    REQUIRE(plan.records().size() == 4);
    CHECK(shape_of(plan, plan.records()[0]) == std::vector<std::uint64_t>{2, 3, 4});
    CHECK(shape_of(plan, plan.records()[1]) == std::vector<std::uint64_t>{1, 2, 1, 3, 1, 1, 1, 1, 4, 1});
    CHECK(shape_of(plan, plan.records()[2]).empty());
    CHECK(shape_of(plan, plan.records()[3]) == std::vector<std::uint64_t>{0, 5});
    CHECK(plan.data_size() == 24 + 24 + 1);
}

TEST_CASE("a plan gives each tensor back as it was given")
{
    const std::array<std::uint8_t, 6> bytes{1, 2, 3, 4, 5, 6};
    const auto write_end = [](const std::array<std::uint8_t, 6>& from, stet::sink_ref out) {
        return out.write(std::as_bytes(std::span(from).subspan(4)));
    };
    const auto       produced = stet::produced_view(stet::dtype::u8, {2}, bytes, write_end);
    const stet::plan plan = planned({{"packed", stet::view_of(bytes, {2, 3})},
                                     {"produced", produced},
                                     {"transposed", stet::strided_view(bytes, {3, 2}, {1, 3})},
                                     {"walked back", stet::strided_view(bytes, {6}, {-1}, 5)}});

    REQUIRE(plan.records().size() == 4);
    const auto tensor = [&](std::size_t i) { return plan.tensor(plan.records()[i]); };
    CHECK(tensor(0).data == bytes.data());
    CHECK(tensor(0).is_packed());
    CHECK(tensor(0).type == stet::dtype::u8);
    CHECK(tensor(0).size == 6);
    CHECK(support::poured(tensor(0)) == "\1\2\3\4\5\6");
    CHECK(tensor(1).pour == produced->pour);
    CHECK(support::poured(tensor(1)) == "\5\6");
    CHECK(tensor(2).strides.size() == 2);
    CHECK(support::poured(tensor(2)) == "\1\4\2\5\3\6");
    CHECK(tensor(3).strides[0] == -1);
    CHECK(support::poured(tensor(3)) == "\6\5\4\3\2\1");
}

TEST_CASE("a plan keeps shape and strides of more than eight axes")
{
    const std::array<std::uint8_t, 6> bytes{1, 2, 3, 4, 5, 6};
    const std::vector<stet::plan>     plans = [&] {
        std::array<int, 9>      shape{3, 1, 1, 1, 1, 1, 1, 1, 2};
        std::array<long, 9>     spacing{1, 0, 0, 0, 0, 0, 0, 0, 3};
        std::vector<stet::plan> made;
        made.push_back(planned({{"deep", stet::strided_view(bytes, shape, spacing)}}));
        shape.fill(0); // only the plan's own copy is left
        spacing.fill(0);
        return made;
    }();
    const stet::tensor_view tensor = plans[0].tensor(plans[0].records()[0]);

    REQUIRE(tensor.shape.size() == 9);
    CHECK(tensor.shape[0] == 3);
    CHECK(tensor.shape[8] == 2);
    CHECK(tensor.strides[8] == 3);
    CHECK(support::poured(tensor) == "\1\4\2\5\3\6");
}

TEST_CASE("a plan's memory comes from its allocator and goes back to it")
{
    support::counting_heap heap;
    {
        const std::array<std::uint8_t, 6> bytes{};
        stet::plan first = planned({{"a", stet::view_of(bytes, {2, 3})}}, heap.allocator());
        CHECK(heap.live_blocks() == 2); // records and axes
        const stet::plan second = std::move(first);
        CHECK(heap.live_blocks() == 2);
        CHECK(second.records().size() == 1);
        CHECK(second.memory().context == &heap);
    }
    CHECK(heap.live_blocks() == 0);
    CHECK(heap.wrong_deallocations() == 0);
}
