// SPDX-License-Identifier: MIT
#include "support/dice.hpp"
#include "support/failure.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"

#include <stet/read_plans/read.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using stet::read_plans::make_read_plan;
using stet::read_plans::reading;
using stet::read_plans::rules;
using stet::read_plans::wanted;

namespace {

/// Boxes of tensors that lie in a file of random bytes, some of them more than once.
struct scene {
    std::vector<std::byte>                  file{};
    std::vector<std::vector<std::uint64_t>> indices{};
    std::vector<std::vector<std::byte>>     memory{};
    std::vector<wanted>                     all{};

    explicit scene(std::uint64_t seed)
    {
        support::dice dice(seed);
        indices.reserve(3'000);
        for (int tensor = 0; tensor < 40; ++tensor) {
            const std::uint64_t offset = file.size() + dice.below(300);
            auto&               shape = indices.emplace_back();
            std::uint64_t       size = 2;
            for (std::uint64_t rank = dice.below(4); rank > 0; --rank)
                size *= shape.emplace_back(1 + dice.below(20));
            while (file.size() < offset + size)
                file.push_back(static_cast<std::byte>(dice.below(256)));
            for (std::uint64_t times = dice.below(3); times > 0; --times)
                want(dice, shape, offset);
        }
    }

    void want(support::dice& dice, const std::vector<std::uint64_t>& shape, std::uint64_t offset)
    {
        auto& begin = indices.emplace_back();
        auto& end = indices.emplace_back();
        for (const std::uint64_t length : shape) {
            begin.push_back(dice.below(length));
            end.push_back(begin.back() + 1 + dice.below(length - begin.back()));
        }
        wanted one{
            .name = "w", .offset = offset, .element_bits = 16, .shape = shape, .begin = begin, .end = end};
        one.to = memory.emplace_back(*stet::read_plans::size_of(one));
        all.push_back(one);
    }

    /// A box as it lies in the file, element by element.
    std::vector<std::byte> naive(const wanted& one) const
    {
        std::vector<std::byte>     box;
        std::vector<std::uint64_t> at(one.begin.begin(), one.begin.end());
        for (bool is_done = false; !is_done;) {
            std::uint64_t element = 0;
            for (std::size_t i = 0; i < at.size(); ++i)
                element = element * one.shape[i] + at[i];
            for (std::uint64_t byte = 0; byte < 2; ++byte)
                box.push_back(file[one.offset + element * 2 + byte]);
            is_done = true;
            for (std::size_t axis = at.size(); axis-- > 0 && is_done;) {
                is_done = ++at[axis] == one.end[axis];
                at[axis] = is_done ? one.begin[axis] : at[axis];
            }
        }
        return box;
    }

    void check_read()
    {
        for (const wanted& one : all) {
            const auto box = naive(one);
            REQUIRE(box.size() == one.to.size());
            CHECK(std::memcmp(box.data(), one.to.data(), box.size()) == 0);
        }
        for (auto& each : memory)
            each.assign(each.size(), std::byte{0});
    }
};

/// A source that asks for aligned places, sizes and memory, as one past the system's cache does.
struct aligned_source {
    std::span<const std::byte> content;
    std::size_t                alignment;

    std::uint64_t      size() const { return content.size(); }
    stet::result<void> read(std::uint64_t offset, std::span<std::byte> buffer) const
    {
        const bool ends_well =
            (offset + buffer.size()) % alignment == 0 || offset + buffer.size() == content.size();
        if (offset % alignment != 0 || !ends_well ||
            reinterpret_cast<std::uintptr_t>(buffer.data()) % alignment != 0)
            return stet::error{.code = stet::errc::io_failure};
        std::memcpy(buffer.data(), content.data() + offset, buffer.size());
        return {};
    }
};

constexpr stet::executor inline_jobs{.run = [](void*, void (*job)(void*), void* argument) { job(argument); }};

} // namespace

TEST_CASE("boxes are read as they lie in the file, by any number of threads and any rules", "[thread]")
{
    stet::worker_threads threads(3);
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        scene                   given(seed);
        const stet::span_source source(given.file);
        for (const rules& under : {rules{}, rules{.max_gap = 0}, rules{.max_gap = 50, .max_request = 64},
                                   rules{.max_request = 1'024, .alignment = 128}})
        {
            const auto plan = make_read_plan(given.all, given.file.size(), under);
            REQUIRE(plan);
            for (const reading& how :
                 {reading{}, reading{.jobs = threads.jobs(), .workers = 3},
                  reading{.jobs = inline_jobs, .workers = 90}, reading{.least_direct = 16},
                  reading{.jobs = threads.jobs(), .workers = 2, .least_direct = 1}})
            {
                CHECK(support::failure(stet::read_plans::read(*plan, given.all, source, how)) == "none");
                given.check_read();
            }
        }
    }
}

TEST_CASE("a file on disk is read by calls, by threads and by the kernel's queue", "[thread]")
{
    const support::scratch_directory here;
    stet::worker_threads             threads(2);
    for (std::uint64_t seed = 20; seed < 24; ++seed) {
        scene       given(seed);
        std::string content(given.file.size(), '\0');
        std::memcpy(content.data(), given.file.data(), content.size());
        here.put("x", content);
        const auto file = stet::file_source::open((here / "x").c_str());
        REQUIRE(file);
        const auto plan = make_read_plan(given.all, file->size(), {.max_gap = 100, .max_request = 2'048});
        REQUIRE(plan);
        for (const reading& how :
             {reading{}, reading{.jobs = threads.jobs(), .workers = 2, .least_direct = 64},
              reading{.kernel_depth = 1}, reading{.kernel_depth = 7, .least_direct = 64},
              reading{.kernel_depth = 100'000}})
        {
            CHECK(support::failure(stet::read_plans::read(*plan, given.all, *file, how)) == "none");
            given.check_read();
        }
    }
}

TEST_CASE("a source that asks for alignment gets aligned places and aligned memory", "[thread]")
{
    stet::worker_threads threads(2);
    for (const std::size_t alignment : {8U, 64U, 512U, 4096U}) {
        scene                given(alignment);
        const aligned_source source{given.file, alignment};
        const auto           plan = make_read_plan(
            given.all, given.file.size(),
            {.max_gap = 8'192, .max_request = 8'192, .alignment = alignment, .memory_alignment = alignment});
        REQUIRE(plan);
        for (const reading& how :
             {reading{}, reading{.jobs = threads.jobs(), .workers = 2, .least_direct = 16}})
        {
            CHECK(support::failure(stet::read_plans::read(*plan, given.all, source, how)) == "none");
            given.check_read();
        }
    }
}

TEST_CASE("a plan without requests reads nothing")
{
    const auto        plan = make_read_plan({}, 10);
    stet::span_source nothing{{}};
    CHECK(support::failure(stet::read_plans::read(*plan, {}, nothing)) == "none");
}

TEST_CASE("a source that is shorter than it was said to be is an error about the tensor")
{
    scene                   given(3);
    const auto              plan = make_read_plan(given.all, given.file.size());
    const stet::span_source half(std::span(given.file).first(given.file.size() / 2));
    const auto              outcome = stet::read_plans::read(*plan, given.all, half);
    REQUIRE(support::failure(outcome) == "incomplete_data");
    CHECK(outcome.error().subject() == "w");
}

TEST_CASE("a read that has no memory gives all of it back")
{
    scene                   given(3);
    const stet::span_source source(given.file);
    const auto              plan = make_read_plan(given.all, given.file.size(), {.max_gap = 64});
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              return support::failure(stet::read_plans::read(
                  *plan, given.all, source, {.jobs = inline_jobs, .workers = 2, .allocator = memory}));
          }) == 2);
}
