// SPDX-License-Identifier: MIT
// Boxes of tensors and what a source asks of its requests: as few requests as can be, and of those the fewest bytes.
#include "support/recorded_cases.hpp"

#include <stet/read_plans/read_plan.hpp>
#include <stet/vocabulary/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using support::json_value;

using range = std::pair<std::uint64_t, std::uint64_t>;

/// What a case wants, with the indices that it borrows.
struct recorded_wants {
    std::vector<std::vector<std::uint64_t>> indices{};
    std::vector<stet::read_plans::wanted>   all{};
};

support::data_shape recorded_case()
{
    using support::a_count, support::a_text, support::data_shape;
    const auto counts = data_shape::list_of(a_count());
    const auto ranges = data_shape::list_of(data_shape::list_of(a_count(), 2));
    return data_shape::object({
        {"file_size", a_count()},
        {"tensors",
         data_shape::list_of(data_shape::object(
             {{"name", a_text()}, {"itemsize", a_count()}, {"shape", counts}, {"offset", a_count()}}))},
        {"want", data_shape::list_of(data_shape::object({{"name", a_text()}, {"box", ranges.or_null()}}))},
        {"ranges", ranges},
        {"constraints",
         data_shape::object({{"align", a_count()}, {"max_gap", a_count()}, {"max_request", a_count()}})},
        {"needed_bytes", a_count()},
        {"requests", a_count()},
        {"read_bytes", a_count()},
        {"over_read", a_count()},
    });
}

std::uint64_t number(const json_value& object, std::string_view key)
{
    return object.at(key).integer().value();
}

const json_value& tensor_named(const json_value& from, std::string_view name)
{
    for (const json_value& tensor : from.at("tensors").items()) {
        if (tensor.at("name").text() == name)
            return tensor;
    }
    FAIL("the case wants '" << name << "', which it does not hold");
    return from;
}

recorded_wants wants_of(const json_value& from)
{
    recorded_wants wants;
    const auto     wanted = from.at("want").items();
    wants.indices.reserve(3 * wanted.size());
    for (const json_value& want : wanted) {
        const json_value& tensor = tensor_named(from, want.at("name").text());
        auto&             shape = wants.indices.emplace_back();
        auto&             begin = wants.indices.emplace_back();
        auto&             end = wants.indices.emplace_back();
        for (const json_value& length : tensor.at("shape").items())
            shape.push_back(length.integer().value());
        for (const json_value& side : want.at("box").items()) {
            begin.push_back(side.items()[0].integer().value());
            end.push_back(side.items()[1].integer().value());
        }
        wants.all.push_back({.name = want.at("name").text(),
                             .offset = number(tensor, "offset"),
                             .element_bits = static_cast<unsigned>(8 * number(tensor, "itemsize")),
                             .shape = shape,
                             .begin = begin,
                             .end = end});
    }
    return wants;
}

std::vector<range> recorded_ranges(const json_value& from)
{
    std::vector<range> ranges;
    for (const json_value& each : from.at("ranges").items())
        ranges.emplace_back(each.items()[0].integer().value(), each.items()[1].integer().value());
    return ranges;
}

/// The bytes that the plan's pieces hold, joined where they touch.
std::vector<range> planned_ranges(const stet::read_plans::read_plan& plan)
{
    std::vector<range> ranges;
    for (const auto& request : plan.requests()) {
        for (const auto& piece : plan.pieces(request)) {
            const std::uint64_t end = piece.offset + piece.size;
            CHECK(piece.offset >= request.offset);
            CHECK(end <= request.end());
            if (ranges.empty() || piece.offset > ranges.back().second)
                ranges.emplace_back(piece.offset, end);
            else if (end > ranges.back().second)
                ranges.back().second = end;
        }
    }
    return ranges;
}

/// Whether the block holds a byte of the ranges.
bool is_wanted(const std::vector<range>& ranges, std::uint64_t begin, std::uint64_t end)
{
    for (const range& each : ranges) {
        if (each.first < end && begin < each.second)
            return true;
    }
    return false;
}

/// Every request keeps to the rules, block by block.
void check_rules(const stet::read_plans::read_plan& plan, const std::vector<range>& ranges,
                 const stet::read_plans::rules& under, std::uint64_t file_size)
{
    std::uint64_t reached = 0;
    for (const auto& request : plan.requests()) {
        CHECK(request.offset >= reached);
        reached = request.end();
        CHECK(request.offset % under.alignment == 0);
        CHECK((request.end() % under.alignment == 0 || request.end() == file_size));
        CHECK((under.max_request == 0 || request.size <= under.max_request));
        CHECK(is_wanted(ranges, request.offset, request.offset + under.alignment));
        std::uint64_t gap = 0;
        for (std::uint64_t block = request.offset; block < request.end(); block += under.alignment) {
            gap = is_wanted(ranges, block, block + under.alignment) ? 0 : gap + under.alignment;
            CHECK(gap <= under.max_gap);
        }
        CHECK(gap == 0);
    }
}

} // namespace

TEST_CASE("read plans are the best that the rules allow")
{
    const auto data = support::read_cases("beyond/read_plans.json", {{"cases", recorded_case()}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const json_value& from : data->at("cases").items()) {
        CAPTURE(count);
        const json_value&             given = from.at("constraints");
        const stet::read_plans::rules under{.max_gap = number(given, "max_gap"),
                                            .max_request = number(given, "max_request"),
                                            .alignment = number(given, "align")};
        const recorded_wants          wants = wants_of(from);
        const std::uint64_t           file_size = number(from, "file_size");
        const auto                    plan = stet::read_plans::make_read_plan(wants.all, file_size, under);
        REQUIRE(plan);
        CHECK(plan->requests().size() == number(from, "requests"));
        CHECK(plan->read_bytes() == number(from, "read_bytes"));
        CHECK(plan->wanted_bytes() == number(from, "needed_bytes"));
        CHECK(plan->read_bytes() - plan->wanted_bytes() == number(from, "over_read"));
        const std::vector<range> ranges = recorded_ranges(from);
        CHECK(planned_ranges(*plan) == ranges);
        check_rules(*plan, ranges, under, file_size);
        ++count;
    }
    support::report_cases("beyond/read_plans", count);
}
